/** What the compiler needs and does not do itself. Given by app/: the engine for expressions stands in another layer. */
import type { Cell } from "../domain/coverage.ts";
import type { DescribedDialect } from "../domain/described.ts";
import type { ModelTask, PatternSpec } from "../domain/policy.ts";
import type { Result } from "../stdx/result.ts";

/** Says yes or no in time linear in the text. */
export type LinearMatcher = { test(text: string): boolean };

/** What a policy may ask of a model of the store. */
export type KnownModel = {
  readonly name: string;
  readonly heads: readonly {
    readonly name: string;
    readonly task: ModelTask;
    readonly categories: readonly string[];
    /** Names of scores. */
    readonly thresholds: readonly string[];
  }[];
};

export type PolicyTools = {
  /** Lower-case hex of the SHA-256 of the bytes. */
  readonly sha256Hex: (bytes: Uint8Array) => string;
  /** What is wrong with an expression and how to mend it; `null`: nothing. `longest`: the characters of one match. */
  readonly checkPattern: (spec: PatternSpec, longest: number) => string | null;
  /** For `matches` in conditions: anywhere in the text. The error says what is wrong. */
  readonly linearMatcher: (pattern: string) => Result<LinearMatcher, string>;
  /** Dialects and operations that there are; a rule for another would never apply. `null`: not checked. */
  readonly known: {
    readonly dialects: readonly string[];
    readonly operations: readonly string[];
    /** What is judged of them. */
    readonly cells: readonly Cell[];
  } | null;
  /** What is judged of a dialect that a policy describes. */
  readonly cellsOf: (dialect: DescribedDialect) => readonly Cell[];
  /** Models that there are. `null`: not checked. */
  readonly models: readonly KnownModel[] | null;
};
