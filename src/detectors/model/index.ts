/**
 * A rule's question to a model of the store. Prompts are judged text by text and with their neighbours, replies stretch by
 * stretch; where the model judges pairs, replies against their prompt, and what tools brought against the user's task.
 *
 * The model is looked up at each use, since it may be swapped. One that serves no more, or cannot answer the question, is
 * `unknown: backend`. Rules that ask the same model about the same text share its run.
 */
import type { Category, ExchangeDetector, ExchangeMemory, LaneDetectors } from "../../domain/detector.ts";
import { isOfPairs, type ModelSpec, similarCategory } from "../../domain/policy.ts";
import { missingOf } from "../memory.ts";
import { noAnswer, type Opinion, opinionOf, pairOpinionOf } from "./opinion.ts";
import { type Passes, passesOf } from "./passes.ts";
import { openPromptLanes } from "./prompt-lanes.ts";
import { createReplyLane } from "./reply-lane.ts";
import { openTaskPairs } from "./task-pairs.ts";
import { askedOf, type ModelSource } from "./served.ts";
import { Topic } from "./topic.ts";

export function createModelDetector(id: string, spec: ModelSpec, models: ModelSource): ExchangeDetector {
  const { family } = spec;
  const categories = categoriesOf(spec, models);
  const topic = new Topic(spec, models);
  const judging =
    (passes: Passes) =>
    async (signal: AbortSignal, text: string): Promise<Opinion> => {
      const asked = askedOf(spec, models);
      if (asked === null || isOfPairs(asked.head.task)) return noAnswer;
      if (asked.head.task === "embedding" && spec.examples.length === 0) return noAnswer;
      const vectors = await topic.of(asked);
      return vectors === null ? noAnswer : opinionOf(signal, passes.over(asked), text, vectors);
    };
  const replies = (memory: ExchangeMemory, passes: Passes): LaneDetectors => {
    const task = askedOf(spec, models)?.head.task;
    const isPair = task !== undefined && isOfPairs(task);
    const lane = createReplyLane({
      id,
      family,
      categories,
      marks: task === "token" || task === "pair-token" ? "words" : "texts",
      hasContext: !isPair,
      judge: isPair ? againstPrompt(spec, models, memory, passes) : judging(passes),
    });
    return { lane: ({ location }) => (isPair && location.place !== "content" ? null : lane) };
  };
  return {
    kind: "exchange",
    cost: "model",
    id,
    categories,
    prompts: true,
    open: (_signal, memory, _pace, stage, whole) => {
      const passes = passesOf(whole, stage);
      if (stage === "reply") return replies(memory, passes);
      const task = askedOf(spec, models)?.head.task;
      return task !== undefined && isOfPairs(task)
        ? openTaskPairs({ id, family, categories, judge: againstTask(spec, models, passes) }, whole)
        : openPromptLanes({ id, family, categories, judge: judging(passes) }, memory);
    },
  };
}

function againstTask(spec: ModelSpec, models: ModelSource, passes: Passes) {
  return (signal: AbortSignal, task: string, text: string): Promise<Opinion> => {
    const asked = askedOf(spec, models);
    if (asked === null || !isOfPairs(asked.head.task)) return Promise.resolve(noAnswer);
    return pairOpinionOf(signal, passes.over(asked), task, text);
  };
}

const evidencePlaces: readonly string[] = ["content", "tool-result", "input", "field"];

/** All that the prompt says is evidence. */
function againstPrompt(spec: ModelSpec, models: ModelSource, memory: ExchangeMemory, passes: Passes) {
  const missing = missingOf(memory);
  const evidence = memory.segments
    .filter(({ location, text }) => evidencePlaces.includes(location.place) && text.trim() !== "")
    .map(({ text }) => text)
    .join("\n");
  return (signal: AbortSignal, claim: string): Promise<Opinion> => {
    const asked = askedOf(spec, models);
    if (asked === null || !isOfPairs(asked.head.task)) return Promise.resolve(noAnswer);
    if (missing !== null) return Promise.resolve({ kind: "unknown", cause: missing });
    if (evidence === "") return Promise.resolve({ kind: "unknown", cause: "no-evidence" });
    return pairOpinionOf(signal, passes.over(asked), evidence, claim);
  };
}

function categoriesOf(spec: ModelSpec, models: ModelSource): readonly Category[] {
  const { family } = spec;
  if (spec.examples.length > 0) return [`${family}/${similarCategory}`];
  const labels = spec.categories ?? askedOf(spec, models)?.head.labels ?? [];
  return [...new Set(labels)].flatMap((label): Category[] => (label === null ? [] : [`${family}/${label}`]));
}
