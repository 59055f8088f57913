/** What every exchange of this process shares: formats, clock, pace, and what restores and hides texts. */
import { createRestorer } from "../detectors/index.ts";
import type { Holdings } from "../domain/ports.ts";
import type { PlaceholderVault } from "../domain/vault.ts";
import { followedTraces, type Tracing } from "../domain/trace.ts";
import type { ScoreMemories } from "../domain/score-memory.ts";
import type { ExchangeParts } from "../exchange/parts.ts";
import { createFormats } from "./formats.ts";
import { createPace, createPseudonyms, drawTail, systemClock } from "./surroundings.ts";

export type SharedParts = Omit<ExchangeParts, "plan" | "limits">;

/** Of other exchanges; `null`: nothing, as on the command line. */
type Remembers = {
  readonly vault: PlaceholderVault | null;
  readonly scores: ScoreMemories | null;
  readonly tracing: Tracing;
};

export function createSharedParts(
  holdings: Holdings,
  { vault, scores, tracing }: Remembers = { vault: null, scores: null, tracing: followedTraces },
): SharedParts {
  return {
    formats: createFormats(),
    clock: systemClock,
    pace: createPace(systemClock),
    holdings,
    drawTail,
    vault,
    scores,
    pseudonym: createPseudonyms(),
    openRestorer: createRestorer,
    tracing,
  };
}
