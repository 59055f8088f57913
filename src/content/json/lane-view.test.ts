import assert from "node:assert/strict";
import { test } from "node:test";
import { type LaneView, openLaneView } from "./lane-view.ts";
import { runAtOnce } from "../../stdx/paced.ts";

function viewOf(view: LaneView, ...pieces: readonly string[]): string {
  return pieces.map((piece) => view.append(piece)).join("") + view.end();
}

/** The raw text with the first occurrence of `found` in the view masked. */
function masked(found: string, ...pieces: readonly string[]): string {
  const view = openLaneView("json");
  const text = viewOf(view, ...pieces);
  const start = text.indexOf(found);
  assert.notEqual(start, -1, "the view shows it");
  const span = { start, end: start + found.length };
  const raw = view.rawSpan(span);
  const whole = pieces.join("");
  return whole.slice(0, raw.start) + runAtOnce(view.placeholder(span, "[X]")) + whole.slice(raw.end);
}

test("the view of text is the text", () => {
  const view = openLaneView("text");
  assert.equal(viewOf(view, "a\\u0040", "b"), "a\\u0040b");
  assert.deepEqual(view.rawSpan({ start: 1, end: 3 }), { start: 1, end: 3 });
  assert.equal(view.rawSettled(4), 4);
  assert.equal(runAtOnce(view.placeholder({ start: 1, end: 3 }, "[X]")), "[X]");
});

for (const [raw, seen] of [
  ['{"a":"x\\u0040y\\n\\/\\"\\\\"}', '{"a":"x@y\n/"\\"}'],
  ['["\\ud83d\\ude00"]', '["😀"]'],
  ['["bad \\x and \\u12zz and \\u00"]', '["bad \\x and \\u12zz and \\u00"]'],
  ['["open \\', '["open \\'],
  ['["open \\u00', '["open \\u00'],
  ["plain \\u0041 text", "plain \\u0041 text"],
  ['say "\\u0041"', 'say "\\u0041"'],
  [' {"a\\u0041":1}', ' {"aA":1}'],
  ["-12.5", "-12.5"],
  ["", ""],
] as const) {
  test(`the view of ${JSON.stringify(raw)} is ${JSON.stringify(seen)}, however it is cut`, () => {
    assert.equal(viewOf(openLaneView("json"), raw), seen);
    assert.equal(viewOf(openLaneView("json"), ...raw), seen);
    for (let at = 1; at < raw.length; at++) {
      assert.equal(viewOf(openLaneView("json"), raw.slice(0, at), raw.slice(at)), seen);
    }
  });
}

test("an escape is seen when it is complete", () => {
  const view = openLaneView("json");
  assert.equal(view.append('["a\\u00'), '["a');
  assert.equal(view.rawSettled(3), 3);
  assert.equal(view.append("4"), "");
  assert.equal(view.append('0b"'), '@b"');
  assert.equal(view.rawSettled(4), 9);
  assert.deepEqual(view.rawSpan({ start: 2, end: 5 }), { start: 2, end: 10 });
});

for (const [what, found, raw, wanted] of [
  ["inside a string", "b@c", '{"a":"x b\\u0040c y"}', '{"a":"x [X] y"}'],
  ["a whole string", "b@c", '{"a":"b@c"}', '{"a":"[X]"}'],
  ["a key", "b@c", '{"b@c":1}', '{"[X]":1}'],
  ["a whole number", "4111", '{"a": 4111 }', '{"a": "[X]" }'],
  ["a number alone", "4111", "4111", '"[X]"'],
  ["a negative number", "-4111", "[-4111]", '["[X]"]'],
  ["the end of a number", "111", "[4111]", "[40]"],
  ["the beginning of a number", "41", "[4100]", "[100]"],
  ["digits after a sign", "12", "[-1234]", "[-134]"],
  ["the fraction after a zero", ".5", "[0.512]", "[0.012]"],
  ["digits of a fraction", "23", "[1.2345]", "[1.045]"],
  ["an exponent", "e1", "[0e12]", "[0.02]"],
  ["an exponent's letter", "5e", "[5e-3]", "[1e-3]"],
  ["a whole word", "true", "[true]", '["[X]"]'],
  ["text that is no JSON", "b@c", "mail b@c now", "mail [X] now"],
  ["what follows a wrong token", "b@c", "{mail: b@c.de}", "{mail: [X].de}"],
  ["two strings and what is between", 'b","k":"c', '{"a":"xb","k":"cy"}', '{"a":"x[X]","":"y"}'],
  ["a number and a string", '4111,"b', '[4111,"bc"]', '["[X]","c"]'],
  ["a string and a number", 'b",4111', '["ab",4111]', '["a[X]",0]'],
  ["brackets only", "}]", "[{}]", "[{}]"],
  ["what stands between two strings", '":"', '{"a":"b"}', '{"a":"b"}'],
  ["a comma between two strings", '","', '["a","b"]', '["a","b"]'],
  ["an empty value", "{}", '{"a":{}}', '{"a":"[X]"}'],
  ["all of an empty value", '{ "": [""] }', '{ "": [""] }', '"[X]"'],
  ["an empty string", '""', '["",1]', '["[X]",1]'],
] as const) {
  test(`a mask over ${what}`, () => {
    assert.equal(masked(found, raw), wanted);
    assert.equal(masked(found, ...raw), wanted);
  });
}

