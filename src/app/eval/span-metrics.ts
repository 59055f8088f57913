/**
 * Figures of spans: what was found in a text against what is marked there. Pure. Offsets of both are in the same unit; types
 * are compared by one spelling. A type that either side does not know is left out: nobody is to blame for it.
 */
import { f1, share } from "./metrics.ts";

export type TypedSpan = { readonly start: number; readonly end: number; readonly type: string };
export type SpanRow = { readonly marked: readonly TypedSpan[]; readonly found: readonly TypedSpan[] };

export type SpanQuality = {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
};
export type SpanFigures = {
  readonly types: readonly string[];
  /** Both ends and the type agree. */
  readonly exact: SpanQuality;
  /** The type agrees and at least one character does. */
  readonly overlap: SpanQuality;
};

/** Other names of the same thing, as data sets have them. */
const sameAs: Readonly<Record<string, string>> = {
  per: "person",
  name: "person",
  gpe: "place",
  loc: "place",
  location: "place",
  org: "organisation",
  organization: "organisation",
  corporation: "organisation",
  "email-address": "email",
  "phone-number": "phone",
  "credit-card": "card",
  "iban-code": "iban",
  ssn: "us-ssn",
  "ip-address": "ip",
  "domain-name": "url",
};

/** `CREDIT_CARD` and `pii/card` are both `card`. */
export function typeOf(written: string): string {
  const name = (written.split("/").at(-1) ?? "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return sameAs[name] ?? name;
}

/** `known`: the types that the judge can give. `null` where no type is both known and marked. */
export function spanFigures(rows: readonly SpanRow[], known: readonly string[]): SpanFigures | null {
  const can = new Set(known.map(typeOf));
  const marked = new Set(rows.flatMap((row) => row.marked.map(({ type }) => typeOf(type))));
  const types = [...marked].filter((type) => can.has(type)).toSorted();
  if (types.length === 0) return null;
  const counted = rows.map((row) => ({ marked: countedOf(row.marked, types), found: countedOf(row.found, types) }));
  return { types, exact: qualityOf(counted, isSame), overlap: qualityOf(counted, overlaps) };
}

/** Each place once, though two rules may have found it. */
function countedOf(spans: readonly TypedSpan[], types: readonly string[]): readonly TypedSpan[] {
  const all = spans.map(({ start, end, type }) => ({ start, end, type: typeOf(type) }));
  const kept = all.filter(({ type }) => types.includes(type));
  return kept.filter((span, index) => kept.findIndex((other) => isSame(span, other)) === index);
}

type Match = (a: TypedSpan, b: TypedSpan) => boolean;
const isSame: Match = (a, b) => a.type === b.type && a.start === b.start && a.end === b.end;
const overlaps: Match = (a, b) => a.type === b.type && a.start < b.end && b.start < a.end;

function qualityOf(rows: readonly SpanRow[], match: Match): SpanQuality {
  let [right, found, met, marked] = [0, 0, 0, 0];
  for (const row of rows) {
    right += row.found.filter((span) => row.marked.some((other) => match(span, other))).length;
    met += row.marked.filter((span) => row.found.some((other) => match(span, other))).length;
    found += row.found.length;
    marked += row.marked.length;
  }
  const [precision, recall] = [share(right, found), share(met, marked)];
  // Several findings may lie in one mark, so the two are of different counts.
  const falsePositives = found - right;
  if (match === isSame)
    return { precision, recall, f1: f1({ truePositives: met, falsePositives, falseNegatives: marked - met }) };
  const sum = (precision ?? 0) + (recall ?? 0);
  return {
    precision,
    recall,
    f1: sum === 0 ? (found + marked === 0 ? null : 0) : (2 * (precision ?? 0) * (recall ?? 0)) / sum,
  };
}
