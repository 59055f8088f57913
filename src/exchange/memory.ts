/**
 * What an exchange remembers of its prompt until the reply has passed, for guards that compare the two.
 * Bounded: what does not fit is counted, not kept. Never logged. Until the prompt was read to its end it is one that nobody
 * read: a reply may begin before that, and a body may be none that anybody can read.
 */
import type { ExchangeMemory } from "../domain/detector.ts";
import { type Declared, type Extraction, nothingDeclared } from "../domain/dialect.ts";
import type { Holdings } from "../domain/ports.ts";
import type { ScoreMemory } from "../domain/score-memory.ts";
import type { Segment } from "../domain/segment.ts";
import type { PlacedFinding } from "../guard/tally.ts";
import type { StageVerdict } from "../domain/verdict.ts";

/** All of a prompt while it is judged: what is read is held anyway. */
export const promptOf = ({ pieces, declared }: Extraction, scores: ScoreMemory | undefined): ExchangeMemory => ({
  segments: pieces.map(({ text, location }) => ({ stage: "prompt", location, text })),
  left: 0,
  declared,
  ...(scores === undefined ? {} : { scores }),
});

const bytesPerUnit = 2;

export class PromptMemory implements ExchangeMemory {
  readonly #charactersMax: number;
  readonly #holdings: Holdings;
  #segments: Segment[] = [];
  #characters = 0;
  #left = 0;
  #unread = true;
  #declared: Declared = nothingDeclared;
  #verdict: StageVerdict | null = null;
  #findings: readonly PlacedFinding[] = [];

  /** `charactersMax` in UTF-16 code units. */
  constructor(charactersMax: number, holdings: Holdings) {
    this.#charactersMax = charactersMax;
    this.#holdings = holdings;
  }

  /** `null`: the request has no body. `clear`: it was read as what it is, so that it is known what stands where. */
  keep(extraction: Extraction | null, clear: boolean): void {
    this.#unread = !clear;
    if (extraction === null) return;
    this.#declared = extraction.declared;
    for (const { text, location } of extraction.pieces) {
      const fits = this.#characters + text.length <= this.#charactersMax;
      if (!fits || !this.#holdings.take(text.length * bytesPerUnit)) {
        this.#left += 1;
        continue;
      }
      this.#characters += text.length;
      this.#segments.push({ stage: "prompt", location, text });
    }
  }

  judged(verdict: StageVerdict, findings: readonly PlacedFinding[]): void {
    this.#verdict = verdict;
    this.#findings = findings;
  }

  get findings(): readonly PlacedFinding[] {
    return this.#findings;
  }

  get declared(): Declared {
    return this.#declared;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Segments that did not fit. */
  get left(): number {
    return this.#left;
  }

  get unread(): boolean {
    return this.#unread;
  }

  get verdict(): StageVerdict | null {
    return this.#verdict;
  }

  forget(): void {
    this.#segments = [];
    this.#findings = [];
    this.#declared = nothingDeclared;
    this.#holdings.give(this.#characters * bytesPerUnit);
    this.#characters = 0;
  }
}
