/** What every exchange of this process shares: formats, clock, pace, and what restores and hides texts. */
import { createRestorer } from "../detectors/index.ts";
import type { Holdings } from "../domain/ports.ts";
import type { PlaceholderVault } from "../domain/vault.ts";
import type { ExchangeParts } from "../exchange/parts.ts";
import { createFormats } from "./formats.ts";
import { createPace, createPseudonyms, drawTail, systemClock } from "./surroundings.ts";

export type SharedParts = Omit<ExchangeParts, "plan" | "limits">;

/** `vault`: `null` where each exchange is alone, as on the command line. */
export function createSharedParts(holdings: Holdings, vault: PlaceholderVault | null = null): SharedParts {
  return {
    formats: createFormats(),
    clock: systemClock,
    pace: createPace(systemClock),
    holdings,
    drawTail,
    vault,
    pseudonym: createPseudonyms(),
    openRestorer: createRestorer,
  };
}
