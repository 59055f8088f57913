// What holds of whatever a reader found, in whatever it read.

import assert from "node:assert/strict";
import { applyEdits, dropValue, planEdits, replaceText } from "../../src/content/json/splice.ts";
import type { Edit, Extraction, Piece } from "../../src/domain/dialect.ts";
import type { Unreadable } from "../../src/domain/verdict.ts";
import type { Steps } from "../../src/stdx/paced.ts";
import type { Result } from "../../src/stdx/result.ts";

/** Steps that a text of that many UTF-16 code units may take: they are counted, and not the time. */
const stepsFor = (length: number): number => 64 + length;

/** The result of the steps. Throws where there are more of them than the length allows. */
export function counted<T>(steps: Steps<T>, length: number): T {
  for (let count = 0; ; count += 1) {
    assert.ok(count <= stepsFor(length), "work grows with the length alone");
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Reads the text, and what stands in place of its texts when all are masked. `isWhole`: it can be read. */
export function checkReading(
  source: string,
  read: (text: string) => Steps<Result<Extraction, Unreadable>>,
  isWhole: (edited: string) => boolean,
): void {
  const result = counted(read(source), source.length);
  if (!result.ok) return;
  const { pieces, repeats } = result.value;
  let end = 0;
  for (const piece of pieces) {
    const { literal, writing } = piece;
    // The value of a form's field may be empty; a JSON string has its quotes.
    const isThere = writing === "bytes" ? literal.end >= literal.start : literal.end > literal.start;
    assert.ok(literal.start >= end && isThere, "literals stand in order, apart");
    assert.ok(literal.end <= source.length, "literals lie in the body");
    end = literal.end;
    decodes(source, piece);
  }
  for (const { whole } of repeats) assert.ok(whole.start >= 0 && whole.start < whole.end && whole.end <= source.length);
  const edited = applyEdits(source, planEdits(pieces.map(editOf)));
  assert.ok(isWhole(edited) || !isWhole(source), "what could be read can be read with all of it masked");
}

function editOf(piece: Piece): Edit {
  if (piece.mask.kind === "drop") return dropValue(piece.mask.whole);
  return replaceText(piece, piece.mask.kind === "json" ? '"[X]"' : "[X]");
}

/** Numbers that may be accounts stand as their digits, and are dropped whole; headers of forms have quoting of their own. */
function decodes(source: string, { text, literal, writing }: Piece): void {
  const said = source.slice(literal.start, literal.end);
  if (writing === "json-string" && said.startsWith('"')) assert.equal(JSON.parse(said), text);
  else if (writing === "raw") assert.equal(said, text);
  else if (writing === "bytes") assert.equal(Buffer.from(said, "latin1").toString(), text);
}
