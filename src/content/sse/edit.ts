/**
 * Writes an event with other data. Invariant: lines that are not data, line ends, and data lines that stay equal are
 * kept as they came, but for the edits named; reading the result gives the new data, and one event.
 */
import type { Edit } from "../../domain/dialect.ts";
import { applyEdits, planEdits } from "../json/splice.ts";
import type { SseEvent, SseLine } from "./parse.ts";

/** Outside the data lines a line end would begin another field, or another event. */
const inOneLine = ({ range, text }: Edit): Edit => ({ range, text: text.replaceAll(/[\r\n]+/g, " ") });

/**
 * `data`: the new payload; `null` leaves it. `edits`: of ranges outside the data lines, as `framePieces` gives them;
 * line ends in their texts become spaces. A "\r" in the payload is written as a line break, as "\n" is.
 */
export function rewriteFrame(event: SseEvent, data: string | null, edits: readonly Edit[]): string {
  const dataEdits = data === null || data === event.data ? [] : editData(event, data.split(/\r\n|\r|\n/));
  return applyEdits(event.text, planEdits([...edits.map(inOneLine), ...dataEdits]));
}

function editData(event: SseEvent, payload: readonly string[]): readonly Edit[] {
  const lines = event.lines.filter((line) => line.field === "data");
  const edits: Edit[] = [];
  lines.forEach((line, position) => {
    const value = payload[position];
    // Taken away, its neighbours' line ends could join ("\r" and "\n"), so it becomes an empty comment.
    if (value === undefined) edits.push({ range: { start: line.name.start, end: line.value.end }, text: ":" });
    else if (position === lines.length - 1) edits.push(...editLast(event, line, payload.slice(position)));
    else edits.push(...editLine(event, line, value));
  });
  return edits;
}

/** The last data line takes all that is left of the payload. */
function editLast(event: SseEvent, line: SseLine, values: readonly string[]): readonly Edit[] {
  const [value = "", ...more] = values;
  if (more.length === 0) return editLine(event, line, value);
  const ending = event.text.slice(line.value.end, line.whole.end);
  const text = [value, ...more].map((each) => written(each)).join(ending === "" ? "\n" : ending);
  return [{ range: { start: line.name.start, end: line.value.end }, text }];
}

function editLine(event: SseEvent, line: SseLine, value: string): readonly Edit[] {
  if (event.text.slice(line.value.start, line.value.end) === value) return [];
  const head = event.text.slice(line.name.end, line.value.start);
  // One space after the colon is no part of the value: it is needed where the value itself begins with one.
  if (head === ": " || (head === ":" && !value.startsWith(" "))) return [{ range: line.value, text: value }];
  return [{ range: { start: line.name.end, end: line.value.end }, text: `: ${value}` }];
}

const written = (value: string): string => `data: ${value}`;
