/**
 * A policy as the data plane reads it: checked, indexed, frozen. Only `compilePolicy` in `policy/` makes one.
 * Holds no detector objects: a rule names what to detect, and `app/` builds the detectors.
 */
import type { PiiKind } from "./pii-kinds.ts";
import type { SecretKind } from "./secret-kinds.ts";
import type { Stage } from "./segment.ts";

/** Weakest first: when rules meet, the strictest wins. */
export const actions = ["allow", "flag", "redact", "block"] as const;
export type ActionKind = (typeof actions)[number];

/** How a block is told to the client: `refusal` in the dialect's reply form (200), `error` in its error form (400). */
export type BlockForm = "refusal" | "error";

export type Action =
  | { readonly kind: "allow" }
  | { readonly kind: "flag" }
  | { readonly kind: "redact" }
  | { readonly kind: "block"; readonly form: BlockForm };

export type OnUnknown = "open" | "closed";
/** `text` judges the raw bytes as one plain text where they are valid UTF-8, and blocks where they are not. */
export type OnUnreadable = "block" | "pass" | "text";

/** What a rule looks for. All fields are filled in: defaults were applied when the policy was compiled. */
export type DetectSpec =
  | { readonly kind: "pii"; readonly kinds: readonly PiiKind[]; readonly region: string }
  | { readonly kind: "secrets"; readonly kinds: readonly SecretKind[] }
  | {
      readonly kind: "keywords";
      readonly list: readonly string[];
      readonly caseSensitive: boolean;
      readonly wholeWords: boolean;
    }
  | {
      readonly kind: "size";
      readonly maxBytes: number | null;
      readonly maxCharacters: number | null;
      readonly maxMessages: number | null;
    };

export type Rule = {
  readonly id: string;
  readonly stages: readonly Stage[];
  readonly detect: DetectSpec;
  /** Equal keys mean equal detectors: rules share one instance. */
  readonly detectKey: string;
  readonly action: Action;
  /** Judged and reported, but does not act. */
  readonly shadow: boolean;
  readonly onUnknown: OnUnknown;
};

export type Policy = {
  /** `name@digest`: the policy's name and the first 12 hex digits of its source's SHA-256. Safe in metadata. */
  readonly version: string;
  readonly onUnreadable: OnUnreadable;
  readonly rules: readonly Rule[];
};

/** A place in a policy or config file, both counted from 1, and what is wrong there and how to mend it. */
export type Mistake = { readonly line: number; readonly column: number; readonly message: string };
