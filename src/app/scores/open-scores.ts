/** The memory of scores of the running guard: in this process, and in what replicas share where they share something. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Limits } from "../../config/limits.ts";
import type { ScoreMemories } from "../../domain/score-memory.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { ScoreMetrics } from "../../telemetry/score-metrics.ts";
import { systemClock } from "../surroundings.ts";
import type { ProcessScores } from "./process-scores.ts";
import { createScoreMemories, type ScoreMemoriesParts } from "./score-memories.ts";

/** `null`: nothing is to be remembered. */
export function openScores(
  { rememberedTtlS: ttlS, rememberedBytesMax, rememberedEntriesMax }: Limits,
  own: ProcessScores,
  shared: ScoreMemoriesParts["shared"],
  told: ScoreMetrics,
  log: Logger,
): ScoreMemories | null {
  if (shared === null && (rememberedBytesMax === 0 || rememberedEntriesMax === 0)) return null;
  const release = releaseOf();
  const metrics: ScoreMetrics = {
    asked: (source) => told.asked(source),
    rejected() {
      told.rejected();
      log.warn("an answer in redis is not authentic; it is not used");
    },
  };
  return createScoreMemories({ own, ownKey: randomBytes(32), shared, release, clock: systemClock, ttlS, metrics });
}

/** By this program's own place, which is three folders below it in its sources and where it was built to JavaScript. */
function releaseOf(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
