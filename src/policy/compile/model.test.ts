import assert from "node:assert/strict";
import { test } from "node:test";
import { compileFiles, policyHeadText, policyTools, ruleOfText, told } from "../../../test/helpers/policy.ts";
import type { KnownModel } from "../tools.ts";

const models: readonly KnownModel[] = [
  {
    name: "attacks",
    heads: [{ name: "main", task: "sequence", categories: ["attack", "jailbreak"], thresholds: ["fpr-1%"] }],
  },
  {
    name: "two",
    heads: [
      { name: "tone", task: "multi-label", categories: ["rude"], thresholds: [] },
      { name: "names", task: "token", categories: ["person"], thresholds: [] },
    ],
  },
  { name: "minilm", heads: [{ name: "main", task: "embedding", categories: [], thresholds: [] }] },
  { name: "grounded", heads: [{ name: "main", task: "pair", categories: ["unsupported"], thresholds: [] }] },
];

async function linesOf(
  rule: string,
  more = "",
  known: readonly KnownModel[] | null = models,
): Promise<readonly string[]> {
  const text = `${policyHeadText}rules:\n  - { id: a, ${rule}, action: flag }\n${more}`;
  const result = await compileFiles({ "policy.yaml": text }, { tools: { ...policyTools, models: known } });
  return result.ok ? [] : told(result.error.mistakes).map((line) => line.replace(/^[^ ]+ /, ""));
}
const detect = (settings: string, stage = "prompt"): string => `stage: ${stage}, detect: { model: { ${settings} } }`;

test("what a rule asks of a model is all filled in", async () => {
  const { detect: spec, views } = await ruleOfText(
    'id: a, stage: prompt, detect: { model: { name: m, categories: [b, a, b], threshold: "fpr-1%" } }, action: flag',
  );
  const rest = { head: null, examples: [], minSimilarity: null };
  assert.deepEqual(spec, { kind: "model", name: "m", categories: ["a", "b"], threshold: "fpr-1%", ...rest });
  assert.deepEqual(views, ["clear", "payloads"]);
});

const rows: readonly (readonly [string, RegExp | null])[] = [
  [detect("name: attacks"), null],
  [detect("name: attacks, threshold: 0.8, categories: [attack]"), null],
  [detect('name: attacks, threshold: "fpr-1%"'), null],
  [detect("name: two, head: tone", "[prompt, reply]"), null],
  [detect("name: minilm, examples: [boats], minSimilarity: 0.6"), null],
  [detect("name: grounded", "reply"), null],
  [detect("name: atacks"), /^no model is called "atacks"; did you mean "attacks"\?$/],
  [detect("name: zebra"), /^no model is called "zebra"; there are attacks, two, minilm, grounded$/],
  [detect("name: pii"), /^"pii" is a kind of detect/],
  [detect("name: two"), /^the model two has several heads; write head: tone or names$/],
  [detect("name: two, head: tne"), /^the model two has no head "tne"; did you mean "tone"\?$/],
  [
    detect("name: attacks, categories: [atack]"),
    /^the model attacks has no category "atack"; did you mean "attack"\?$/,
  ],
  [
    detect('name: attacks, threshold: "fpr-9%"'),
    /^the model attacks has no threshold "fpr-9%"; did you mean "fpr-1%"\?$/,
  ],
  [detect('name: two, head: tone, threshold: "fpr-1%"'), /names none: write a score$/],
  [detect("name: minilm"), /^the model minilm gives vectors; write examples/],
  [detect("name: attacks, examples: [a], minSimilarity: 0.5"), /^the model attacks gives no vectors/],
  [detect("name: minilm, examples: [a]"), /^examples and minSimilarity go together/],
  [detect("name: minilm, examples: [a], minSimilarity: 0.5, threshold: 0.5"), /^with examples there are no categories/],
  [detect("name: minilm, examples: [' '], minSimilarity: 0.5"), /^an example of white space only/],
  [detect('name: minilm, examples: ["\\uD800"], minSimilarity: 0.5'), /^an example with half a character/],
  [detect("name: grounded", "[prompt, reply]"), null],
  [`${detect("name: grounded")}, when: { place: [content, tool-result] }`, null],
  [
    `${detect("name: grounded", "[prompt, reply]")}, when: { place: content }`,
    /^a model of pairs judges what tools bring into a prompt; write place: tool-result, or stage: reply$/,
  ],
  [detect("name: attacks, threshold: 2"), /threshold/],
];
for (const [rule, wanted] of rows) {
  test(`${rule}: ${wanted === null ? "good" : String(wanted)}`, async () => {
    const lines = await linesOf(rule);
    if (wanted === null) assert.deepEqual(lines, []);
    else assert.match(lines[0] ?? "no mistake", wanted);
  });
}

test("without any model, and where models are not known", async () => {
  assert.deepEqual(await linesOf(detect("name: m"), "", []), [
    'no model is called "m"; there is none in the models folder',
  ]);
  assert.deepEqual(await linesOf(detect("name: m, threshold: x"), "", null), []);
});

test("an exception may name what a model finds", async () => {
  const exception = (category: string): string =>
    `exceptions:\n  - { id: e, reason: r, owner: o, expires: 2027-01-01, category: ${category} }\n`;
  const rule = detect("name: attacks");
  assert.deepEqual(await linesOf(rule, exception("attacks/attack")), []);
  assert.deepEqual(await linesOf(rule, exception("minilm/similar")), []);
  assert.deepEqual(await linesOf(rule, exception("two/*")), []);
  const [typo] = await linesOf(rule, exception("attacks/atack"));
  assert.equal(typo, 'the model attacks has no "atack"; did you mean "attack"?');
});
