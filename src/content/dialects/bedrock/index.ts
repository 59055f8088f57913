/**
 * The dialect of Amazon Bedrock's runtime: which request is for which operation. Paths must be exact; a model's id is one step of
 * them, in which ":" and "/" may be escaped.
 */
import type { Dialect } from "../../../domain/dialect.ts";
import { converse, converseStream, countTokens, dialect, type ForModel } from "./operations.ts";

const posted: ReadonlyMap<string, ForModel> = new Map([
  ["converse", converse],
  ["converse-stream", converseStream],
  ["count-tokens", countTokens],
]);

/** Ids have at most 2048 characters. A step of dots alone leads elsewhere. */
const path = /^\/model\/(?!\.+\/)((?:[\w.:-]|%3[Aa]|%2[Ff]){1,2048})\/([a-z-]{1,64})$/;

export const createBedrock = (): Dialect => dialectOf(posted);

/** `posted`: operations by the last step of their paths. */
export function dialectOf(posted: ReadonlyMap<string, ForModel>): Dialect {
  return {
    id: dialect,
    operations: [...posted.values()].map(({ known }) => known),
    match(head) {
      const [, model, action] = head.method === "POST" ? (path.exec(head.path) ?? []) : [];
      if (model === undefined || action === undefined) return null;
      return posted.get(action)?.of(decodeURIComponent(model)) ?? null;
    },
  };
}
