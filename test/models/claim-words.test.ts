// Words of claims, labelled by a real runtime: a bundle as exporters write it of a token classifier, and a line that says that it
// judges pairs (test/models/claims/make.py). What it says can be worked out: a word is marked where the evidence has no such token.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import { type OpenedModel, openModel } from "../../src/app/models/open-model.ts";
import { standardModelSettings } from "../../src/config/models.ts";
import { pairWordsOf } from "../../src/inference/answers.ts";
import { readBundle } from "../../src/inference/bundle/bundle.ts";
import { chatHead, exchangeOf, jsonHead, planFrom, pushAll } from "../helpers/exchange.ts";
import { claimsBundle, factsBundle, openTestStore } from "../helpers/model-store.ts";
import { sallyport } from "../helpers/sallyport.ts";
import { openTempDir } from "../helpers/temp-dir.ts";
import { mustBe, runtimes } from "./backends/runtimes.ts";

const never = new AbortController().signal;

async function open(runtime: (typeof runtimes)[number]): Promise<AsyncDisposable & OpenedModel> {
  await using undo = new AsyncDisposableStack();
  const backend = await runtime.open();
  undo.defer(() => backend.close());
  const settings = { ...standardModelSettings(), threads: 1, streams: 1 };
  const opened = mustBe(await openModel({ backend, bundle: mustBe(await readBundle(claimsBundle)), settings }));
  undo.defer(() => opened.close());
  const kept = undo.move();
  return { ...opened, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

const policyOf = (detect: string, action = "flag"): string => `kind: Policy
version: 1
name: grounded
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: grounded, stage: reply, detect: { ${detect} }, action: ${action} }
`;
const ofClaims = "groundedness: { model: { name: claims } }";
const report =
  "The harbour of Delmar was built in 1932 by the engineer Anna Verhoeven, and it was repaired. It handled ships of stone and " +
  "grain. Ferries leave for Norum every Monday. The council of Delmar did approve the long wall by the second pier.";
const toolCall = { id: "t1", type: "function", function: { name: "read", arguments: "{}" } };
const messages = [
  { role: "user", content: "the harbour of delmar, and the ferries" },
  { role: "assistant", content: null, tool_calls: [toolCall] },
  { role: "tool", tool_call_id: "t1", content: report },
];
const requestBody = JSON.stringify({ model: "m", messages });
const replyBody = (content: string): string =>
  JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content } }] });

const bare = [..."harbour delmar ships stone grain ferries norum monday council pier long wall painter".split(" ")];
/** Two tokens each; "##ed" and "##d" stand in the evidence where one of these does. */
const composed = ["repaired", "constructed", "handled"];
const text = (most: number) => fc.array(fc.constantFrom(...bare, ...composed), { minLength: 1, maxLength: most });

/** Runs of words of which a token is not in the evidence. */
function wanted(evidence: readonly string[], claim: readonly string[]): readonly string[] {
  const tokensOf = (word: string): readonly string[] => {
    const [, stem = "", end = ""] = /^(repair|construct|handle)(.+)$/.exec(word) ?? [];
    return stem === "" ? [word] : [stem, `##${end}`];
  };
  const borne = new Set(evidence.flatMap(tokensOf));
  const marks = claim.map((word) => (tokensOf(word).every((token) => borne.has(token)) ? "|" : word));
  return marks
    .join(" ")
    .split("|")
    .flatMap((run) => (run.trim() === "" ? [] : [run.trim()]));
}

