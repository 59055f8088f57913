/**
 * A reply that repeats the system prompt: `minCharacters` letters of it in a row, whatever stands between them, also
 * backwards. What the user wrote too is no leak.
 *
 * Opened once an exchange; compares letters alone (letters.ts), so spacing, punctuation, case, line ends and list
 * numbers make no difference. Encodings and look-alikes are the views' to undo.
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
    open(memory): LaneDetectors | null {
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
    this.reach = { longestSpan: grams.length * letterUnits, leftContext: 0, rightContext: 0 };
  }

  settled(text: string, from: number): number {
    const length = this.#grams.length;
    const letters: number[] = [];
    const starts: number[] = [];
    let lastEnd = 0;
    this.#letters.read(
      text,
      Math.max(from, text.length - this.reach.longestSpan),
      text.length,
      (letter, start, end) => {
        if (start - lastEnd > gapUnitsMax) letters.length = 0;
        if (letters.length === 0) starts.length = 0;
        letters.push(letter);
        starts.push(start);
        lastEnd = end;
        return true;
      },
    );
    const end = endsHalf(text) ? text.length - 1 : text.length;
    if (end - lastEnd > gapUnitsMax) return Math.max(from, end);
    const tail = Uint16Array.from(letters.slice(1 - length));
    const held = this.#grams.mayGoOn(tail, tail.length);
    return held === 0 ? Math.max(from, end) : (starts[starts.length - held] as number);
  }

  detect(_signal: AbortSignal, { text, from, to }: Parameters<TextDetector["detect"]>[1]): Detection {
    const findings = this.#find(text, from, to);
    if (findings.length === 0 && this.#memory.left > 0) return { kind: "unknown", cause: "too-long" };
    return { kind: "scored", findings };
  }

  #find(text: string, from: number, to: number): Finding[] {
    const grams = this.#grams;
    const findings: Finding[] = [];
    const hash = new GramHash(grams.length);
    const starts = new Int32Array(grams.length);
    let read = 0;
    let lastEnd = from;
    this.#letters.read(text, from, text.length, (letter, start, end) => {
      if (start - lastEnd > gapUnitsMax) {
        hash.clear();
        read = 0;
      }
      lastEnd = end;
      starts[read % grams.length] = start;
      hash.add(letter);
      read += 1;
      const begun = hash.isFull ? (starts[read % grams.length] as number) : (starts[0] as number);
      if (begun >= to) return false;
      if (hash.isFull && this.#isLeak(hash)) add(findings, begun, end);
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