test("a number that may go on is masked as a part of one", () => {
  const view = openLaneView("json");
  view.append("[4111");
  assert.equal(runAtOnce(view.placeholder({ start: 1, end: 5 }, "[X]")), "1");
  view.append(",");
  assert.equal(runAtOnce(view.placeholder({ start: 1, end: 5 }, "[X]")), '"[X]"');
});

test("a placeholder is escaped for the string that it stands in", () => {
  const view = openLaneView("json");
  view.append('["abc"]');
  assert.equal(runAtOnce(view.placeholder({ start: 2, end: 5 }, 'a"\\')), 'a\\"\\\\');
});

test("what goes on with an earlier mask leaves JSON valid too", () => {
  const view = openLaneView("json");
  view.append('["abc",12,true]');
  view.end();
  assert.equal(runAtOnce(view.placeholder({ start: 3, end: 10 }, "")), '",0,');
});

test("what is forgotten is not needed for what follows", () => {
  const view = openLaneView("json");
  view.append('{"a":"\\u0040b","n":41');
  view.forget(8);
  assert.equal(view.rawSettled(8), 13);
  view.append("11}");
  view.forget(14);
  assert.deepEqual(view.rawSpan({ start: 15, end: 17 }), { start: 20, end: 22 });
  assert.equal(runAtOnce(view.placeholder({ start: 15, end: 17 }, "[X]")), "0");
});

/** The raw text with words around the first occurrence of `found` in the view. */
function around(found: string, ...pieces: readonly string[]): string {
  const view = openLaneView("json");
  const start = viewOf(view, ...pieces).indexOf(found);
  assert.notEqual(start, -1, "the view shows it");
  const edges = [view.beside(start, "before", '"<\n'), view.beside(start + found.length, "after", '>"')].filter(
    (edge) => edge !== null,
  );
  let whole = pieces.join("");
  for (const { at, text } of edges.toReversed()) whole = whole.slice(0, at) + text + whole.slice(at);
  return whole;
}

for (const [raw, found, wanted] of [
  ['{"a":"see foo here"}', "foo", '{"a":"see \\"<\\nfoo>\\" here"}'],
  ['{"a":"foo"}', "foo", '{"a":"\\"<\\nfoo>\\""}'],
  ['{"a":"\\u0066o\\u006f"}', "foo", '{"a":"\\"<\\n\\u0066o\\u006f>\\""}'],
  ['["a",["foo"],{"b":["c","foo"]}]', "foo", '["a",["\\"<\\nfoo>\\""],{"b":["c","foo"]}]'],
  ['{"foo":1}', "foo", '{"foo":1}'],
  ['{"a":[{"b":1}],"foo":1}', "foo", '{"a":[{"b":1}],"foo":1}'],
  ['{"a":42}', "42", '{"a":42}'],
  ['{"a":true}', "true", '{"a":true}'],
  ['{"a":"foo","b":1}', 'foo","b', '{"a":"\\"<\\nfoo","b":1}'],
  ["say foo", "foo", 'say "<\nfoo>"'],
] as const) {
  test(`words around ${found} make ${raw} ${wanted}, however it is cut`, () => {
    assert.equal(around(found, raw), wanted);
    assert.equal(around(found, ...raw), wanted);
  });
}

test("the view of text takes words where they belong, as they are", () => {
  assert.deepEqual(openLaneView("text").beside(3, "after", '">'), { at: 3, text: '">' });
});
