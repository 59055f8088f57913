import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction, Piece } from "../domain/dialect.ts";
import { nothingDeclared } from "../domain/dialect.ts";
import { runAtOnce, type Steps } from "../stdx/paced.ts";
import { editBody, editText, type PieceEdit } from "./edits.ts";

const long = 100_000;

function pieceOf(text: string, start: number, lane: string | null = null): Piece {
  const literal = { start, end: start + JSON.stringify(text).length };
  const location = { place: "content", role: "user", pointer: "/a" } as const;
  return { location, text, literal, writing: "json-string", mask: { kind: "text" }, lane, call: null };
}

const extractionOf = (pieces: readonly Piece[], repeats: Extraction["repeats"] = []): Extraction => ({
  pieces,
  repeats,
  unjudged: {},
  messages: 1,
  echo: null,
  stream: false,
  model: null,
  modelRepeated: false,
  declared: nothingDeclared,
  depth: 1,
});

const stepsIn = (steps: Steps<unknown>): number => {
  let count = 0;
  while (steps.next().done !== true) count += 1;
  return count;
};

test("the chunks of a long body are the body, and none ends within a character", () => {
  for (const shift of ["", "x"]) {
    const text = shift + "\u{1f600}".repeat(long);
    const body = `[${JSON.stringify(text)}]`;
    const piece = pieceOf(text, 1);
    const edits: PieceEdit[] = [{ start: 40_000 + shift.length, end: 50_000 + shift.length, text: "[\u{1f600}]" }];
    const chunks = runAtOnce(editBody(body, extractionOf([piece]), new Map([[piece, edits]])));
    const expected = text.slice(0, 40_000 + shift.length) + "[\u{1f600}]" + text.slice(50_000 + shift.length);
    assert.equal(chunks.join(""), `[${JSON.stringify(expected)}]`);
    assert.ok(chunks.length > 3 && chunks.every((chunk) => chunk.isWellFormed()));
  }
});

test("a character that is masked in part is written alike however the body is cut", () => {
  const text = "\u{1f600}";
  const edits = [{ start: 1, end: 2, text: "" }];
  assert.equal(runAtOnce(editText(text, edits)).join(""), "\ud83d");
});

test("many edits are made in steps", () => {
  const text = "ab ".repeat(long);
  const edits = Array.from({ length: long }, (_, n) => ({ start: 3 * n, end: 3 * n + 2, text: "[X]" }));
  const piece = pieceOf(text, 1);
  const body = `[${JSON.stringify(text)}]`;
  const of = [body, extractionOf([piece]), new Map([[piece, edits]])] as const;
  assert.equal(runAtOnce(editBody(...of)).join(""), `["${"[X] ".repeat(long)}"]`);
  assert.ok(stepsIn(editBody(...of)) > 100);
});

test("what repeats a masked lane goes, and nothing else", () => {
  const body = '["a","b","c","d"]';
  const pieces = ["a", "b"].map((text, n) => pieceOf(text, 1 + 4 * n, `choices/${n}/content`));
  const repeats = [
    { lanes: "choices/1/", whole: { start: 9, end: 12 } },
    { lanes: "choices/10/", whole: { start: 13, end: 16 } },
  ];
  const edits = new Map([[pieces[1] as Piece, [{ start: 0, end: 1, text: "[X]" }]]]);
  const chunks = runAtOnce(editBody(body, extractionOf(pieces, repeats), edits));
  assert.equal(chunks.join(""), '["a","[X]",null,"d"]');
});

test("what repeats all lanes goes with a text that has none; what recalls earlier events goes with any of them", () => {
  const body = '["a",[1]]';
  const piece = pieceOf("a", 1);
  const repeat = { lanes: "", whole: { start: 5, end: 8 } };
  const masked = new Map([[piece, [{ start: 0, end: 1, text: "[X]" }]]]);
  const edited = (recalls: boolean, earlier: boolean, edits: ReadonlyMap<Piece, readonly PieceEdit[]>): string => {
    const of = extractionOf([piece], [recalls ? { ...repeat, recalls: true } : repeat]);
    return runAtOnce(editBody(body, of, edits, earlier)).join("");
  };
  assert.equal(edited(false, false, masked), '["[X]",null]');
  assert.equal(edited(false, true, new Map()), body);
  assert.equal(edited(true, false, new Map()), body);
  assert.equal(edited(true, true, new Map()), '["a",null]');
});
