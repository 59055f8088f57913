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
  UnknownCause,
  Window,
} from "../../domain/detector.ts";
import type { Pace } from "../../domain/ports.ts";
import { after, type MaybeAsync } from "../../stdx/maybe-async.ts";
import { Once, runPaced, type Steps } from "../../stdx/paced.ts";
import { certain } from "../../domain/score.ts";
import type { Role } from "../../domain/segment.ts";
import { missingOf, unknowing } from "../memory.ts";
import { GramHash } from "./gram-hash.ts";
import { endsHalf, gapUnitsMax, Letters } from "../letters/letters.ts";
import { numberAfter, numberBefore } from "./numbers.ts";
import { grantedTo, gramKey, PromptGrams, promptLettersMax, promptLettersMin } from "./prompt-grams.ts";

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
    cost: "compare",
    id,
    categories: [category],
    open: (signal, memory, pace) => runPaced(signal, pace, openOver(id, minCharacters, letters, memory)),
  };
}

function* openOver(
  id: string,
  minCharacters: number,
  letters: Letters,
  memory: ExchangeMemory,
): Steps<LaneDetectors | null> {
  let joined = "";
  let missing = missingOf(memory);
  for (const text of textsOf(memory, secretRoles)) {
    joined += yield* letters.joinSteps(text);
    if (joined.length <= promptLettersMax) continue;
    joined = joined.slice(0, promptLettersMax);
    missing ??= "too-long";
    break;
  }
  if (joined.length < promptLettersMin) return missing === null ? null : unknown(id, missing);
  const leak = new Leak(id, letters, yield* PromptGrams.of(joined, minCharacters), memory, missing);
  return { lane: () => leak };
}

/** What could have leaked is not there. */
function unknown(id: string, cause: UnknownCause): LaneDetectors {
  const lane = unknowing(id, [category], cause);
  return { lane: () => lane };
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
  /** Why more was said than is known here. */
  readonly #missing: UnknownCause | null;
  /** Worked out when something is found for the first time: most replies never ask. */
  readonly #granted: Once<ReadonlySet<number>>;

  constructor(id: string, letters: Letters, grams: PromptGrams, memory: ExchangeMemory, missing: UnknownCause | null) {
    this.id = id;
    this.#letters = letters;
    this.#grams = grams;
    this.#missing = missing;
    this.#granted = new Once(grantedTo(textsOf(memory, ["user"]), letters, grams));
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

  detect(signal: AbortSignal, { text, from, to }: Window, pace: Pace): MaybeAsync<Detection> {
    const findings = this.#find(text, from, to);
    if (findings !== null) return this.#answer(findings);
    return after(runPaced(signal, pace, this.#granted), (granted) =>
      granted === null ? { kind: "unknown", cause: "deadline" } : this.#answer(this.#find(text, from, to) ?? []),
    );
  }

  #answer(findings: readonly Finding[]): Detection {
    if (findings.length === 0 && this.#missing !== null) return { kind: "unknown", cause: this.#missing };
    return { kind: "scored", findings };
  }

  /** `null`: it must be known first what the user wrote too. */
  #find(text: string, from: number, to: number): Finding[] | null {
    const { length } = this.#grams;
    const findings: Finding[] = [];
    const hash = new GramHash(length);
    const starts = new Int32Array(length);
    let read = 0;
    let lastEnd = from;
    let isKnown = true;
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
      const isLeak = hash.isFull && this.#isLeak(hash);
      if (isLeak === null) isKnown = false;
      if (isLeak === true) {
        const first = numberBefore(this.#letters, text, begun);
        if (first >= from && first < to) add(findings, first, numberAfter(this.#letters, text, end));
      }
      return isKnown;
    });
    return isKnown ? findings : null;
  }

  /** `null`: only if the user did not write it too. */
  #isLeak({ first, second, firstBack, secondBack }: GramHash): boolean | null {
    if (this.#grams.has(firstBack, secondBack)) return true;
    if (!this.#grams.has(first, second)) return false;
    const granted = this.#granted.result;
    return granted === null ? null : !granted.has(gramKey(first, second));
  }
}

/** The longest of those that begin at one character. */
function add(findings: Finding[], start: number, end: number): void {
  if (findings.at(-1)?.span?.start === start) findings.pop();
  findings.push({ category, score: certain, span: { start, end } });
}
