/**
 * Judges a prompt: each text as a whole, and neighbours together, so that what is split over messages is seen whole. All of it
 * is asked of the model at once, and each lane waits for what concerns it.
 */
import type {
  Category,
  Detection,
  ExchangeMemory,
  Finding,
  LaneDetectors,
  TextDetector,
} from "../../domain/detector.ts";
import type { Location } from "../../domain/segment.ts";
import { type JointWindow, jointWindows, partsOf } from "./joint.ts";
import { findingOf, type Opinion } from "./opinion.ts";
import { wholeLane } from "./whole-lane.ts";

/** So many texts, and so many windows of neighbours, are asked about before the first lane is; the others when theirs is. */
const askedAheadMax = 128;

export type PromptJudge = {
  readonly id: string;
  /** Of its findings' categories. */
  readonly family: string;
  readonly categories: readonly Category[];
  readonly judge: (signal: AbortSignal, text: string) => Promise<Opinion>;
};

export function openPromptLanes(parts: PromptJudge, { segments }: ExchangeMemory): LaneDetectors {
  const prompt = new Prompt(
    parts,
    segments.map(({ text }) => text),
  );
  const indexOf = new Map<Location, number>(segments.map(({ location }, index) => [location, index]));
  return {
    lane: ({ location }): TextDetector => {
      const index = indexOf.get(location) ?? null;
      return wholeLane({ ...parts, detect: (signal, text) => prompt.detect(signal, text, index) });
    },
  };
}

class Prompt {
  readonly #parts: PromptJudge;
  readonly #texts: readonly string[];
  readonly #windows: readonly JointWindow[];
  /** By text: its windows. */
  readonly #touching = new Map<number, JointWindow[]>();
  readonly #asked = new Map<string, Promise<Opinion>>();
  #isBegun = false;

  constructor(parts: PromptJudge, texts: readonly string[]) {
    this.#parts = parts;
    this.#texts = texts;
    this.#windows = jointWindows(texts);
    for (const window of this.#windows) {
      for (const { index } of window.parts) {
        const known = this.#touching.get(index);
        if (known === undefined) this.#touching.set(index, [window]);
        else known.push(window);
      }
    }
  }

  /** `index`: which of the prompt's texts; another reading of it has a text of its own, and no neighbours. */
  async detect(signal: AbortSignal, text: string, index: number | null): Promise<Detection> {
    if (!this.#isBegun) this.#begin(signal);
    const own = await this.#ask(signal, text);
    if (own.kind === "unknown") return own;
    const findings = own.found.map((found) => findingOf(this.#parts.family, found));
    const missed =
      own.coveredUnits < text.length ? ({ from: own.coveredUnits, cause: "too-long" } as const) : undefined;
    const isItself = index !== null && text === this.#texts[index];
    const joint = isItself ? await this.#together(signal, index, findings) : { findings, unseen: undefined };
    const unseen = missed ?? joint.unseen;
    const all = joint.findings.toSorted((a, b) => startOf(a) - startOf(b) || endOf(b) - endOf(a));
    return { kind: "scored", findings: all, ...(unseen === undefined ? {} : { unseen }) };
  }

  #begin(signal: AbortSignal): void {
    this.#isBegun = true;
    const ahead = [
      ...this.#texts.slice(0, askedAheadMax),
      ...this.#windows.slice(0, askedAheadMax).map(({ text }) => text),
    ];
    // Whoever waits for it is told of a fault; a lane that nobody opens has nobody to tell.
    for (const text of ahead) this.#ask(signal, text).catch(() => undefined);
  }

  /** What a text's neighbours make of it: only what reaches into one of them, and was not found in it alone. */
  async #together(
    signal: AbortSignal,
    index: number,
    own: readonly Finding[],
  ): Promise<{ readonly findings: readonly Finding[]; readonly unseen: Unseen | undefined }> {
    const findings = [...own];
    let unseen: Unseen | undefined;
    const text = this.#texts[index] as string;
    for (const window of this.#touching.get(index) ?? []) {
      const opinion = await this.#ask(signal, window.text);
      if (opinion.kind === "unknown") {
        // Each text was asked about by itself: how many of its words are unknown is known of it.
        if (opinion.cause !== "vocabulary") unseen ??= { from: text.length, cause: opinion.cause };
        continue;
      }
      for (const found of opinion.found) {
        const parts = partsOf(window, found.span);
        const mine = parts.find((part) => part.index === index);
        if (mine === undefined || parts.length < 2) continue;
        const finding = findingOf(this.#parts.family, { ...found, span: mine.span });
        if (!findings.some((known) => covers(known, finding))) findings.push(finding);
      }
    }
    return { findings, unseen };
  }

  #ask(signal: AbortSignal, text: string): Promise<Opinion> {
    const known = this.#asked.get(text);
    if (known !== undefined) return known;
    const asked = this.#parts.judge(signal, text);
    this.#asked.set(text, asked);
    return asked;
  }
}

type Unseen = NonNullable<Extract<Detection, { kind: "scored" }>["unseen"]>;

const startOf = ({ span }: Finding): number => span?.start ?? 0;
const endOf = ({ span }: Finding): number => span?.end ?? 0;
const covers = (a: Finding, b: Finding): boolean =>
  a.category === b.category && startOf(a) <= startOf(b) && endOf(a) >= endOf(b);
