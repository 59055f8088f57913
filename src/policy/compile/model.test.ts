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
const marking: KnownModel = {
  name: "marking",
  heads: [{ name: "main", task: "pair-token", categories: ["hallucinated"], thresholds: [] }],
};

const thresholds = ["fpr-1%", "fpr-0.1%"];
const guard: KnownModel = {
  name: "guard",
  heads: [
    { name: "injection", task: "sequence", categories: ["prompt-injection"], thresholds },
    { name: "injection-pair", task: "pair", categories: ["prompt-injection"], thresholds },
    { name: "harm", task: "multi-label", categories: ["request", "toxicity", "sexism"], thresholds },
    { name: "toxicity", task: "multi-label", categories: ["toxicity"], thresholds: [] },
    { name: "names", task: "token", categories: ["person", "place", "organisation"], thresholds },
    { name: "embedding", task: "embedding", categories: [], thresholds: [] },
  ],
};

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
  const rest = { head: null, tasks: null, examples: [], minSimilarity: null };
  assert.deepEqual(spec, {
    kind: "model",
    family: "m",
    name: "m",
    categories: ["a", "b"],
    threshold: "fpr-1%",
    ...rest,
  });
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

const specOf = async (detect: string): Promise<object> =>
  (await ruleOfText(`id: a, stage: prompt, detect: { ${detect} }, action: flag`)).detect;

for (const [written, wanted] of [
  ["injection: {}", { family: "injection", name: "guard", head: "injection", categories: null, threshold: null }],
  [
    "injection: { against: task, threshold: 0.7 }",
    { head: "injection-pair", tasks: ["pair", "pair-token"], threshold: 0.7 },
  ],
  ["injection: { model: { name: m } }", { family: "injection", name: "m", head: null }],
  ["injection: { model: { name: m, head: h } }", { name: "m", head: "h" }],
  ["harm: {}", { family: "harm", name: "guard", head: "harm", categories: null }],
  ["harm: { categories: [toxicity, toxicity] }", { head: "toxicity", categories: ["toxicity"] }],
  ["harm: { categories: [sexism, request] }", { head: "harm", categories: ["request", "sexism"] }],
  ["harm: { categories: [sexism, request, toxicity] }", { head: "harm", categories: null }],
  ["harm: { categories: [rude], model: { name: m } }", { name: "m", head: null, categories: ["rude"] }],
  ["names: { categories: [person] }", { head: "names", tasks: ["token"], categories: ["person"] }],
  ["topics: { examples: [b, a, b] }", { head: "embedding", examples: ["a", "b"], minSimilarity: 0.5 }],
  ["topics: { examples: [a], minSimilarity: 0.7, model: { name: m } }", { name: "m", head: null, minSimilarity: 0.7 }],
] as const) {
  test(`filled in: ${written}`, async () => {
    const spec: object = await specOf(written);
    assert.deepEqual(spec, { ...spec, ...wanted });
  });
}

