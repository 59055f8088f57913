/**
 * The reply must be JSON that meets the schema which its request asked for. Judges each text of the answer by itself,
 * to its end. Says nothing of a request that asked for none, of refusals, or of replies without text.
 */
import type { Category, Detection, ExchangeDetector, LaneDetectors, TextDetector } from "../../domain/detector.ts";
import { Once, type Steps } from "../../stdx/paced.ts";
import { compileSchema, type Schema, type SchemaFault } from "../schema/compile.ts";
import { compileMatcher } from "../schema/ecma-pattern.ts";
import type { Result } from "../../stdx/result.ts";
import { inSteps } from "../in-steps.ts";
import { unknowing } from "../memory.ts";
import { allOf, nothingFound, wholeLane } from "../whole-lane.ts";

const invalid: Category = "reply-schema/invalid";

export function createReplySchemaDetector(id: string): ExchangeDetector {
  return {
    kind: "exchange",
    cost: "compare",
    id,
    categories: [invalid],
    open(_signal, { declared: { replySchema }, unread }) {
      if (unread === true) return inContent(unknowing(id, [invalid], "no-prompt"));
      if (replySchema === null) return null;
      const compiling = new Once(compileSchema(replySchema, compileMatcher));
      return inContent(
        wholeLane(
          id,
          [invalid],
          inSteps(({ text }) => judge(compiling, text)),
        ),
      );
    },
  };
}

const inContent = (detector: TextDetector): LaneDetectors => ({
  lane: ({ location }) => (location.place === "content" ? detector : null),
});

function* judge(compiling: Once<Result<Schema, SchemaFault>>, text: string): Steps<Detection> {
  const schema = yield* compiling;
  if (!schema.ok) return { kind: "unknown", cause: schema.error };
  switch (yield* schema.value.check(text)) {
    case "met":
      return nothingFound;
    case "not-met":
      return allOf(text, invalid);
    case "too-long":
      return { kind: "unknown", cause: "too-long" };
  }
}
