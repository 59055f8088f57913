// Reads what went out against what went in: the texts at one spot, where every other byte must be as it came.

import assert from "node:assert/strict";
import type { Extraction } from "../../src/domain/dialect.ts";
import type { Span } from "../../src/domain/segment.ts";
import { type Fill, isAt, plain, type Sample, type Spot } from "./sample.ts";
import { payloadsIn } from "./wire.ts";

/** What stands for the text itself in a template: whole, or a piece of it. */
const whole = "\uE001";
const piece = "\uE002";
export const isSentinel = (char: string): boolean => char === whole || char === piece;

export const sentinels =
  (spot: Spot): Fill =>
  (mark) =>
    isAt(mark, spot) ? (mark.piece === null ? whole : piece) : plain(mark);

export function payloadsOf({ reply }: Pick<Sample, "reply">, body: Buffer): readonly string[] {
  return reply.kind === "json" || reply.kind === "text" ? [body.toString()] : payloadsIn(reply.kind, body);
}

/** One payload with sentinels, and the values in it that may become `null`, or go. */
export type Template = { readonly text: string; readonly mayGo: readonly (Span & { readonly to: "null" | "" })[] };

export const templateOf = (text: string, { repeats, pieces }: Pick<Extraction, "repeats" | "pieces">): Template => {
  const spans = [
    ...repeats.map(({ whole: span, gone }) => ({ ...span, to: gone === true ? ("" as const) : ("null" as const) })),
    ...pieces.flatMap(({ mask }) => (mask.kind === "drop" ? [{ ...mask.whole, to: "null" as const }] : [])),
  ].sort((one, two) => one.start - two.start || two.end - one.end);
  const mayGo: (Span & { to: "null" | "" })[] = [];
  for (const span of spans) if (span.start >= (mayGo.at(-1)?.end ?? 0)) mayGo.push(span);
  return { text, mayGo };
};

/** `whole`: each text that stands whole. `joined`: the pieces of one; `null` where there are none. Decoded where the payload is JSON. */
export type Told = { readonly whole: readonly string[]; readonly joined: string | null; readonly gone: number };

/** Throws where anything but the texts differs from the templates. `actual` may hold fewer payloads. */
export function textsIn(templates: readonly Template[], actual: readonly string[]): Told {
  assert.ok(actual.length <= templates.length, "no event was added");
  const found: string[] = [];
  let joined: string | null = null;
  let gone = 0;
  for (const [index, text] of actual.entries()) {
    const template = templates[index] as Template;
    const marks = [...template.text].filter(isSentinel);
    if (marks.length === 0 && text === template.text) continue;
    const captured = patternOf(template).exec(text);
    assert.ok(captured !== null, `everything but the text is as it came\n${template.text}\n${text}`);
    const groups = captured.groups ?? {};
    gone += Object.keys(groups).filter((name) => name.startsWith("gone") && groups[name] !== undefined).length;
    for (const [at, mark] of marks.entries()) {
      const raw = groups[`text${at}`];
      if (raw === undefined) continue; // its whole value went
      const said = isJson(template.text) ? (JSON.parse(`"${raw}"`) as string) : raw;
      if (mark === whole) found.push(said);
      else joined = (joined ?? "") + said;
    }
  }
  return { whole: found, joined, gone };
}

const isJson = (text: string): boolean => /^\s*[[{]/.test(text);
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

function patternOf({ text, mayGo }: Template): RegExp {
  let captures = 0;
  const literal = (part: string): string =>
    part
      .split(/([\uE001\uE002])/)
      .map((each) => {
        if (!isSentinel(each)) return escaped(each);
        captures += 1;
        return `(?<text${captures - 1}>[^]*?)`;
      })
      .join("");
  let pattern = "";
  let at = 0;
  for (const [index, { start, end, to }] of mayGo.entries()) {
    pattern += `${literal(text.slice(at, start))}(?:${literal(text.slice(start, end))}|(?<gone${index}>${to}))`;
    at = end;
  }
  return new RegExp(`^${pattern}${literal(text.slice(at))}$`, "u");
}
