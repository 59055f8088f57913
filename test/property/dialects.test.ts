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

/** For each sample. */
const numRuns = 8;
const address = "ada.lovelace@example.org";

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

/** Each of its texts, however it is divided, and whatever stands around the word. */
function property(sample: Sample, spots: readonly Spot[], check: (spot: Spot, one: Case) => Promise<void>) {
  const arbitrary = fc
    .constantFrom(...spots)
    .chain((spot) => caseOf(sample, spot).map((one): [Spot, Case] => [spot, one]));
  return fc.assert(
    fc.asyncProperty(arbitrary, ([spot, one]) => check(spot, one)),
    { numRuns: Math.min(numRuns, 2 * spots.length) },
  );
}

async function masksOne(sample: Sample, spot: Spot, one: Case): Promise<void> {
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
}

async function stopsAtOne(sample: Sample, spot: Spot, one: Case): Promise<void> {
  const bodies = bodiesOf(sample, spot, `${one.before} ${stopWord} ${one.after}`, one);
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
  const all = Buffer.concat([bytes, cut ?? Buffer.alloc(0)]);
  assert.ok(!all.includes(stopWord));
  for (const said of textsOf(sample, bodies.templates(), bytes)) assert.ok(!said.includes(stopWord));
  for (const payload of payloadsOf(sample, all))
    assert.ok(isJson(payload) || payload === "[DONE]", "the end is well formed");
}

async function restoresOne(sample: Sample, spot: Spot, one: Case): Promise<void> {
  const asks = askOf(sample);
  const prompt = promptOf(sample, (mark) => (mark.name === asks?.name ? `write to ${address} now` : plain(mark)));
  let templates: readonly Template[] = [];
  const got = await through(restores, sample, {
    prompt,
    cuts: one.cuts,
    reply: (heard) => {
      const standIn = /<EMAIL_\d+_[a-z2-9]+>/.exec(heard.toString())?.[0];
      assert.ok(standIn !== undefined && !heard.includes(address), "the model sees a stand-in");
      const bodies = bodiesOf(sample, spot, `${one.before} ${standIn} ${one.after}`, one);
      templates = bodies.templates();
      return bodies.reply;
    },
  });
  const wanted = writtenAt(spot, `${one.before} ${address} ${one.after}`);
  for (const said of textsOf(sample, templates, sent(sample, got))) assert.equal(said, wanted);
}

/** The text of the prompt in which the address stands; only a reply's sample has it beside its own. */
const askOf = (sample: Sample): Spot | undefined =>
  spotsOf({ ...sample, mode: "prompt-json" }).find(({ location }) => location.endsWith("text"));

for (const sample of samples) {
  const spots = spotsOf(sample);
  const judged = spots.filter((spot) => cellOf(sample, spot)?.state !== "not-judged");
  const editable = judged.filter((spot) => cellOf(sample, spot)?.state === "editable");
  const restored = editable.filter((spot) => !inPrompt(sample) && mayRestore(sample, spot));
  describe(titleOf(sample), () => {
    if (editable.length > 0)
      it("masks a word, and nothing else", () => property(sample, editable, (...of) => masksOne(sample, ...of)));
    if (judged.length > 0) it("stops at a word", () => property(sample, judged, (...of) => stopsAtOne(sample, ...of)));
    if (restored.length > 0 && askOf(sample) !== undefined)
      it("puts back what the prompt held", () => property(sample, restored, (...of) => restoresOne(sample, ...of)));
  });
}

it("has samples", () => assert.ok(samples.length > 3));
