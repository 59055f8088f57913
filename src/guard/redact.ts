/** What is written in place of a finding, or beside it: the rule's word, which masks.ts puts in its place. */
import type { Category, Finding, ReleaseReader } from "../domain/detector.ts";
import { type Action, type RedactStyle, type Rule, redactStyles } from "../domain/policy.ts";
import type { Place, Span } from "../domain/segment.ts";
import { unreachable } from "../stdx/assert.ts";
import type { Ledger } from "./ledger.ts";
import type { MaskQueue, Redaction } from "./masks.ts";
import { markedPart } from "./text-marks.ts";

export type RedactParts = {
  /** `[EMAIL]` */
  readonly label: (category: Category) => string;
  /** Lower-case hex, the same for the same text, keyed. */
  readonly pseudonym: (text: string) => string;
  readonly ledger: Ledger;
};

type Redacting = Extract<Action, { kind: "redact" | "replace" }>;

/** Restoring comes last of all: what a rule says of the same text goes before it. */
const restoreRank = 1_000_000;
const checksMax = 100_000;

/** Strict before mild, then the order of the policy. */
const rankOf = (action: Redacting, check: number): number =>
  (action.kind === "replace" ? -1 : redactStyles.indexOf(action.style.kind)) * checksMax + check;

/** Where a finding stands. `isJson`: its text is JSON. `check`: the place of what found it in the policy. */
export type FoundIn = { readonly place: Place; readonly isJson: boolean; readonly check: number };

/** Queues what a rule that acts writes for a finding. `text`: what stands at its span. */
export function writeFor(
  { id, action }: Rule,
  finding: Finding & { readonly span: Span },
  text: string,
  { place, isJson, check }: FoundIn,
  queue: MaskQueue,
  parts: RedactParts,
): void {
  if (action.kind === "redact" || action.kind === "replace") {
    queue.add(redaction(action, finding, finding.span, text, check, parts));
  } else if (action.kind === "mark") {
    const span = markedPart(finding.span, text, place, isJson);
    const { before, after } = action;
    if (span !== null) queue.mark({ rule: id, order: check, before, after }, span, finding.isUnit === true);
  }
}

/** `text`: what stands at `span`. `check`: its place in the policy. */
export function redaction(
  action: Redacting,
  { category, score }: Pick<Finding, "category" | "score">,
  span: Span,
  text: string,
  check: number,
  parts: RedactParts,
): Redaction {
  const order = { rank: rankOf(action, check), score, name: category };
  if (action.kind === "replace")
    return { span, ...order, restores: false, write: ({ start }) => (start === 0 ? action.text : "") };
  return { span, ...order, restores: false, write: (part) => written(action.style, category, text, part, parts) };
}

/**
 * Puts back what stood where a placeholder is, where what is released before it allows it. `json`: the text is JSON, and
 * the placeholder stands in one of its strings.
 */
export function restoration(
  span: Span,
  placeholder: string,
  as: "text" | "json",
  reader: Pick<ReleaseReader, "mayPutBack">,
  ledger: Ledger,
): Redaction {
  const restored = (): string | null => {
    if (!reader.mayPutBack(placeholder)) return null;
    const text = ledger.restore(placeholder);
    if (text === null) return null;
    return as === "json" ? JSON.stringify(text).slice(1, -1) : text;
  };
  return {
    span,
    rank: restoreRank,
    score: 1,
    name: "",
    restores: true,
    write: (part) => (part.start === 0 ? restored() : ""),
  };
}

function written(style: RedactStyle, category: Category, text: string, part: Span, parts: RedactParts): string {
  // What goes on from an earlier mask has no words of its own, save where it must be put back later.
  const first = part.start === 0;
  switch (style.kind) {
    case "remove":
      return "";
    case "label":
      return first ? parts.label(category) : "";
    case "hash":
      return first ? `${parts.label(category).slice(0, -1)}:${parts.pseudonym(text)}]` : "";
    case "mask":
      return maskCharacters(text, style.keepLast).slice(part.start, part.end);
    case "placeholder": {
      const issued = parts.ledger.issue(category, text.slice(part.start, part.end), style);
      return issued ?? (first ? parts.label(category) : "");
    }
    default:
      return unreachable(style);
  }
}

/** As long as the text. Shows the last `keepLast` letters and digits, but never more than a third of them. */
export function maskCharacters(text: string, keepLast: number): string {
  const shown: number[] = [];
  let all = 0;
  for (let at = text.length - 1; at >= 0; at -= 1) {
    if (!/[0-9A-Za-z]/.test(text.charAt(at))) continue;
    all += 1;
    if (shown.length < keepLast) shown.push(at);
  }
  const keep = new Set(shown.slice(0, Math.floor(all / 3)));
  let out = "";
  for (let at = 0; at < text.length; at += 1) out += keep.has(at) ? text.charAt(at) : "*";
  return out;
}
