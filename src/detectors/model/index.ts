/**
 * A rule's question to a model of the store. Prompts are judged text by text and with their neighbours, replies stretch by
 * stretch; where the model judges pairs, replies against their prompt, and what tools brought against the user's task.
 *
 * The model is looked up at each use, since it may be swapped. One that serves no more, or cannot answer the question, is
 * `unknown: backend`. Rules that ask the same model about the same text share its run.
 */
import type { Category, ExchangeDetector, ExchangeMemory, LaneDetectors } from "../../domain/detector.ts";
import type { ScoreMemory } from "../../domain/score-memory.ts";
import { isOfPairs, type ModelSpec, similarCategory } from "../../domain/policy.ts";
import { isTelling, missingOf } from "../memory.ts";
import { noAnswer, type Opinion, opinionOf, pairOpinionOf } from "./opinion.ts";
import { type Passes, passesOf } from "./passes.ts";
import { openPromptLanes } from "./prompt-lanes.ts";
import { type Question, remembered } from "./remembered.ts";
import { createReplyLane } from "./reply-lane.ts";
import { openTaskPairs, type TaskQuestion } from "./task-pairs.ts";
import { askedOf, type ModelSource } from "./served.ts";
import { Topic } from "./topic.ts";

export function createModelDetector(id: string, spec: ModelSpec, models: ModelSource): ExchangeDetector {
  const { family } = spec;
  const categories = categoriesOf(spec, models);
  const topic = new Topic(spec, models);
  /** `memory`: of prompts, whose texts come again with each turn. */
  const judging =
    (passes: Passes, memory?: ScoreMemory) =>
    (signal: AbortSignal, question: Question): Promise<Opinion> => {
      const asked = askedOf(spec, models);
      if (asked === null || isOfPairs(asked.head.task)) return Promise.resolve(noAnswer);
      if (asked.head.task === "embedding" && spec.examples.length === 0) return Promise.resolve(noAnswer);
      return remembered(signal, memory, id, asked, question, async () => {
        const vectors = await topic.of(asked);
        return vectors === null ? noAnswer : opinionOf(signal, passes.over(asked), question.text, vectors);
      });
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
      judge: isPair ? againstPrompt(spec, models, memory, passes) : ofReply(judging(passes)),
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
      const parts = { id, family, categories };
      return task !== undefined && isOfPairs(task)
        ? openTaskPairs({ ...parts, judge: againstTask(id, spec, models, passes, whole.scores) }, whole)
        : openPromptLanes({ ...parts, judge: judging(passes, whole.scores) }, memory, whole);
    },
  };
}

const ofReply =
  (judge: (signal: AbortSignal, question: Question) => Promise<Opinion>) =>
  (signal: AbortSignal, text: string): Promise<Opinion> =>
    judge(signal, { roles: [], evidence: null, text });

function againstTask(id: string, spec: ModelSpec, models: ModelSource, passes: Passes, memory?: ScoreMemory) {
  return (signal: AbortSignal, { evidence: task, ...question }: TaskQuestion): Promise<Opinion> => {
    const asked = askedOf(spec, models);
    if (asked === null || !isOfPairs(asked.head.task)) return Promise.resolve(noAnswer);
    return remembered(signal, memory, id, asked, { ...question, evidence: task }, () =>
      pairOpinionOf(signal, passes.over(asked), task, question.text),
    );
  };
}

/** All that the prompt says is evidence. */
function againstPrompt(spec: ModelSpec, models: ModelSource, memory: ExchangeMemory, passes: Passes) {
  const missing = missingOf(memory);
  const evidence = memory.segments
    .filter(({ location, text }) => isTelling(location) && text.trim() !== "")
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
