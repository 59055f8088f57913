/** The answers that this process remembers: those asked last, within a bound on entries and on bytes, for a while. Holds no text. */
import type { ScoreAnswer } from "../../domain/score-memory.ts";
import { Recent } from "../../stdx/recent.ts";
import type { KeptAnswer } from "./answer-bytes.ts";

/** What an entry takes besides its findings, and a finding besides its category's letters; estimates from above, in bytes. */
const entryBytes = 320;
const findingBytes = 160;

export class ProcessScores {
  readonly #recent: Recent<ScoreAnswer>;

  constructor(entriesMax: number, bytesMax: number) {
    this.#recent = new Recent({ entriesMax, bytesMax });
  }

  get bytes(): number {
    return this.#recent.bytes;
  }

  get(key: string, nowS: number): ScoreAnswer | null {
    return this.#recent.get(key, nowS);
  }

  put(key: string, { answer, expiresS }: KeptAnswer): void {
    this.#recent.put(key, answer, bytesOf(answer), expiresS);
  }
}

const bytesOf = (answer: ScoreAnswer): number =>
  answer.reduce((sum, { category }) => sum + findingBytes + 2 * category.length, entryBytes);
