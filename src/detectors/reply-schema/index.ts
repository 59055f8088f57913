/**
 * The reply must be JSON that meets the schema which its request asked for. Judges each text of the answer by itself,
 * to its end. Says nothing of a request that asked for none, of refusals, or of replies without text.
 */
import type { Category, Detection, ExchangeDetector } from "../../domain/detector.ts";
import { compileSchema, type Schema, type SchemaFault } from "../schema/compile.ts";
import { compileMatcher } from "../schema/ecma-pattern.ts";
import type { Result } from "../../stdx/result.ts";
import { allOf, nothingFound, wholeLane } from "../whole-lane.ts";

const invalid: Category = "reply-schema/invalid";

export function createReplySchemaDetector(id: string): ExchangeDetector {
  return {
    kind: "exchange",
    id,
    categories: [invalid],
    open(_signal, { declared: { replySchema } }) {
      if (replySchema === null) return null;
      let compiled: Result<Schema, SchemaFault> | null = null;
      const detector = wholeLane(id, [invalid], (text) => {
        compiled ??= compileSchema(replySchema, compileMatcher);
        return judge(compiled, text);
      });
      return { lane: ({ location }) => (location.place === "content" ? detector : null) };
    },
  };
}

function judge(schema: Result<Schema, SchemaFault>, text: string): Detection {
  if (!schema.ok) return { kind: "unknown", cause: schema.error };
  switch (schema.value.check(text)) {
    case "met":
      return nothingFound;
    case "not-met":
      return allOf(text, invalid);
    case "too-long":
      return { kind: "unknown", cause: "too-long" };
  }
}
