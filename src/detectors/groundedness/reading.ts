/** One unit of a reply, read: a claim with what was measured of it, or the reason why it is none. Pure. */
import type { Span } from "../../domain/segment.ts";
import { type Unchecked, uncheckedReason } from "./checkable.ts";
import { unitEnd } from "./claims.ts";
import type { Evidence } from "./evidence.ts";
import { type Measured, measure } from "./features.ts";
import { tokensOf } from "./tokens.ts";

export type ReadUnit =
  | { readonly kind: "unchecked"; readonly span: Span; readonly reason: Unchecked }
  | {
      readonly kind: "claim";
      /** Without blanks around it. */
      readonly span: Span;
      readonly measured: Measured;
      /** What it was held against. */
      readonly passages: string;
    };

/** What makes a line an item of a list, or quotes it, is no part of what it claims. A number there may be that of a day. */
const listMark = /^\s*(?:[-*+\u2022>]\s+)+(?=\S)/;

/** Spans are of the text that the units are of; those of `measured` are of the claim. */
export function readUnit(text: string, { start, end }: Span, kind: "prose" | "code", evidence: Evidence): ReadUnit {
  const written = text.slice(start, end);
  const listed = kind === "code" ? 0 : (listMark.exec(written)?.[0].length ?? 0);
  const body = written.slice(listed).trim();
  const begin = start + written.length - written.slice(listed).trimStart().length;
  const span = { start: begin, end: begin + body.length };
  if (kind === "code") return { kind: "unchecked", span, reason: "code" };
  const tokens = tokensOf(body);
  const reason = uncheckedReason(body, tokens);
  if (reason !== null) return { kind: "unchecked", span, reason };
  const passages = evidence.passagesFor(tokens);
  return { kind: "claim", span, measured: measure(tokens, evidence, passages), passages: passages.text };
}

/** A whole reply. */
export function readReply(text: string, evidence: Evidence): readonly ReadUnit[] {
  const units: ReadUnit[] = [];
  for (let from = 0; from < text.length; ) {
    const { end, kind } = unitEnd(text, from, true) ?? { end: text.length, kind: "prose" as const };
    if (text.slice(from, end).trim() !== "") units.push(readUnit(text, { start: from, end }, kind, evidence));
    from = end;
  }
  return units;
}
