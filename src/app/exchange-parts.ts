/** What every exchange of this process shares: formats, clock, pace, and what restores and hides texts. */
import { createRestorer } from "../detectors/index.ts";
import type { Holdings } from "../domain/ports.ts";
import type { ExchangeParts } from "../exchange/parts.ts";
import { createFormats } from "./formats.ts";
import { createPace, createPseudonyms, drawTail, systemClock } from "./surroundings.ts";

export type SharedParts = Omit<ExchangeParts, "plan" | "limits">;

export function createSharedParts(holdings: Holdings): SharedParts {
  return {
    formats: createFormats(),
    clock: systemClock,
    pace: createPace(systemClock),
    holdings,
    drawTail,
    pseudonym: createPseudonyms(),
    openRestorer: createRestorer,
  };
}
