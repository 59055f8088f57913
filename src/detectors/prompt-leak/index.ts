/**
 * A reply that repeats the system prompt: `minCharacters` letters of it in a row, whatever stands between them, also
 * backwards. What the user wrote too is no leak.
 *
 * Opened once an exchange; compares letters alone (letters.ts), so spacing, punctuation, case, line ends and list
 * numbers make no difference. Numbers at both ends of a run go with it. Encodings and look-alikes are the views' to undo.
 */
import type {
  Category,
  Detection,
  ExchangeDetector,
  ExchangeMemory,
  Finding,
  LaneDetectors,
  Reach,
  TextDetector,
} from "../../domain/detector.ts";
import { certain } from "../../domain/score.ts";
import type { Role } from "../../domain/segment.ts";
import { GramHash } from "./gram-hash.ts";
import { endsHalf, gapUnitsMax, Letters } from "../letters/letters.ts";
import { numberAfter, numberBefore } from "./numbers.ts";
import { grantedTo, gramKey, PromptGrams, promptLettersMin } from "./prompt-grams.ts";

const category: Category = "prompt-leak/system-prompt";

/** A character is two units at most. */
const letterUnits = gapUnitsMax + 2;

const secretRoles: readonly Role[] = ["system", "developer"];

/** `minCharacters`: letters in a row, at least 20. */
export function createPromptLeakDetector(
  id: string,
  { minCharacters }: { readonly minCharacters: number },
): ExchangeDetector {
  const letters = new Letters(false);
  return {
    kind: "exchange",
    id,
    categories: [category],
    open(_signal, memory): LaneDetectors | null {
      const joined = textsOf(memory, secretRoles)
        .map((text) => letters.join(text))
        .join("");
      if (joined.length < promptLettersMin) return memory.left > 0 ? { lane: () => unknowing(id) } : null;
      const leak = new Leak(id, letters, new PromptGrams(joined, minCharacters), memory);
      return { lane: () => leak };
    },
  };
}

function textsOf({ segments }: ExchangeMemory, roles: readonly Role[]): readonly string[] {
  const fits = segments.filter(({ location }) => roles.includes(location.role) && location.place !== "name");
  return fits.map(({ text }) => text);
}

class Leak implements TextDetector {
  readonly kind = "text";
  readonly id: string;
  readonly categories: readonly Category[] = [category];
  readonly reach: Reach;
  readonly #letters: Letters;
  readonly #grams: PromptGrams;
  readonly #memory: ExchangeMemory;
  /** Worked out when something is found for the first time: most replies never ask. */
  #granted: ReadonlySet<number> | null = null;

  constructor(id: string, letters: Letters, grams: PromptGrams, memory: ExchangeMemory) {
    this.id = id;
    this.#letters = letters;
    this.#grams = grams;
    this.#memory = memory;
    const longestSpan = grams.length * letterUnits + 2 * gapUnitsMax;
    this.reach = { longestSpan, leftContext: gapUnitsMax, rightContext: gapUnitsMax };
  }

  settled(text: string, from: number): number {
    const { length } = this.#grams;
    const letters: number[] = [];
    const starts: number[] = [];
    let lastEnd = 0;
    const begin = Math.max(from, text.length - this.reach.longestSpan - gapUnitsMax);
    this.#letters.read(text, begin, text.length, (letter, start, end) => {
      if (start - lastEnd > gapUnitsMax) letters.length = 0;
      if (letters.length === 0) starts.length = 0;
      letters.push(letter);
      starts.push(start);
      lastEnd = end;
      return true;
    });
    const end = endsHalf(text) ? text.length - 1 : text.length;
    if (end - lastEnd > gapUnitsMax) return Math.max(from, numberBefore(this.#letters, text, end));
    // With as many letters as a run has, where it ends is still open: a number may follow.
    const tail = Uint16Array.from(letters.slice(-length));
    const held = this.#grams.mayGoOn(tail, tail.length);
    const first = held === 0 ? end : (starts[starts.length - held] as number);
    return Math.max(from, numberBefore(this.#letters, text, first));
  }

  detect(_signal: AbortSignal, { text, from, to }: Parameters<TextDetector["detect"]>[1]): Detection {
    const findings = this.#find(text, from, to);
    if (findings.length === 0 && this.#memory.left > 0) return { kind: "unknown", cause: "too-long" };
    return { kind: "scored", findings };
  }

  #find(text: string, from: number, to: number): Finding[] {
    const { length } = this.#grams;
    const findings: Finding[] = [];
    const hash = new GramHash(length);
    const starts = new Int32Array(length);
    let read = 0;
    let lastEnd = from;
    this.#letters.read(text, from, text.length, (letter, start, end) => {
      if (start - lastEnd > gapUnitsMax) {
        hash.clear();
        read = 0;
      }
      lastEnd = end;
      starts[read % length] = start;
      hash.add(letter);
      read += 1;
      const begun = starts[hash.isFull ? read % length : 0] as number;
      if (begun - gapUnitsMax >= to) return false;
      if (hash.isFull && this.#isLeak(hash)) {
        const first = numberBefore(this.#letters, text, begun);
        if (first >= from && first < to) add(findings, first, numberAfter(this.#letters, text, end));
      }
      return true;
    });
    return findings;
  }

  #isLeak({ first, second, firstBack, secondBack }: GramHash): boolean {
    if (this.#grams.has(firstBack, secondBack)) return true;
    if (!this.#grams.has(first, second)) return false;
    this.#granted ??= grantedTo(textsOf(this.#memory, ["user"]), this.#letters, this.#grams);
    return !this.#granted.has(gramKey(first, second));
  }
}

/** The longest of those that begin at one character. */
function add(findings: Finding[], start: number, end: number): void {
  if (findings.at(-1)?.span?.start === start) findings.pop();
  findings.push({ category, score: certain, span: { start, end } });
}

/** What could have leaked did not fit into the exchange's memory. */
const unknowing = (id: string): TextDetector => ({
  kind: "text",
  id,
  categories: [category],
  reach: { longestSpan: 1, leftContext: 0, rightContext: 0 },
  settled: (text) => text.length,
  detect: () => ({ kind: "unknown", cause: "too-long" }),
});
