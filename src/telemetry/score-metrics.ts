/** Metrics of what is remembered of judged texts. Labels are words of a closed list. */
import type { Meter } from "./instruments.ts";

/** Who knew the answer; `new`: nobody, a model was asked. */
export const scoreSources = ["process", "redis", "new"] as const;
export type ScoreSource = (typeof scoreSources)[number];

export type ScoreMetrics = {
  asked(source: ScoreSource): void;
  /** What the shared store gave was not what had been put there for that question. */
  rejected(): void;
};

export function createScoreMetrics({ counter, reading }: Meter, rememberedBytes: () => number): ScoreMetrics {
  const asked = counter("remembered_total", "Questions of rules about texts of prompts, by who knew the answer", {
    source: scoreSources,
  });
  const rejected = counter("remembered_rejected_total", "Answers in Redis that were not authentic, or none", {}).of({});
  reading("remembered_bytes", "What this process remembers of judged texts, in bytes", rememberedBytes);
  return { asked: (source) => asked.of({ source }).inc(), rejected: () => rejected.inc() };
}
