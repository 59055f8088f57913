/** Every limit of a running guard, with its unit, default and bounds, in one table. Reads nothing. */
import * as z from "zod";

const MiB = 1024 * 1024;

type Bounds = { readonly standard: number; readonly min: number; readonly max: number; readonly about: string };

/** Names end in their unit, or in `Max` after it. `max` keeps a slip of the pen from switching a limit off. */
export const limitTable = {
  requestBytesMax: {
    standard: 10 * MiB,
    min: 1024,
    max: 1024 * MiB,
    about: "bytes of a request body as sent; above it the request is blocked",
  },
  replyBytesMax: {
    standard: 10 * MiB,
    min: 1024,
    max: 1024 * MiB,
    about: "bytes of a reply body that is judged whole; above it the reply is blocked",
  },
  unpackedBytesMax: {
    standard: 32 * MiB,
    min: 1024,
    max: 1024 * MiB,
    about: "bytes that a compressed body may unpack to",
  },
  eventBytesMax: { standard: MiB, min: 1024, max: 64 * MiB, about: "bytes of one event of a streamed reply" },
  heldBytesMax: {
    standard: 64 * MiB,
    min: 64 * 1024,
    max: 4096 * MiB,
    about: "bytes that one streamed reply may hold back, unpacked; above it the stream is blocked",
  },
  heldBytesTotalMax: {
    standard: 512 * MiB,
    min: MiB,
    max: 65_536 * MiB,
    about:
      "bytes that all exchanges together may hold: bodies, what they unpack to, remembered prompts; above it new ones are turned away",
  },
  exchangesMax: {
    standard: 10_000,
    min: 1,
    max: 1_000_000,
    about: "exchanges at one time; above it new ones are turned away",
  },
  messageBytesMax: { standard: 64 * MiB, min: 64 * 1024, max: 1024 * MiB, about: "bytes of one message from Envoy" },
  promptBudgetMs: {
    standard: 2000,
    min: 1,
    max: 600_000,
    about: "milliseconds to judge a prompt, or a reply that is judged whole; then its rules' onUnknown applies",
  },
  windowBudgetMs: {
    standard: 1000,
    min: 1,
    max: 600_000,
    about: "milliseconds to judge one window of a reply; then its rules' onUnknown applies",
  },
  memoryCharactersMax: {
    standard: 1_000_000,
    min: 0,
    max: 100_000_000,
    about: "characters (UTF-16 code units) of the prompt kept until its reply has passed",
  },
  vaultTtlS: {
    standard: 86_400,
    min: 60,
    max: 2_592_000,
    about: "seconds that the placeholders of a conversation stay the same after its last turn",
  },
  vaultNamesMax: {
    standard: 1000,
    min: 1,
    max: 10_000,
    about: "placeholders of one conversation that stay the same; those not needed longest go first",
  },
  vaultBytesMax: {
    standard: 32 * MiB,
    min: 0,
    max: 4096 * MiB,
    about: "bytes of conversations' placeholders that this process keeps; the longest unused go first",
  },
  rememberedTtlS: {
    standard: 3600,
    min: 1,
    max: 604_800,
    about: "seconds that it is remembered how a text of a prompt was judged, so that the next turn does not ask again",
  },
  rememberedEntriesMax: {
    standard: 250_000,
    min: 0,
    max: 100_000_000,
    about: "judged texts that this process remembers; those not asked longest go first, 0 remembers none",
  },
  rememberedBytesMax: {
    standard: 64 * MiB,
    min: 0,
    max: 65_536 * MiB,
    about: "bytes of what this process remembers of judged texts; 0 remembers none",
  },
  drainMs: {
    standard: 20_000,
    min: 0,
    max: 3_600_000,
    about: "milliseconds that running exchanges get to end when the guard stops",
  },
} as const satisfies Record<string, Bounds>;

export type LimitName = keyof typeof limitTable;
export type Limits = Readonly<Record<LimitName, number>>;

export const limitNames = Object.keys(limitTable) as readonly LimitName[];

export const standardLimits: Limits = Object.freeze(fromNames((name) => limitTable[name].standard));

/** The schema of one limit: a whole number within its bounds. */
export function limitSchema(name: LimitName): z.ZodInt {
  const { min, max, about, standard } = limitTable[name];
  return z.int().min(min).max(max).describe(`${about}; ${standard} where left out`);
}

export function fromNames<T>(make: (name: LimitName) => T): Record<LimitName, T> {
  return Object.fromEntries(limitNames.map((name) => [name, make(name)])) as Record<LimitName, T>;
}
