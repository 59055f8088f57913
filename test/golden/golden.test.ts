/**
 * Whole exchanges as files: a policy, a request and a reply go in; what is released and what is recorded is compared with
 * the files beside them. Each case runs whole, cut at random, and byte by byte.
 *
 * After a wanted change: GOLDEN=write npm test -- test/golden, then read the difference before you commit it.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { replyContentType } from "../../src/app/body-kinds.ts";
import { verdictFields } from "../../src/telemetry/verdict-fields.ts";
import { verdictRecord } from "../../src/telemetry/verdict-record.ts";
import { chatHead, cutAt, exchangeOf, jsonHead, planFrom, pushAll, streamHead } from "../helpers/exchange.ts";

const folder = fileURLToPath(new URL("./cases", import.meta.url));
const cases = readdirSync(folder).sort();
const writing = process.env["GOLDEN"] === "write";
/** Times and ids differ from run to run; the policy's version is a digest of a file that stands beside. */
const times = Object.keys(verdictFields).filter((field) => field.endsWith("_ms"));
const varying: ReadonlySet<string> = new Set([...times, "exchange", "policy"]);

const read = (name: string, file: string): Buffer => readFileSync(join(folder, name, file));
const replyFile = (name: string): string => (existsSync(join(folder, name, "reply.sse")) ? "reply.sse" : "reply.json");

type Outcome = { readonly verdict: string; readonly request: string; readonly reply: string };

async function run(name: string, cuts: (bytes: Uint8Array) => Uint8Array[]): Promise<Outcome> {
  const exchange = exchangeOf({ plan: planFrom(read(name, "policy.yaml").toString()) });
  const path = existsSync(join(folder, name, "path")) ? read(name, "path").toString().trim() : chatHead.path;
  const prompt = await pushAll(exchange.openRequest({ ...chatHead, path }), cuts(read(name, "request.json")));
  if (prompt.block !== null) {
    const answer = exchange.answer("prompt", prompt.block);
    return outcome(exchange, "", `${answer.status} ${answer.contentType}\n${Buffer.from(answer.body).toString()}`);
  }
  const body = read(name, replyFile(name));
  const { gate } = exchange.openReply(replyContentType(body) === jsonHead.contentType ? jsonHead : streamHead, false);
  const reply = await pushAll(gate, cuts(body));
  const answer = reply.block === null ? null : exchange.answer("reply", reply.block);
  const begun = reply.bytes.length > 0;
  const tail = answer === null ? "" : begun ? String(reply.cut ?? "(stream fails)") : `${answer.status} ${answer.contentType}\n${Buffer.from(answer.body).toString()}`;
  return outcome(exchange, prompt.bytes.toString(), reply.bytes.toString() + tail);
}

function outcome(exchange: ReturnType<typeof exchangeOf>, request: string, reply: string): Outcome {
  const record = Object.entries(verdictRecord(exchange.close("complete"))).filter(([key]) => !varying.has(key));
  return { verdict: `${JSON.stringify(Object.fromEntries(record), null, 2)}\n`, request, reply };
}

const files = { verdict: "want.verdict.json", request: "want.request", reply: "want.reply" } as const satisfies Record<keyof Outcome, string>;

describe("golden exchanges", () => {
  it("sees its cases", () => assert.ok(cases.length >= 8));
  for (const name of cases) {
    it(name, async () => {
      const whole = await run(name, (bytes) => [bytes]);
      for (const [part, file] of Object.entries(files) as [keyof Outcome, string][]) {
        if (writing) writeFileSync(join(folder, name, file), whole[part]);
        assert.equal(whole[part], read(name, file).toString(), `${name}/${file}`);
      }
      assert.deepEqual(await run(name, (bytes) => cutAt(bytes, Array.from({ length: bytes.length }, (_, at) => at))), whole, "byte by byte");
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(), { maxLength: 12 }), async (cuts) => assert.deepEqual(await run(name, (bytes) => cutAt(bytes, cuts)), whole)),
        { numRuns: 25 },
      );
    });
  }
});
