/**
 * Stretches of a reply that are about something else than the conversation, by the vectors of a model: not near enough to what
 * the user asked last, nor to any other text of the prompt.
 *
 * Opened once an exchange. Short stretches and refusals say too little of a subject: they are no finding and not unknown.
 */
import type { Category, ExchangeDetector, ExchangeMemory, LaneDetectors, UnknownCause } from "../../domain/detector.ts";
import { modelOf, type NearnessSpec } from "../../domain/policy.ts";
import { assert } from "../../stdx/assert.ts";
import { isTelling, missingOf } from "../memory.ts";
import type { Opinion } from "../model/opinion.ts";
import { passesOf } from "../model/passes.ts";
import { createReplyLane } from "../model/reply-lane.ts";
import type { ModelSource } from "../model/served.ts";
import { Nearness, nearest, type PromptVectors } from "../nearness/vectors.ts";
import { plain, refuses, warmPhrases } from "../refusal/phrases.ts";

const offTopic = "off-topic";
const category: Category = `relevance/${offTopic}`;

/** Fewer letters and digits say too little: "Yes.", "42", "You are welcome, have a good day!" */
const lettersMin = 40;
/** Of the prompt, from its end: so many texts are held against the reply. */
const textsMax = 64;
/** Of a text so much, from its beginning; in UTF-16 code units. */
const textUnitsMax = 8_192;

export function createRelevanceDetector(id: string, spec: NearnessSpec, models: ModelSource): ExchangeDetector {
  const asked = modelOf({ kind: "relevance", ...spec });
  assert(asked !== null, "a model answers it");
  warmPhrases();
  return {
    kind: "exchange",
    id,
    cost: "model",
    categories: [category],
    open(signal, memory, _pace, stage, whole): LaneDetectors {
      const nearness = new Nearness({ spec: asked, models, passes: passesOf(whole, stage) }, signal);
      const texts = textsOf(memory);
      const conversation = nearness.texts(texts);
      if (texts.length > 0) conversation.begin();
      const missing = missingOf(memory) ?? (texts.length === 0 ? "no-evidence" : null);
      const lane = createReplyLane({
        id,
        family: "relevance",
        categories: [category],
        marks: "texts",
        hasContext: false,
        judge: (of, text) => judge(of, text, { nearness, conversation, missing, spec }),
      });
      return { lane: ({ location }) => (location.place === "content" ? lane : null) };
    },
  };
}

/** The last ones: what was said long ago may be near by chance, and what is asked now stands at the end. */
const textsOf = ({ segments }: ExchangeMemory): readonly string[] =>
  segments
    .filter(({ location, text }) => isTelling(location) && text.trim() !== "")
    .slice(-textsMax)
    .map(({ text }) => text.slice(0, textUnitsMax));

type Held = {
  readonly nearness: Nearness;
  readonly conversation: PromptVectors;
  /** Why the conversation is not all there; `null`: it is. */
  readonly missing: UnknownCause | null;
  readonly spec: NearnessSpec;
};

async function judge(signal: AbortSignal, text: string, held: Held): Promise<Opinion> {
  const fine: Opinion = { kind: "known", found: [], coveredUnits: text.length };
  if (saysLittle(text)) return fine;
  const [own, prompt] = await Promise.all([held.nearness.of(signal, text), held.conversation.of(signal)]);
  if (own.kind === "unknown") return own;
  if (prompt.kind === "unknown") return prompt;
  const similarity = nearest(own.vectors, prompt.each);
  if (similarity >= held.spec.minSimilarity) return fine;
  // What could not be read may be what this is about.
  const missing = held.missing ?? prompt.missing;
  if (missing !== null) return { kind: "unknown", cause: missing };
  const span = { start: 0, end: text.length };
  return { ...fine, found: [{ category: offTopic, score: 1 - Math.max(0, similarity), span }] };
}

function saysLittle(text: string): boolean {
  const letters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  if (letters < lettersMin) return true;
  const head = plain(text);
  return refuses(head, "sure") || refuses(head, "likely");
}
