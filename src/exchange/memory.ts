/**
 * What an exchange remembers of its prompt until the reply has passed, for guards that compare the two.
 * Bounded: what does not fit is counted, not kept. Never logged.
 */
import type { ExchangeMemory } from "../domain/detector.ts";
import { type Declared, type Extraction, nothingDeclared } from "../domain/dialect.ts";
import type { Holdings } from "../domain/ports.ts";
import type { Segment } from "../domain/segment.ts";
import type { PlacedFinding } from "../guard/tally.ts";
import type { StageVerdict } from "../domain/verdict.ts";

/** All of a prompt while it is judged: what is read is held anyway. */
export const promptOf = ({ pieces, declared }: Extraction): ExchangeMemory => ({
  segments: pieces.map(({ text, location }) => ({ stage: "prompt", location, text })),
  left: 0,
  declared,
});

const bytesPerUnit = 2;

export class PromptMemory implements ExchangeMemory {
  readonly #charactersMax: number;
  readonly #holdings: Holdings;
  #segments: Segment[] = [];
  #characters = 0;
  #left = 0;
  #declared: Declared = nothingDeclared;
  #verdict: StageVerdict | null = null;
  #findings: readonly PlacedFinding[] = [];

  /** `charactersMax` in UTF-16 code units. */
  constructor(charactersMax: number, holdings: Holdings) {
    this.#charactersMax = charactersMax;
    this.#holdings = holdings;
  }

  keep(extraction: Extraction): void {
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
