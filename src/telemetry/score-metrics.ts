/** Metrics of what is remembered of judged texts. Labels are words of a closed list. */
import { Counter, Gauge, type Registry } from "prom-client";

/** Who knew the answer; `new`: nobody, a model was asked. */
export const scoreSources = ["process", "redis", "new"] as const;
export type ScoreSource = (typeof scoreSources)[number];

export type ScoreMetrics = {
  asked(source: ScoreSource): void;
  /** What the shared store gave was not what had been put there for that question. */
  rejected(): void;
};

export function createScoreMetrics(registry: Registry, rememberedBytes: () => number): ScoreMetrics {
  const registers = [registry];
  const asked = new Counter({
    name: "sallyport_remembered_total",
    help: "Questions of rules about texts of prompts, by who knew the answer",
    labelNames: ["source"],
    registers,
  });
  const rejected = new Counter({
    name: "sallyport_remembered_rejected_total",
    help: "Answers in Redis that were not authentic, or none",
    registers,
  });
  const bytes: Gauge = new Gauge({
    name: "sallyport_remembered_bytes",
    help: "What this process remembers of judged texts, in bytes",
    registers,
    collect: () => {
      bytes.set(rememberedBytes());
    },
  });
  for (const source of scoreSources) asked.inc({ source }, 0);
  return { asked: (source) => asked.inc({ source }), rejected: () => rejected.inc() };
}
