/**
 * Figures of spans: what was found in a text against what is marked there. Pure. Offsets of both are in the same unit; types
 * are compared by one spelling. A type that the judge cannot give, or that a row's source marks nowhere, is left out of that row:
 * nobody is to blame for it.
 */
import { f1Interval, type Interval } from "./intervals.ts";
import { f1, share } from "./metrics.ts";

export type TypedSpan = { readonly start: number; readonly end: number; readonly type: string };
/** `types`: those that count in this row, by their one spelling. */
export type SpanRow = {
  readonly types: ReadonlySet<string>;
  readonly marked: readonly TypedSpan[];
  readonly found: readonly TypedSpan[];
};

export type SpanQuality = {
  readonly found: number;
  readonly marked: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** Of 95 %, of F1. `null` for overlaps: findings and marks are not counted alike there. */
  readonly interval: Interval | null;
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

/** Of rows of one source: the types that are marked somewhere and that the judge can give; `known` are its categories. */
export function typesIn(marks: readonly (readonly TypedSpan[])[], known: readonly string[]): ReadonlySet<string> {
  const marked = new Set(marks.flatMap((spans) => spans.map(({ type }) => typeOf(type))));
  const can = new Set(known.map(typeOf));
  return new Set([...marked].filter((type) => can.has(type)));
}

/** `null` where no type counts. */
export function spanFigures(rows: readonly SpanRow[]): SpanFigures | null {
  const types = [...new Set(rows.flatMap((row) => [...row.types]))].toSorted();
  if (types.length === 0) return null;
  const counted = rows.map((row) => ({
    marked: countedOf(row.marked, row.types),
    found: countedOf(row.found, row.types),
  }));
  return { types, exact: qualityOf(counted, isSame), overlap: qualityOf(counted, overlaps) };
}

/** Each place once, though two rules may have found it. */
function countedOf(spans: readonly TypedSpan[], types: ReadonlySet<string>): readonly TypedSpan[] {
  const all = spans.map(({ start, end, type }) => ({ start, end, type: typeOf(type) }));
  const kept = all.filter(({ type }) => types.has(type));
  return kept.filter((span, index) => kept.findIndex((other) => isSame(span, other)) === index);
}

type Match = (a: TypedSpan, b: TypedSpan) => boolean;
const isSame: Match = (a, b) => a.type === b.type && a.start === b.start && a.end === b.end;
const overlaps: Match = (a, b) => a.type === b.type && a.start < b.end && b.start < a.end;

function qualityOf(rows: readonly Omit<SpanRow, "types">[], match: Match): SpanQuality {
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
  if (match === isSame) {
    const counts = { truePositives: met, falsePositives, falseNegatives: marked - met };
    return { found, marked, precision, recall, f1: f1(counts), interval: f1Interval(counts) };
  }
  const sum = (precision ?? 0) + (recall ?? 0);
  return {
    found,
    marked,
    precision,
    recall,
    f1: sum === 0 ? (found + marked === 0 ? null : 0) : (2 * (precision ?? 0) * (recall ?? 0)) / sum,
    interval: null,
  };
}
