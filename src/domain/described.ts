/** A dialect that a policy describes itself: where text stands in bodies of no provider's that this program knows. */
import type { Place, Role } from "./segment.ts";

/** Steps of a JSON pointer, decoded; `null`: any item of a list. */
export type PointerPattern = readonly (string | null)[];

export type DescribedPlace = {
  readonly at: PointerPattern;
  /** `null`: names, ids and counters, judged only where they are no short token. */
  readonly as: { readonly place: Place; readonly role: Role } | null;
  /** The string is JSON itself. */
  readonly json: boolean;
  /** Of events: goes on from one to the next. */
  readonly continues: boolean;
};

/** JSON whose strings may hold `{message}`, `{code}` and `{reference}`. */
export type AnswerTemplate =
  | string
  | number
  | boolean
  | null
  | readonly AnswerTemplate[]
  | { readonly [key: string]: AnswerTemplate };

export const describedForms = ["sse", "json-lines", "json-array"] as const;
export type DescribedForm = (typeof describedForms)[number];

export type DescribedOperation = {
  /** `dialect/operation`. */
  readonly id: string;
  /** Segments, without the first slash; `null`: any one. */
  readonly path: readonly (string | null)[];
  /** Whether the client gets a stream: always, never, or where that member is true. */
  readonly stream: boolean | PointerPattern;
  readonly prompt: readonly DescribedPlace[];
  readonly reply: readonly DescribedPlace[];
  /** `end`: data that ends a stream and is no JSON. */
  readonly events: {
    readonly form: DescribedForm;
    readonly end: string | null;
    readonly places: readonly DescribedPlace[];
  } | null;
  /** `null`: this program's own form. */
  readonly answers: {
    readonly error: AnswerTemplate | null;
    readonly refusal: AnswerTemplate | null;
    /** What ends a stream for the client. */
    readonly events: readonly AnswerTemplate[] | null;
  };
};

/** Where a dialect of the program is found beside its standard paths. `paths`: of MCP's servers; `prefixes` stand before those of others. */
export type DialectPaths = {
  readonly id: string;
  readonly paths: readonly string[];
  readonly prefixes: readonly string[];
};

export type DescribedDialect = { readonly id: string; readonly operations: readonly DescribedOperation[] };
