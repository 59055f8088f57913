/** The units of a reply, read: claims with what was measured of them, or the reason why they are none. Pure. */
import type { Window } from "../../domain/detector.ts";
import type { Span } from "../../domain/segment.ts";
import { runAtOnce, type Steps } from "../../stdx/paced.ts";
import { type Unchecked, uncheckedReason } from "./checkable.ts";
import { type UnitEnd, unitEnd } from "./claims.ts";
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
      /** The texts of the evidence that say most of it, by their place there. */
      readonly sources: readonly number[];
    };

/** What makes a line an item of a list, or quotes it, is no part of what it claims. A number there may be that of a day. */
const lineMark = /^\s*(?:[-*+\u2022]\s+|>\s*)+(?=\S)/;
/** A line of a block of quotations, or a text in quotation marks or a part of one. */
const quotation =
  /^\s*(?:[-*+\u2022]\s+)*(?:>|["\u201c\u201d\u201e\u00ab\u300c\u2018])|["\u201c\u201d\u00bb\u300d\u2019][.,;!?]?\s*$/u;

/** Without blanks and marks around it; `null`: there is nothing else. */
function bodyOf(text: string, { start, end }: Span, kind: UnitEnd["kind"]): Span | null {
  const written = text.slice(start, end);
  const marks = kind === "code" ? 0 : (lineMark.exec(written)?.[0].length ?? 0);
  const body = written.slice(marks);
  const begin = start + marks + body.length - body.trimStart().length;
  const length = body.trim().length;
  return length === 0 ? null : { start: begin, end: begin + length };
}

function reasonOf(body: string, kind: UnitEnd["kind"], tokens = tokensOf(body)): Unchecked | null {
  return kind === "code" ? "code" : uncheckedReason(body, tokens);
}

/** Spans are of the text that the units are of; those of `measured` are of the claim. */
function readUnit(text: string, { span, kind, isQuotation }: Cut, evidence: Evidence): ReadUnit {
  const body = text.slice(span.start, span.end);
  const tokens = tokensOf(body);
  const reason = reasonOf(body, kind, tokens);
  if (reason !== null) return { kind: "unchecked", span, reason };
  const passages = evidence.passagesFor(tokens);
  const measured = measure(tokens, evidence, passages, isQuotation);
  return { kind: "claim", span, measured, passages: passages.text, sources: passages.sources };
}

type Cut = { readonly span: Span; readonly kind: UnitEnd["kind"]; readonly isQuotation: boolean };

/** Every window begins where a unit does: only such places are said to be settled. */
function* cutsOf({ text, from, to, ended }: Window): Generator<Cut> {
  for (let start = from; start < to; ) {
    const { end, kind } = unitEnd(text, start, ended) ?? { end: to, kind: "prose" as const };
    const unit = { start, end: Math.min(end, to) };
    const span = bodyOf(text, unit, kind);
    if (span !== null) yield { span, kind, isQuotation: quotation.test(text.slice(unit.start, unit.end)) };
    start = end;
  }
}

/** All units that begin in the window, read. */
export function* unitsOf(window: Window, evidence: Evidence): Steps<readonly ReadUnit[]> {
  const units: ReadUnit[] = [];
  for (const cut of cutsOf(window)) {
    const unit = readUnit(window.text, cut, evidence);
    units.push(unit);
    if (unit.kind === "claim") yield;
  }
  return units;
}

/** The same without evidence: where they begin, and whether they claim something. */
export const claimUnits = (window: Window): readonly { readonly start: number; readonly isClaim: boolean }[] =>
  Array.from(cutsOf(window), ({ span, kind }) => ({
    start: span.start,
    isClaim: reasonOf(window.text.slice(span.start, span.end), kind) === null,
  }));

/** A whole reply. */
export const readReply = (text: string, evidence: Evidence): readonly ReadUnit[] =>
  runAtOnce(unitsOf({ text, from: 0, to: text.length, ended: true }, evidence));
