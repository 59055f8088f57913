/** The form of the tables of personal data. */
import type { PiiKind } from "../../../src/domain/pii-kinds.ts";

/** `word` announces the kind; `valid` are found behind it, `wrong` are near misses that are not. */
export type Vector = { readonly word: string; readonly valid: readonly string[]; readonly wrong: readonly string[] };
export type Vectors = Readonly<Partial<Record<PiiKind, Vector>>>;
