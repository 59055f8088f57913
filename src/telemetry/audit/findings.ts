/** What reading an audit record shows, in words. Pure. Nothing of a line's content is repeated but numbers, ids and hashes. */

/** `line` counts from 1. */
export type Place = { readonly file: string; readonly line: number };

/**
 * `break`: what stands there is not what was written. `open`: nothing is wrong in what is there, but its end is not sealed, and
 * more may have stood there. `note`: nothing is wrong.
 */
export type Weight = "break" | "open" | "note";

export const findingKinds = {
  edited: "break",
  foreign: "break",
  gap: "break",
  replaced: "break",
  "out-of-order": "break",
  "unknown-instance": "break",
  unlinked: "break",
  "after-stop": "break",
  "bad-signature": "break",
  "wrong-key": "break",
  "not-signed": "break",
  "cut-tail": "break",
  "other-head": "break",
  "other-first": "break",
  "too-many-instances": "break",
  empty: "open",
  "open-end": "open",
  "torn-end": "open",
  "unsigned-end": "open",
  "begins-late": "note",
  "unclean-end": "note",
  torn: "note",
  lost: "note",
  repeated: "note",
  "clock-back": "note",
  "older-head": "note",
} as const satisfies Record<string, Weight>;
export type FindingKind = keyof typeof findingKinds;

export type Finding = {
  readonly kind: FindingKind;
  /** `null`: of the whole. */
  readonly place: Place | null;
  readonly text: string;
};

export const weightOf = ({ kind }: Finding): Weight => findingKinds[kind];

/** `3 entries`, `1 entry`. */
export const entries = (count: number): string => (count === 1 ? "1 entry" : `${count} entries`);
