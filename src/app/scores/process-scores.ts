/** The answers that this process remembers: those asked last, within a bound on entries and on bytes, for a while. Holds no text. */
import type { ScoreAnswer } from "../../domain/score-memory.ts";
import type { KeptAnswer } from "./answer-bytes.ts";

/** What an entry takes besides its findings, and a finding besides its category's letters; estimates from above, in bytes. */
const entryBytes = 320;
const findingBytes = 160;

type Entry = KeptAnswer & { readonly bytes: number };

export class ProcessScores {
  readonly #entriesMax: number;
  readonly #bytesMax: number;
  /** The one asked longest ago first. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(entriesMax: number, bytesMax: number) {
    this.#entriesMax = entriesMax;
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string, nowS: number): ScoreAnswer | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    this.#entries.delete(key);
    if (entry.expiresS <= nowS) {
      this.#bytes -= entry.bytes;
      return null;
    }
    this.#entries.set(key, entry);
    return entry.answer;
  }

  put(key: string, kept: KeptAnswer): void {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#drop(key, before);
    const bytes = bytesOf(kept.answer);
    if (bytes > this.#bytesMax) return;
    this.#entries.set(key, { ...kept, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= this.#entriesMax && this.#bytes <= this.#bytesMax) return;
      this.#drop(oldest, entry);
    }
  }

  #drop(key: string, { bytes }: Entry): void {
    this.#entries.delete(key);
    this.#bytes -= bytes;
  }
}

const bytesOf = (answer: ScoreAnswer): number =>
  answer.reduce((sum, { category }) => sum + findingBytes + 2 * category.length, entryBytes);