for (const runtime of runtimes) {
  test(`${runtime.name}: words that no window of the evidence has`, runtime.needs, async () => {
    await using opened = await open(runtime);
    const [head = assert.fail()] = opened.bundle.heads;
    const marked = async (evidence: string, claim: string): Promise<readonly string[]> => {
      const judged = mustBe(await opened.model.judgePair(never, evidence, claim, Number.POSITIVE_INFINITY));
      return pairWordsOf(head, judged, claim, head.threshold).map(({ category, score, span }) => {
        assert.ok(category === "hallucinated" && Math.abs(score - 0.99966) < 1e-4, `${category} ${score}`);
        return claim.slice(span.start, span.end);
      });
    };
    assert.deepEqual(await marked(report, "It was constructed in 1937 by Anna Verhoeven."), ["constructed", "1937"]);
    assert.deepEqual(await marked(report, "Ferries leave for Norum every Monday."), []);
    await fc.assert(
      fc.asyncProperty(text(80), text(50), async (evidence, claim) => {
        assert.deepEqual(await marked(evidence.join(" "), claim.join(" ")), wanted(evidence, claim));
      }),
      { numRuns: 40 },
    );
  });

  test(`${runtime.name}: claims of a reply, by rules and by the model`, runtime.needs, async () => {
    await using opened = await open(runtime);
    const models = { get: (name: string) => (name === "claims" ? opened : null) };
    const redacted = async (detect: string, content: string): Promise<string> => {
      const exchange = exchangeOf({ plan: planFrom(policyOf(detect, "redact"), models) });
      assert.equal((await pushAll(exchange.openRequest(chatHead), [Buffer.from(requestBody)])).block, null);
      const { gate } = exchange.openReply(jsonHead, false);
      const { bytes, block } = await pushAll(gate, [Buffer.from(replyBody(content))]);
      exchange.close("complete");
      assert.equal(block, null);
      const body = JSON.parse(bytes.toString()) as { choices: { message: { content: string } }[] };
      return body.choices[0]?.message.content ?? "";
    };
    const said = "The harbour of Delmar was constructed in 1932. Ferries leave for Norum every Monday.";
    const mark = "[UNGROUNDED]";
    assert.equal(await redacted("groundedness: {}", said), said, "another word for the same is fine by rules alone");
    assert.equal(await redacted(ofClaims, said), said.replace("constructed", mark));
    const changed = "The harbour of Delmar was built in 1937.";
    assert.equal(await redacted(ofClaims, changed), changed.replace("1937", mark));
    // The same head, asked as any model of pairs.
    assert.equal(await redacted("model: { name: claims }", said), said.replace("constructed", "[HALLUCINATED]"));
  });
}

test("a policy that names such a head is checked against the store, and acts", async () => {
  await using store = await openTestStore({ claims: claimsBundle, facts: factsBundle });
  await using dir = await openTempDir();
  const rows: readonly (readonly [detect: string, wanted: RegExp])[] = [
    [ofClaims, /^ok$/],
    ["model: { name: claims, categories: [hallucinated] }", /^ok$/],
    [
      "groundedness: { model: { name: claims, head: words } }",
      /^the model claims has no head "words"; there are main$/,
    ],
    [
      "groundedness: { model: { name: facts, head: names } }",
      /^the model facts marks words, and groundedness asks one that judges pairs; name another$/,
    ],
    ["names: { model: { name: claims } }", /^the model claims judges pairs, and names asks one that marks words/],
  ];
  const files = rows.map((_, index) => `${index}.yaml`);
  for (const [index, [detect]] of rows.entries()) await writeFile(dir.join(`${index}.yaml`), policyOf(detect));
  await writeFile(dir.join("request.json"), requestBody);
  const env = { SALLYPORT_MODELS_BACKEND: "onnxruntime", SALLYPORT_MODELS_SHIPPED: "false" };
  const run = (args: readonly string[], stdin = "") =>
    sallyport([...args, "--models", store.folder], { cwd: dir.path, env, stdin });
  const { stdout } = await run(["check", ...files]);
  const lines = stdout.trim().split("\n");
  assert.equal(lines.length, rows.length, stdout);
  for (const [index, [, line]] of rows.entries())
    assert.match((lines[index] ?? "").replace(/^\d\.yaml[:\d]*: /, ""), line);
  const scan = ["scan", "--policy", "0.yaml", "--request", "request.json", "--reply", "-", "--json"];
  const told = await run(scan, replyBody("The harbour of Delmar was constructed in 1932."));
  assert.match(told.stdout, /groundedness\/ungrounded/, told.stderr);
  const fine = await run(scan, replyBody("The harbour of Delmar was built in 1932."));
  assert.doesNotMatch(fine.stdout, /groundedness\/ungrounded/, fine.stderr);
});

test("check says of such a bundle what it is", async () => {
  await using dir = await openTempDir();
  const env = { SALLYPORT_MODELS_BACKEND: "onnxruntime", SALLYPORT_MODELS_SHIPPED: "false" };
  const { code, stdout, stderr } = await sallyport(["models", "check", claimsBundle], { cwd: dir.path, env });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^model +claims@[0-9a-f]{12}\n/);
  assert.match(stdout, /^answers +main: pair-token \(fine, hallucinated\), a finding from 0\.5 on$/m);
});
