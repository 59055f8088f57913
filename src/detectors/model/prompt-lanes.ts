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
import type { Location, Role, Segment } from "../../domain/segment.ts";
import { type JointWindow, jointWindows, partsOf } from "./joint.ts";
import { findingOf, type Opinion } from "./opinion.ts";
import type { Question } from "./remembered.ts";
import { wholeLane } from "./whole-lane.ts";

/** So many texts, and so many windows of neighbours, are asked about before the first lane is; the others when theirs is. */
const askedAheadMax = 128;

export type PromptJudge = {
  readonly id: string;
  /** Of its findings' categories. */
  readonly family: string;
  readonly categories: readonly Category[];
  readonly judge: (signal: AbortSignal, question: Question) => Promise<Opinion>;
};

/** `whole`: all of the prompt, whatever the rules look at. */
export function openPromptLanes(
  parts: PromptJudge,
  { segments }: ExchangeMemory,
  whole: ExchangeMemory,
): LaneDetectors {
  const prompt = new Prompt(parts, segments, turnsOf(segments, whole.segments));
  const indexOf = new Map<Location, number>(segments.map(({ location }, index) => [location, index]));
  return {
    lane: ({ location }): TextDetector => {
      const index = indexOf.get(location) ?? null;
      return wholeLane({ ...parts, detect: (signal, text) => prompt.detect(signal, text, location.role, index) });
    },
  };
}

/**
 * The turn of each text: a new one begins where the model has spoken, since a request ended before that. What an earlier turn
 * had is the same in each later one, and nothing of it is said to belong to what came after.
 */
function turnsOf(segments: readonly Segment[], whole: readonly Segment[]): readonly number[] {
  const turns = new Map<Location, number>();
  let turn = 0;
  let before: Role | null = null;
  for (const { location } of whole) {
    if (location.role === "assistant" && before !== null && before !== "assistant") turn += 1;
    turns.set(location, turn);
    before = location.role;
  }
  return segments.map(({ location }) => turns.get(location) ?? turn);
}

class Prompt {
  readonly #parts: PromptJudge;
  readonly #segments: readonly Segment[];
  readonly #windows: readonly JointWindow[];
  /** By text: its windows. */
  readonly #touching = new Map<number, JointWindow[]>();
  readonly #asked = new Map<string, Promise<Opinion>>();
  /** A window may hold hundreds of texts, and each of them asks for it. */
  readonly #windowsAsked = new Map<JointWindow, Promise<Opinion>>();
  #isBegun = false;

  /** `turns`: of each text, never less than that of the one before. */
  constructor(parts: PromptJudge, segments: readonly Segment[], turns: readonly number[]) {
    this.#parts = parts;
    this.#segments = segments;
    this.#windows = jointWindows(
      segments.map(({ text }) => text),
      turns,
    );
    for (const window of this.#windows) {
      for (const { index } of window.parts) {
        const known = this.#touching.get(index);
        if (known === undefined) this.#touching.set(index, [window]);
        else known.push(window);
      }
    }
  }

  /** `index`: which of the prompt's texts; another reading of it has a text of its own, and no neighbours. */
  async detect(signal: AbortSignal, text: string, role: Role, index: number | null): Promise<Detection> {
    if (!this.#isBegun) this.#begin(signal);
    const own = await this.#ask(signal, text, [role]);
    if (own.kind === "unknown") return own;
    const findings = own.found.map((found) => findingOf(this.#parts.family, found));
    const missed =
      own.coveredUnits < text.length ? ({ from: own.coveredUnits, cause: "too-long" } as const) : undefined;
    const isItself = index !== null && text === this.#segments[index]?.text;
    const joint = isItself ? await this.#together(signal, index, findings) : { findings, unseen: undefined };
    const unseen = missed ?? joint.unseen;
    const all = joint.findings.toSorted((a, b) => startOf(a) - startOf(b) || endOf(b) - endOf(a));
    return { kind: "scored", findings: all, ...(unseen === undefined ? {} : { unseen }) };
  }

  #begin(signal: AbortSignal): void {
    this.#isBegun = true;
    // Whoever waits for it is told of a fault; a lane that nobody opens has nobody to tell.
    for (const { text, location } of this.#segments.slice(0, askedAheadMax))
      this.#ask(signal, text, [location.role]).catch(() => undefined);
    for (const window of this.#windows.slice(0, askedAheadMax)) this.#askWindow(signal, window).catch(() => undefined);
  }

  /** What a text's neighbours make of it: only what reaches into one of them, and was not found in it alone. */
  async #together(
    signal: AbortSignal,
    index: number,
    own: readonly Finding[],
  ): Promise<{ readonly findings: readonly Finding[]; readonly unseen: Unseen | undefined }> {
    const findings = [...own];
    let unseen: Unseen | undefined;
    const { text } = this.#segments[index] as Segment;
    for (const window of this.#touching.get(index) ?? []) {
      const opinion = await this.#askWindow(signal, window);
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

  #askWindow(signal: AbortSignal, window: JointWindow): Promise<Opinion> {
    const known = this.#windowsAsked.get(window);
    if (known !== undefined) return known;
    const { text, parts } = window;
    const roles = parts.map(({ index }) => (this.#segments[index] as Segment).location.role);
    const asked = this.#ask(signal, text, roles);
    this.#windowsAsked.set(window, asked);
    return asked;
  }

  #ask(signal: AbortSignal, text: string, roles: readonly Role[]): Promise<Opinion> {
    const key = `${roles.join(" ")}\0${text}`;
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const asked = this.#parts.judge(signal, { roles, evidence: null, text });
    this.#asked.set(key, asked);
    return asked;
  }
}

type Unseen = NonNullable<Extract<Detection, { kind: "scored" }>["unseen"]>;

const startOf = ({ span }: Finding): number => span?.start ?? 0;
const endOf = ({ span }: Finding): number => span?.end ?? 0;
const covers = (a: Finding, b: Finding): boolean =>
  a.category === b.category && startOf(a) <= startOf(b) && endOf(a) >= endOf(b);
