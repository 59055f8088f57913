/**
 * What holds of every dialect, over every sample: a text is judged and edited wherever it stands, however it is divided over
 * events and its bytes over packets; all else stays as it came.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Plan } from "../../src/guard/plan.ts";
import { type Through, through } from "../helpers/sample-exchange.ts";
import { mayRestore } from "../matrix/checks.ts";
import { plain, type Sample, type Spot, spotsOf } from "../matrix/sample.ts";
import { samples } from "../matrix/samples/index.ts";
import { payloadsOf, type Template, textsIn } from "../matrix/texts.ts";
import { promptOf } from "../matrix/wire.ts";
import {
  around,
  blocks,
  cellOf,
  type Division,
  division,
  freedomAt,
  inPrompt,
  label,
  maskedWord,
  masks,
  restores,
  saying,
  stopWord,
  templatesOf,
  titleOf,
  writtenAt,
} from "./dialect-texts.ts";

/** For each text of each sample. */
const numRuns = 2;

type Case = {
  readonly before: string;
  readonly after: string;
  readonly division: Division;
  readonly cuts: readonly number[];
  readonly letters: boolean;
};
const caseOf = (sample: Sample, spot: Spot): fc.Arbitrary<Case> => {
  const words = around[freedomAt(sample, spot)];
  const cuts = fc.array(fc.nat(1_000_000), { maxLength: 12 });
  return fc.record({ before: words, after: words, division, cuts, letters: fc.boolean() });
};

/** One text of the sample, and its bodies with these words in it. `letters`: a letter an event. */
function bodiesOf(sample: Sample, spot: Spot, text: string, { division: some, letters }: Case) {
  const divided = letters ? { times: Math.min(64, writtenAt(spot, text).length), numbers: [] } : some;
  return { ...saying(sample, spot, text, divided), templates: () => templatesOf(sample, spot, divided) };
}

const sent = (sample: Sample, through: Through): Buffer =>
  inPrompt(sample) ? through.prompt.bytes : (through.reply?.bytes ?? assert.fail("there is a reply"));

/** The payloads of what is there of a body. */
function payloadsSoFar(sample: Sample, out: Buffer): readonly string[] {
  if (out.length === 0) return [];
  if (inPrompt(sample)) return [out.toString()];
  if (sample.reply.kind !== "json-array" || isJson(out.toString())) return payloadsOf(sample, out);
  const text = out.toString().replace(/,\s*$/, "");
  return payloadsOf(sample, Buffer.from(text === "[" ? "[]" : `${text}]`));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Each of the texts at the spot that went out. */
function textsOf(sample: Sample, templates: readonly Template[], out: Buffer): readonly string[] {
  const { whole, joined } = textsIn(templates, payloadsSoFar(sample, out));
  return joined === null ? whole : [...whole, joined];
}

/** Some of many, from the beginning to the end. */
const fewOf = <T>(all: readonly T[]): readonly T[] => all.filter((_one, at) => at % Math.ceil(all.length / 5) === 0);

/** The same bodies in one piece, and cut. */
async function bothWays(plan: Plan, sample: Sample, bodies: ReturnType<typeof bodiesOf>, cuts: readonly number[]) {
  const seen: Buffer[] = [];
  const parts = await through(plan, sample, { ...bodies, cuts, onRelease: (out) => seen.push(out) });
  const one = await through(plan, sample, bodies);
  for (const side of ["prompt", "reply"] as const) {
    assert.equal(parts[side]?.bytes.toString("latin1"), one[side]?.bytes.toString("latin1"));
    assert.deepEqual(parts[side]?.cut, one[side]?.cut);
    assert.deepEqual(parts[side]?.block, one[side]?.block);
  }
  return { one, seen };
}

for (const sample of samples) {
  const spots = spotsOf(sample);
  describe(titleOf(sample), () => {
    for (const spot of spots) {
      const name = `${spot.location}#${spot.name}`;
      const state = cellOf(sample, spot)?.state ?? "not-judged";
      if (state === "not-judged") continue;
      const run = (check: (one: Case) => Promise<void>) =>
        fc.assert(fc.asyncProperty(caseOf(sample, spot), check), { numRuns });

      if (state === "editable")
        it(`masks a word in ${name}, and nothing else`, async () => {
          await run(async (one) => {
            const text = `${one.before} ${maskedWord} ${one.after}`;
            const wanted = writtenAt(spot, text.replace(maskedWord, label));
            const bodies = bodiesOf(sample, spot, text, one);
            const { one: got, seen } = await bothWays(masks, sample, bodies, one.cuts);
            const templates = bodies.templates();
            const texts = textsOf(sample, templates, sent(sample, got));
            assert.ok(texts.length > 0, "the text went out");
            for (const said of texts) assert.equal(said, wanted);
            if (inPrompt(sample)) return;
            for (const out of fewOf(seen))
              for (const said of textsOf(sample, templates, out))
                assert.ok(wanted.startsWith(said), "what went out early is as the whole has it");
          });
        });

      it(`stops at a word in ${name}`, async () => {
        await run(async (one) => {
          const text = `${one.before} ${stopWord} ${one.after}`;
          const bodies = bodiesOf(sample, spot, text, one);
          const { one: got } = await bothWays(blocks, sample, bodies, one.cuts);
          if (inPrompt(sample)) {
            assert.equal(got.prompt.block?.kind, "rule");
            assert.equal(got.prompt.bytes.length, 0);
            return;
          }
          const { bytes, block, cut } = got.reply ?? assert.fail("there is a reply");
          assert.equal(block?.kind, "rule");
          const came = Buffer.concat(bodies.reply.chunks);
          assert.ok(came.subarray(0, bytes.length).equals(bytes), "what went out before is as it came");
          const end = cut ?? Buffer.alloc(0);
          assert.ok(!Buffer.concat([bytes, end]).includes(stopWord));
          for (const said of textsOf(sample, bodies.templates(), bytes)) assert.ok(!said.includes(stopWord));
          for (const payload of payloadsOf(sample, Buffer.concat([bytes, end])))
            assert.ok(isJson(payload) || payload === "[DONE]", "the end is well formed");
        });
      });

      if (state !== "editable" || inPrompt(sample) || !mayRestore(sample, spot)) continue;
      const asks = spotsOf({ ...sample, mode: "prompt-json" }).find(({ location }) => location.endsWith("text"));
      if (asks === undefined) continue;
      it(`puts back what was masked in the prompt in ${name}`, async () => {
        await run(async (one) => {
          const mail = "ada.lovelace@example.org";
          const prompt = promptOf(sample, (mark) => (mark.name === asks.name ? `write to ${mail} now` : plain(mark)));
          let template: readonly Template[] = [];
          const got = await through(restores, sample, {
            prompt,
            cuts: one.cuts,
            reply: (heard) => {
              const standIn = /<EMAIL_\d+_[a-z2-9]+>/.exec(heard.toString())?.[0];
              assert.ok(standIn !== undefined && !heard.includes(mail));
              const bodies = bodiesOf(sample, spot, `${one.before} ${standIn} ${one.after}`, one);
              template = bodies.templates();
              return bodies.reply;
            },
          });
          const wanted = writtenAt(spot, `${one.before} ${mail} ${one.after}`);
          for (const said of textsOf(sample, template, sent(sample, got))) assert.equal(said, wanted);
        });
      });
    }
  });
}
