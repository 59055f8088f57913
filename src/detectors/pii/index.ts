/** Personal data: joins the matchers of the kinds that a policy names. */
import type { TextDetector } from "../../domain/detector.ts";
import type { PiiKind } from "../../domain/pii-kinds.ts";
import { createPatternDetector, type Matcher } from "../pattern/pattern-detector.ts";
import { card } from "./card.ts";
import { email } from "./email.ts";
import { iban } from "./iban.ts";
import { phone } from "./phone.ts";
import { usSsn } from "./us-ssn.ts";

const matchers = {
  email: () => [email],
  phone,
  card: () => [card],
  iban: () => [iban],
  "us-ssn": () => [usSsn],
} as const satisfies Record<PiiKind, (region: string) => readonly Matcher[]>;

/** `kinds` is not empty; `region` is an ISO 3166-1 alpha-2 code, used for national phone numbers. */
export function createPiiDetector(id: string, kinds: readonly PiiKind[], region: string): TextDetector {
  return createPatternDetector(
    id,
    [...new Set(kinds)].flatMap((kind) => matchers[kind](region)),
  );
}
