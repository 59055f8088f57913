import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { idTables } from "../kinds.ts";
import { type Automaton, compileAutomaton, dead, start } from "./automaton.ts";
import { formExpression } from "./form.ts";

/** Where forms end, and which, in the order of the text. */
function walk(automaton: Automaton, text: string): readonly (readonly [end: number, ...forms: number[]])[] {
  const found: [number, ...number[]][] = [];
  let state: number = start;
  for (let at = 0; at < text.length && state !== dead; at++) {
    state = automaton.step(state, automaton.classOf[text.charCodeAt(at)] as number);
    if (automaton.ends[state] === 1) found.push([at + 1, ...automaton.accepted(state)]);
  }
  return found;
}

const sources = ["a", "ab?c", "[ab]{1,3}", "(?:a|bc){2}", "a{0,2}b", "\\d{2}[ab]", "(?:ab?|c){1,2}\\d"];

test("ends where each expression alone would match, and nowhere else", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...sources), { minLength: 1, maxLength: 4 }),
      fc.string({ unit: fc.constantFrom("a", "b", "c", "7", "-"), maxLength: 7 }),
      (list, text) => {
        const automaton = compileAutomaton(list.map((source) => new RegExp(source)));
        const wanted = Array.from({ length: text.length }, (_, at) => {
          const whole = list.flatMap((source, n) =>
            new RegExp(`^(?:${source})$`).test(text.slice(0, at + 1)) ? [n] : [],
          );
          return [at + 1, ...whole] as const;
        });
        assert.deepEqual(
          walk(automaton, text),
          wanted.filter(([, ...forms]) => forms.length > 0),
        );
      },
    ),
    { numRuns: 2_000 },
  );
});

test("a state is open while more text could complete a form", () => {
  const automaton = compileAutomaton([/ab/, /ac\d/]);
  const a = automaton.step(start, automaton.classOf[97] as number);
  assert.deepEqual(automaton.open(a), [0, 1]);
  const ac = automaton.step(a, automaton.classOf[99] as number);
  assert.deepEqual([automaton.open(ac), automaton.accepted(ac)], [[1], []]);
  assert.deepEqual(automaton.open(automaton.step(ac, automaton.classOf[55] as number)), []);
});

test("refuses what it cannot read", () => {
  for (const form of [/a+/, /[^a]/, /./, /a(?=b)/]) assert.throws(() => compileAutomaton([form]));
});

test("all states that the kinds' forms can have together are far below the bound", () => {
  for (const table of idTables) {
    const forms = table.flatMap((kind) =>
      [...(kind.alone ?? []), ...(kind.near ?? [])].map((form) => formExpression(form, kind.casing).expression),
    );
    const automaton = compileAutomaton(forms);
    for (let state = start; state < automaton.size; state++) {
      for (let number = 1; number < automaton.classes; number++) automaton.step(state, number);
    }
    assert.ok(automaton.size > 500 && automaton.size < 25_000, `${automaton.size}`);
  }
});
