import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Detection, Finding, LaneDetectors, UnknownCause } from "../../domain/detector.ts";
import { type Declared, type DeclaredTool, nothingDeclared } from "../../domain/dialect.ts";
import type { Place } from "../../domain/segment.ts";
import { createToolCallsDetector } from "./index.ts";
import { neverBreathes, openedNow } from "../../../test/helpers/pace.ts";

const detector = createToolCallsDetector("id");
const signal = new AbortController().signal;

const city =
  '{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}';
const tools: readonly DeclaredTool[] = [
  { name: "get_weather", schema: city },
  { name: "now", schema: "{}" },
  { name: "run_sql", schema: null },
  { name: "odd", schema: '{"type":"any"}' },
];

const openFor = (declared: Partial<Declared>): LaneDetectors => {
  const lanes = openedNow(detector, { segments: [], left: 0, declared: { ...nothingDeclared, ...declared } });
  assert.ok(lanes);
  return lanes;
};

type Part = readonly [place: "tool-name" | "tool-arguments", text: string, call?: string];

/** What is said of each part, as it ends. */
function judged(
  parts: readonly Part[],
  declared: Partial<Declared> = { tools },
): readonly (readonly Finding[] | UnknownCause)[] {
  const lanes = openFor(declared);
  const opened = parts.map(([place, text, call = "choice/0/tool/0"]) => {
    const lane = lanes.lane({ location: { place, role: "assistant", pointer: "" }, call });
    assert.ok(lane);
    assert.ok(lane.raw);
    assert.equal(lane.settled(text, 0), 0);
    return [lane, text] as const;
  });
  return opened.map(([lane, text]) =>
    told(lane.detect(signal, { text, from: 0, to: text.length, ended: true }, neverBreathes)),
  );
}

function told(detection: Detection | Promise<Detection>): readonly Finding[] | UnknownCause {
  assert.ok(!(detection instanceof Promise));
  return detection.kind === "scored" ? detection.findings : detection.cause;
}

const named = (text: string, call?: string): Part =>
  call === undefined ? ["tool-name", text] : ["tool-name", text, call];
const argued = (text: string, call?: string): Part =>
  call === undefined ? ["tool-arguments", text] : ["tool-arguments", text, call];
const finding = (category: "unknown-tool" | "bad-arguments", text: string) => [
  { category: `tool-calls/${category}`, score: 1, span: { start: 0, end: text.length } },
];

for (const [what, name, text] of [
  ["as declared", "get_weather", '{"city":"Oslo"}'],
  ["with escapes", "get_weather", '{"\\u0063ity":"a \\"b\\" \\\\"}'],
  ["no parameters", "now", "{}"],
  ["a custom tool's text", "run_sql", "select * from t where a = 'x"],
] as const) {
  test(`a call in order: ${what}`, () => {
    assert.deepEqual(judged([named(name), argued(text)]), [[], []]);
    assert.deepEqual(judged([argued(text), named(name)]), [[], []]);
  });
}

for (const [what, name, text] of [
  ["another type", "get_weather", '{"city":1}'],
  ["a property too many", "get_weather", '{"city":"Oslo","also":1}'],
  ["one missing", "get_weather", "{}"],
  ["no JSON", "get_weather", "city=Oslo"],
  ["cut off", "get_weather", '{"city":"Os'],
  ["JSON with its escapes decoded", "get_weather", '{"city":"a "b""}'],
  ["no JSON for a tool without parameters", "now", "now()"],
] as const) {
  test(`bad arguments: ${what}`, () => {
    assert.deepEqual(judged([named(name), argued(text)]), [[], finding("bad-arguments", text)]);
    assert.deepEqual(judged([argued(text), named(name)]), [[], finding("bad-arguments", name)]);
  });
}

for (const [what, name, declared] of [
  ["not offered", "delete_all", { tools }],
  ["in another case", "Get_Weather", { tools }],
  ["told twice", "get_weatherget_weather", { tools }],
  ["with a blank", "get_weather ", { tools }],
  ["a key of every object", "constructor", { tools }],
  ["no tools at all", "get_weather", {}],
  ["only the provider's own tools", "get_weather", { otherTools: true }],
] as const) {
  test(`an unknown tool: ${what}`, () => {
    assert.deepEqual(judged([named(name), argued("{")], declared), [finding("unknown-tool", name), []]);
    assert.deepEqual(judged([argued("{"), named(name)], declared), [[], finding("unknown-tool", name)]);
  });
}

test("calls are apart", () => {
  const parts = [named("get_weather", "a"), named("now", "b"), argued("{}", "b"), argued("{}", "a")];
  assert.deepEqual(judged(parts), [[], [], [], finding("bad-arguments", "{}")]);
});

test("a call that names two tools must do with both", () => {
  assert.deepEqual(judged([named("now"), named("get_weather"), argued("{}")]), [
    [],
    [],
    finding("bad-arguments", "{}"),
  ]);
  assert.deepEqual(judged([named("now"), argued("{}"), argued("{", "choice/0/tool/0")]), [
    [],
    [],
    finding("bad-arguments", "{"),
  ]);
});

test("of two tools of one name the last counts", () => {
  const twice = [{ name: "now", schema: city }, ...tools];
  assert.deepEqual(judged([named("now"), argued("{}")], { tools: twice }), [[], []]);
});

test("what cannot be checked is not known, and what was found outweighs it", () => {
  assert.deepEqual(judged([named("odd"), argued("{}")]), [[], "unreadable"]);
  const long = `{"city":"${"x".repeat(300_000)}"}`;
  assert.deepEqual(judged([named("get_weather"), argued(long)]), [[], "too-long"]);
  assert.deepEqual(judged([named("odd"), named("get_weather"), argued("{}")]), [
    [],
    [],
    finding("bad-arguments", "{}"),
  ]);
});

test("other texts of a reply are not judged", () => {
  const lanes = openFor({ tools });
  const lane = (place: Place, call: string | null) =>
    lanes.lane({ location: { place, role: "assistant", pointer: "" }, call });
  for (const place of ["content", "refusal", "name", "other"] as const) assert.equal(lane(place, null), null);
  assert.equal(lane("tool-arguments", null), null);
  assert.equal(lane("other", "choice/0/tool/0"), null);
});

test("the order in which names and arguments end does not change what is found", () => {
  const part = fc.tuple(
    fc.constantFrom("tool-name", "tool-arguments"),
    fc.constantFrom("get_weather", "now", "run_sql", "none", "{}", "{", '{"city":"x"}'),
    fc.constantFrom("a", "b"),
  );
  const categories = (parts: readonly Part[]): readonly string[] =>
    [
      ...new Set(
        judged(parts).flatMap((each) => (typeof each === "string" ? [each] : each.map(({ category }) => category))),
      ),
    ].sort();
  fc.assert(
    fc.property(
      fc
        .array(part, { maxLength: 5 })
        .chain((parts) => fc.tuple(fc.constant(parts), fc.shuffledSubarray(parts, { minLength: parts.length }))),
      ([parts, shuffled]) => assert.deepEqual(categories(shuffled), categories(parts)),
    ),
    { numRuns: 300 },
  );
});