const asks = (detect: string, stage = "prompt"): string => `stage: ${stage}, detect: { ${detect} }`;
const kindRows: readonly (readonly [string, RegExp | null])[] = [
  [asks("injection: {}", "[prompt, reply]"), null],
  [asks('injection: { threshold: "fpr-0.1%" }'), null],
  [asks("injection: { against: task }"), null],
  [asks("injection: { model: { name: attacks } }"), null],
  [asks("harm: { categories: [toxicity] }"), null],
  [asks("harm: { categories: [rude], model: { name: two, head: tone } }"), null],
  [asks("names: { categories: [person] }"), null],
  [asks("names: { model: { name: two, head: names } }"), null],
  [asks("topics: { examples: [boats] }"), null],
  [asks("topics: { examples: [boats], model: { name: minilm } }"), null],
  [asks('injection: { threshold: "fpr-9%" }'), /^the model guard has no threshold "fpr-9%"; did you mean "fpr-1%"\?$/],
  [
    asks('harm: { categories: [toxicity], threshold: "fpr-1%" }'),
    /^the model guard has no threshold "fpr-1%"; its manifest names none: write a score$/,
  ],
  [asks("harm: { categories: [toxcity] }"), /^harm has no category "toxcity"; did you mean "toxicity"\?$/],
  [
    asks("names: { categories: [animal] }"),
    /^names has no category "animal"; there are person, place, organisation; those/,
  ],
  [asks("harm: { categories: [sexism] }"), /^the model guard has no head "sexism", which harm asks; write model: /],
  [asks("injection: { model: { name: atacks } }"), /^no model is called "atacks"; did you mean "attacks"\?$/],
  [asks("injection: { model: { name: two } }"), /^the model two has several heads; write head: tone or names$/],
  [
    asks("injection: { model: { name: grounded } }"),
    /^the model grounded judges pairs, and injection asks one that judges texts or marks words; name another, or write against: task$/,
  ],
  [
    asks("injection: { against: task, model: { name: attacks } }"),
    /^the model attacks judges texts, and injection asks one that judges pairs; name another$/,
  ],
  [asks("names: { model: { name: attacks } }"), /^the model attacks judges texts, and names asks one that marks words/],
  [
    asks("topics: { examples: [a], model: { name: attacks } }"),
    /^the model attacks judges texts, and topics asks one that gives/,
  ],
  [asks("topics: {}"), /^examples is missing \(1 to 200 texts/],
  [asks("topics: { examples: [' '] }"), /^an example of white space only/],
  [asks("injection: { against: tool }"), /^against must be task, not "tool"/],
  [
    asks("injection: { against: task }", "[prompt, reply]"),
    /^injection against the task judges what tools bring into a prompt; write stage: prompt$/,
  ],
  [
    `${asks("injection: { against: task }")}, when: { place: content }`,
    /^a model of pairs judges what tools bring into a prompt; write place: tool-result/,
  ],
];
for (const [rule, wanted] of kindRows) {
  test(`${rule}: ${wanted === null ? "good" : String(wanted)}`, async () => {
    const lines = await linesOf(rule, "", [...models, guard]);
    if (wanted === null) assert.deepEqual(lines, []);
    else assert.match(lines[0] ?? "no mistake", wanted);
  });
}

const markingRows: readonly (readonly [string, RegExp | null])[] = [
  [asks("groundedness: { model: { name: marking } }", "reply"), null],
  [asks("groundedness: { model: { name: grounded } }", "reply"), null],
  [detect("name: marking", "[prompt, reply]"), null],
  [asks("injection: { against: task, model: { name: marking } }"), null],
  [
    `${detect("name: marking", "[prompt, reply]")}, when: { place: content }`,
    /^a model of pairs judges what tools bring into a prompt; write place: tool-result, or stage: reply$/,
  ],
  [
    asks("groundedness: { model: { name: guard, head: names } }", "reply"),
    /^the model guard marks words, and groundedness asks one that judges pairs; name another$/,
  ],
  [
    asks("groundedness: { model: { name: guard } }", "reply"),
    /^the model guard has several heads; write head: injection or injection-pair or /,
  ],
  [
    asks("injection: { model: { name: marking } }"),
    /^the model marking judges pairs, and injection asks one that judges texts or marks words; name another, or write against: task$/,
  ],
  [asks("names: { model: { name: marking } }"), /^the model marking judges pairs, and names asks one that marks words/],
];
for (const [rule, wanted] of markingRows) {
  test(`words of claims: ${rule}: ${wanted === null ? "good" : String(wanted)}`, async () => {
    const lines = await linesOf(rule, "", [...models, guard, marking]);
    if (wanted === null) assert.deepEqual(lines, []);
    else assert.match(lines[0] ?? "no mistake", wanted);
  });
}

test("without the usual model a rule says which it would be, and where", async () => {
  const text = `${policyHeadText}rules:\n  - id: a\n    stage: prompt\n    detect:\n      injection: {}\n    action: flag\n`;
  const result = await compileFiles({ "policy.yaml": text }, { tools: { ...policyTools, models } });
  assert.ok(!result.ok);
  const [mistake] = result.error.mistakes;
  assert.deepEqual([mistake?.line, mistake?.column], [text.split("\n").indexOf("      injection: {}") + 1, 18]);
  assert.equal(
    mistake?.message,
    'no model is called "guard", which injection asks; there are attacks, two, minilm, grounded: activate one of that name, or write model: { name }',
  );
  assert.deepEqual(await linesOf(asks("injection: {}"), "", null), []);
});

test("an exception may name what the kinds find, and what a model in their place finds", async () => {
  const exception = (category: string): string =>
    `exceptions:\n  - { id: e, reason: r, owner: o, expires: 2027-01-01, category: ${category} }\n`;
  const told = (category: string, known: readonly KnownModel[] | null = [...models, guard]) =>
    linesOf(asks("pii: {}"), exception(category), known);
  for (const good of ["injection/prompt-injection", "injection/attack", "harm/toxicity", "names/*", "topics/similar"])
    assert.deepEqual(await told(good), [], good);
  assert.deepEqual(await told("harm/toxcity"), ['harm has no "toxcity"; did you mean "toxicity"?']);
  assert.deepEqual(await told("topics/boats"), ['topics has no "boats"; write topics/* for all of it']);
  assert.deepEqual(await told("harm/rude", null), []);
});
