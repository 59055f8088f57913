import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runAtOnce } from "../../stdx/paced.ts";
import { compileSchema, schemaLimits } from "./compile.ts";
import { compileMatcher, toRe2 } from "./ecma-pattern.ts";

type Answer = "met" | "not-met" | "too-long" | "unreadable";

function answer(schema: unknown, value: unknown): Answer {
  return answerTo(JSON.stringify(schema), JSON.stringify(value));
}
function answerTo(schema: string, value: string): Answer {
  const compiled = runAtOnce(compileSchema(schema, compileMatcher));
  return compiled.ok ? runAtOnce(compiled.value.check(value)) : compiled.error;
}

const object = { type: "object" };
const text = { type: "string" };
const tree = {
  $ref: "#/$defs/tree",
  $defs: { tree: { type: "object", properties: { next: { $ref: "#/$defs/tree" } }, additionalProperties: false } },
};

/** A schema, values that meet it, and near misses. */
const table: readonly (readonly [string, unknown, readonly unknown[], readonly unknown[]])[] = [
  ["anything", {}, [1, null, {}, []], []],
  ["true", true, [1, {}], []],
  ["false", false, [], [1, {}]],
  ["a type", text, ["", "a"], [1, null, ["a"]]],
  ["an integer", { type: "integer" }, [1, -3, 1.0, 1e3], [1.5, "1", true]],
  ["types", { type: ["string", "null"] }, ["a", null], [0, {}]],
  ["an object is no list", object, [{}], [[], null]],
  ["const", { const: { a: [1, 2], b: 0 } }, [{ b: 0, a: [1, 2] }], [{ a: [2, 1], b: 0 }, { a: [1, 2] }]],
  ["enum", { enum: ["a", 1, null, { x: 1 }] }, ["a", 1, null, { x: 1 }], ["b", "1", false, {}]],
  ["bounds", { minimum: 1, maximum: 3 }, [1, 3, "x"], [0.9, 3.1]],
  ["open bounds", { exclusiveMinimum: 1, exclusiveMaximum: 3 }, [1.1, 2.9], [1, 3]],
  [
    "open bounds of draft 4",
    { minimum: 1, exclusiveMinimum: true, maximum: 3, exclusiveMaximum: false },
    [2, 3],
    [1, 4],
  ],
  ["multiples", { multipleOf: 0.1 }, [0.3, 1.1, 12, 0], [0.35, 0.30000001]],
  ["length in code points", { minLength: 2, maxLength: 2 }, ["ab", "\u{1f600}é", 7], ["a", "abc", "\u{1f600}"]],
  ["an expression, anywhere", { pattern: "b+c" }, ["abbcd", 1], ["ac", "bd"]],
  ["an expression with edges", { pattern: "^\\d{3}-\\u0041$" }, ["123-A"], ["1123-A", "123-AB"]],
  ["items", { items: text }, [[], ["a"], "x"], [["a", 1]]],
  [
    "prefix items",
    { prefixItems: [text, { type: "null" }], items: false },
    [["a"], ["a", null]],
    [[1], ["a", null, 1]],
  ],
  ["items of older drafts", { items: [text], additionalItems: { type: "null" } }, [["a"], ["a", null]], [["a", 1]]],
  ["counts of items", { minItems: 1, maxItems: 2 }, [[1], [1, 2]], [[], [1, 2, 3]]],
  [
    "unique items",
    { uniqueItems: true },
    [[1, "1", true, [1], { a: 1 }]],
    [
      [1, 1.0],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  ],
  ["contains", { contains: text }, [["a", 1], {}], [[], [1]]],
  [
    "contains so many",
    { contains: text, minContains: 2, maxContains: 3 },
    [["a", "b", 1]],
    [["a"], ["a", "b", "c", "d"]],
  ],
  ["properties", { properties: { a: text } }, [{}, { a: "x", b: 1 }, "x"], [{ a: 1 }]],
  ["no others", { properties: { a: text }, additionalProperties: false }, [{}, { a: "" }], [{ b: 1 }, { a: "", b: 1 }]],
  [
    "others of a kind",
    { properties: { a: text }, additionalProperties: { type: "number" } },
    [{ a: "", b: 1 }],
    [{ b: "x" }],
  ],
  [
    "properties by expression",
    { patternProperties: { "^x-": text }, additionalProperties: false },
    [{ "x-a": "" }],
    [{ "x-a": 1 }, { y: "" }],
  ],
  [
    "required",
    { required: ["a", "__proto__"] },
    [JSON.parse('{"a":1,"__proto__":2}')],
    [{ a: 1 }, { toString: 1, a: 1 }],
  ],
  ["counts of properties", { minProperties: 1, maxProperties: 1 }, [{ a: 1 }], [{}, { a: 1, b: 1 }]],
  ["names", { propertyNames: { maxLength: 1 } }, [{ a: 1 }], [{ ab: 1 }]],
  ["dependents", { dependentRequired: { a: ["b"] } }, [{}, { b: 1 }, { a: 1, b: 1 }], [{ a: 1 }]],
  ["dependent schemas", { dependentSchemas: { a: { required: ["b"] } } }, [{ b: 1 }], [{ a: 1 }]],
  [
    "dependencies of older drafts",
    { dependencies: { a: ["b"], c: { maxProperties: 1 } } },
    [{ c: 1 }],
    [{ a: 1 }, { c: 1, b: 1 }],
  ],
  ["allOf", { allOf: [{ minimum: 1 }, { maximum: 2 }] }, [1], [0, 3]],
  ["anyOf", { anyOf: [text, { minimum: 2 }] }, ["a", 2], [1]],
  ["oneOf", { oneOf: [{ minimum: 1 }, { minimum: 5 }] }, [1], [0, 5]],
  ["not", { not: text }, [1], ["a"]],
  [
    "if, then, else",
    JSON.parse('{"if":{"type":"string"},"then":{"minLength":1},"else":{"minimum":1}}'),
    ["a", 1],
    ["", 0],
  ],
  ["if alone", { if: text }, ["a", 1], []],
  ["a reference", tree, [{}, { next: { next: {} } }], [{ next: { other: 1 } }, { next: 1 }]],
  [
    "a reference to the whole",
    { properties: { a: { $ref: "#" } }, maxProperties: 1 },
    [{ a: {} }],
    [{ a: { b: 1, c: 2 } }],
  ],
  ["a reference with escapes", { $ref: "#/$defs/a~1b%20c", $defs: { "a/b c": text } }, ["a"], [1]],
  ["a reference by anchor", { $ref: "#t", $defs: { x: { $anchor: "t", type: "string" } } }, ["a"], [1]],
  [
    "a reference by its own address",
    { $id: "https://a.example/s", $ref: "https://a.example/s#/$defs/t", $defs: { t: text } },
    ["a"],
    [1],
  ],
  ["beside a reference", { $ref: "#/$defs/t", minLength: 2, $defs: { t: text } }, ["ab"], ["a", 1]],
  [
    "beside a reference in older drafts",
    {
      $schema: "http://json-schema.org/draft-07/schema#",
      $ref: "#/definitions/t",
      minLength: 2,
      definitions: { t: text },
    },
    ["a"],
    [1],
  ],
  [
    "what no other speaks of",
    {
      allOf: [{ properties: { a: text } }],
      anyOf: [{ required: ["b"], properties: { b: {} } }, {}],
      unevaluatedProperties: false,
    },
    [{ a: "" }, { a: "", b: 1 }],
    [{ c: 1 }, { a: "", c: 1 }],
  ],
  [
    "items that no other speaks of",
    { prefixItems: [text], contains: { const: 1 }, unevaluatedItems: false },
    [["a", 1]],
    [["a", 1, 2]],
  ],
  [
    "words that assert nothing",
    { title: "t", default: 1, format: "email", description: "d", examples: [1], x: {} },
    ["no address"],
    [],
  ],
];

for (const [what, schema, meeting, missing] of table) {
  test(`schema: ${what}`, () => {
    for (const value of meeting) assert.equal(answer(schema, value), "met", JSON.stringify(value));
    for (const value of missing) assert.equal(answer(schema, value), "not-met", JSON.stringify(value));
  });
}

for (const [what, schema] of [
  ["no JSON", "{"],
  ["no schema", "1"],
  ["a list", "[]"],
  ["an unknown type", '{"type":"any"}'],
  ["a type that is a key of every object", '{"type":"constructor"}'],
  ["a bound that is a text", '{"minimum":"1"}'],
  ["required without a list", '{"required":true}'],
  ["properties without names", '{"properties":[]}'],
  ["a schema inside that is none", '{"items":{"items":1}}'],
  ["a reference to nothing", '{"$ref":"#/$defs/a"}'],
  ["a reference to a text", '{"$ref":"#/title","title":"t"}'],
  ["a reference to another document", '{"$ref":"https://a.example/b"}'],
  ["a reference to a file", '{"$ref":"other.json#/a"}'],
  ["a reference that only a run knows", '{"$dynamicRef":"#a"}'],
  ["addresses inside, with references", '{"$ref":"#/a","a":{"$id":"https://a.example/b"}}'],
  ["an expression that looks around", '{"pattern":"(?=a)b"}'],
  ["an expression that refers back", '{"patternProperties":{"(a)\\\\1":true}}'],
  ["a broken expression", '{"pattern":"("}'],
] as const) {
  test(`no schema to check by: ${what}`, () => assert.equal(answerTo(schema, "1"), "unreadable"));
}

test("what is not JSON meets nothing", () => {
  for (const value of ["", "{", "{}x", "[1,]", "undefined", "{'a':1}"]) assert.equal(answerTo("{}", value), "not-met");
});

test("of repeated keys the last counts, and escaped keys are the keys they stand for", () => {
  const schema = '{"properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}';
  assert.equal(answerTo(schema, '{"a":1,"a":"x"}'), "met");
  assert.equal(answerTo(schema, '{"a":"x","a":1}'), "not-met");
  assert.equal(answerTo(schema, '{"\\u0061":"x"}'), "met");
  assert.equal(answerTo(schema, '{"\\u0061":1}'), "not-met");
});

const refChain = (length: number): object => ({
  $ref: "#/$defs/a0",
  $defs: Object.fromEntries(
    Array.from({ length: length + 1 }, (_, at) => [`a${at}`, at === length ? true : { $ref: `#/$defs/a${at + 1}` }]),
  ),
});
const doubling = {
  ...refChain(0),
  $defs: Object.fromEntries(
    Array.from({ length: 41 }, (_, at) => {
      const next = { $ref: `#/$defs/a${at + 1}` };
      return [`a${at}`, at === 40 ? false : { anyOf: [next, next] }];
    }),
  ),
};

/** Made to exhaust stack or time. Each ends within its budget, or the test does not end. */
for (const [what, schema, value] of [
  ["a schema that is itself", { $ref: "#" }, 1],
  ["a schema that is itself twice", { anyOf: [{ $ref: "#" }, { $ref: "#" }] }, 1],
  ["a long chain", refChain(3000), 1],
  ["two ways at each of forty steps", doubling, 1],
  ["an expression on a long text", { pattern: "^(a+)+$" }, `${"a".repeat(100_000)}b`],
  [
    "many expressions on many keys",
    { patternProperties: { "^a.*b$": true, "c+d": true } },
    Object.fromEntries(Array.from({ length: 9000 }, (_, at) => [`key${at}`, 1])),
  ],
  [
    "the same list compared often",
    { anyOf: Array.from({ length: 500 }, () => ({ const: [] })) },
    Array.from({ length: 9000 }, () => 1),
  ],
] as const) {
  test(`bounded: ${what}`, () => assert.equal(answer(schema, value), "too-long"));
}

test("limits of schemas and values, at and one above", () => {
  const { schemaUnits, schemaDepth, schemaValues, patternUnits, patternClasses, valueUnits, valueDepth, valueValues } =
    schemaLimits;
  const padded = (units: number): string => `{"title":"${"x".repeat(units - '{"title":""}'.length)}"}`;
  const nested = (depth: number): string => '{"not":'.repeat(depth) + "true" + "}".repeat(depth);
  const listOf = (values: number): string => `[${Array.from({ length: values - 1 }, () => "1").join(",")}]`;
  const patterns = (units: number): string =>
    JSON.stringify({
      patternProperties: Object.fromEntries(
        Array.from({ length: units / 500 }, (_, at) => [`${at % 10}${"a".repeat(499)}`, true]),
      ),
    });
  const classes = (count: number): string => JSON.stringify({ pattern: "\\p{L}".repeat(count) });
  const lists = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  for (const [schema, above] of [
    [padded(schemaUnits), padded(schemaUnits + 1)],
    [nested(schemaDepth), nested(schemaDepth + 1)],
    [`{"enum":${listOf(schemaValues - 1)}}`, `{"enum":${listOf(schemaValues)}}`],
    [patterns(patternUnits), patterns(patternUnits + 500)],
    [classes(patternClasses), classes(patternClasses + 1)],
  ] as const) {
    assert.notEqual(answerTo(schema, "1"), "too-long", schema.slice(0, 40));
    assert.equal(answerTo(above, "1"), "too-long", schema.slice(0, 40));
  }
  for (const [value, above] of [
    [`"${"x".repeat(valueUnits - 2)}"`, `"${"x".repeat(valueUnits - 1)}"`],
    [lists(valueDepth), lists(valueDepth + 1)],
    [listOf(valueValues), listOf(valueValues + 1)],
  ] as const) {
    assert.equal(answerTo("{}", value), "met");
    assert.equal(answerTo("{}", above), "too-long");
  }
});

for (const [source, wanted] of [
  ["a\\u0041b", "a\\x{0041}b"],
  ["\\u{1F600}", "\\x{1F600}"],
  ["\\ud83d\\ude00", "\\x{1f600}"],
  ["[^]", "[\\s\\S]"],
  ["\\\\u0041", "\\\\u0041"],
  ["\\[^]", "\\[^]"],
  ["[^a]\\d", "[^a]\\d"],
] as const) {
  test(`an expression for the linear engine: ${source}`, () => assert.equal(toRe2(source), wanted));
}

/** The schema that a value alone meets. */
function exactly(value: unknown): object {
  if (Array.isArray(value)) {
    return { type: "array", prefixItems: value.map(exactly), items: false, minItems: value.length };
  }
  if (typeof value !== "object" || value === null) return { const: value };
  const properties = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, exactly(member)]));
  return { type: "object", properties, required: Object.keys(value), additionalProperties: false };
}

test("a schema made for a value is met by that value, and by no other", () => {
  const json = fc
    .jsonValue({ maxDepth: 3, noUnicodeString: false })
    .filter((value) => !JSON.stringify(value).includes("__proto__"));
  fc.assert(
    fc.property(json, json, (value, other) => {
      const same = JSON.stringify(value) === JSON.stringify(other);
      assert.equal(answer(exactly(value), value), "met");
      const met = answer(exactly(value), other) === "met";
      if (same) assert.ok(met);
      else if (met) assert.deepEqual(JSON.parse(JSON.stringify(other)), JSON.parse(JSON.stringify(value)));
      assert.equal(answer({ const: value }, other) === "met", met);
      assert.equal(answer({ not: exactly(value) }, other) === "met", !met);
    }),
    { numRuns: 500 },
  );
});
