/** Personal data: joins what finds the kinds that a policy names. */
import type { TextDetector } from "../../domain/detector.ts";
import type { PiiKind } from "../../domain/pii-kinds.ts";
import { createPatternDetector, type Matcher } from "../pattern/pattern-detector.ts";
import { card } from "./card.ts";
import { email } from "./email.ts";
import { iban } from "./iban.ts";
import { joinDetectors } from "./joined.ts";
import { idTables } from "./kinds.ts";
import { phone } from "./phone.ts";
import { createFormDetector } from "./scan/form-detector.ts";

const matchers = {
  email: () => [email],
  phone,
  card: () => [card],
  iban: () => [iban],
} as const satisfies Partial<Record<PiiKind, (region: string) => readonly Matcher[]>>;

/** `kinds` is not empty; `region` is an ISO 3166-1 alpha-2 code, used for national phone numbers. */
export function createPiiDetector(id: string, kinds: readonly PiiKind[], region: string): TextDetector {
  const patterns = [...new Set(kinds)].flatMap((kind) => (isPattern(kind) ? matchers[kind](region) : []));
  const tables = idTables.map((table) => table.filter(({ kind }) => kinds.includes(kind)));
  return joinDetectors(id, [
    ...(patterns.length === 0 ? [] : [createPatternDetector(id, patterns)]),
    ...tables.filter((table) => table.length > 0).map((table) => createFormDetector(id, table)),
  ]);
}

const isPattern = (kind: PiiKind): kind is keyof typeof matchers => Object.hasOwn(matchers, kind);
