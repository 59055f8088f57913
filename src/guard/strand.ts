/**
 * One reading of a lane: its text as it stands, or a view of it. Judges piece by piece with exactly the result of
 * judging it whole.
 *
 * Owns the part of the text that some check has not settled, plus the left context they ask for. All offsets given
 * out are absolute: UTF-16 code units from the strand's beginning. Does not know what a finding leads to.
 *
 * Invariant: whatever text follows, what was found before `settled` never changes.
 */
import type { Detection, Finding, JudgedClaim, UnknownCause } from "../domain/detector.ts";
import type { Pace } from "../domain/ports.ts";
import type { BlockCause } from "../domain/verdict.ts";
import { assert } from "../stdx/assert.ts";
import { after, type MaybeAsync } from "../stdx/maybe-async.ts";
import { ClaimTeller } from "./claim-tally.ts";
import { EarlyText } from "./early-text.ts";
import type { TextCheck } from "./lane-plan.ts";

/** What the lane makes of it: a cause stops everything. Offsets are the strand's. */
export type StrandSink = {
  /** A detector is asked about a window. The time where somebody wants to know it, to be given back with the answer. */
  asked(): number | null;
  answered(check: TextCheck, askedMs: number): void;
  found(check: TextCheck, finding: Finding): BlockCause | null;
  missed(check: TextCheck, cause: UnknownCause, from: number, to: number): BlockCause | null;
  /** What became of a claim: told before what was found of it. */
  claims(check: TextCheck, claim: JudgedClaim): void;
  /** Asks for room for so many code units more (or fewer) that are kept for checks of whole texts. */
  keeps(units: number): boolean;
};

/** How much new text each check is asked about at once, in UTF-16 code units. */
export const sliceCodeUnits = 4_096;
/** With so much new text for it, a check is worth a breath before. In UTF-16 code units. */
const breathUnits = 1_024;
/** A detector may find something at each character: so many findings are heard between two breaths. */
const breathFindings = 256;

const none: readonly number[] = [];
const isWhole = ({ detector }: TextCheck): boolean => detector.reach.longestSpan === Infinity;

export class Strand {
  readonly #checks: readonly TextCheck[];
  readonly #sink: StrandSink;
  /** Per check, in order: the absolute offset up to which it has judged. */
  readonly #done: number[];
  /** The checks, by their place, that settle nothing before the text has ended. */
  readonly #whole: readonly number[];
  /** Those of them that want all of the text: they are asked again at its end alone. */
  #held: Set<number> | null = null;
  /** What only they need of it, before `#text`. */
  #early: EarlyText | null = null;
  /** Those that can no longer answer: a part of the text was let by, or there was no room for it. */
  #lost: Map<number, UnknownCause> | null = null;
  #lostUntil = 0;
  /** Code units that room was asked for. */
  #kept = 0;
  #text = "";
  /** Absolute offset of `#text[0]`. */
  #base: number;
  #settled: number;
  /** Checks were asked about the text before it. */
  #asked: number;

  /** `done`: how far each check has judged the text that begins at `base`, by another strand of the same text. */
  constructor(checks: readonly TextCheck[], sink: StrandSink, base = 0, done: readonly number[] = []) {
    this.#checks = checks;
    this.#sink = sink;
    this.#base = base;
    this.#settled = base;
    this.#asked = base;
    this.#done = checks.map((_, index) => done[index] ?? base);
    assert(
      this.#done.every((offset) => offset >= base),
      "a strand has the text that its checks have not judged",
    );
    this.#whole = checks.some(isWhole) ? checks.flatMap((check, index) => (isWhole(check) ? [index] : [])) : none;
  }

  get base(): number {
    return this.#base;
  }

  get end(): number {
    return this.#base + this.#text.length;
  }

  /** Before it nothing changes any more, as far as checks that hold text back are concerned. */
  get settled(): number {
    return this.#settled;
  }

  /** The part of the text that is still kept, but for what only checks of whole texts need. */
  get kept(): string {
    return this.#text;
  }

  /** Where each check stands. */
  get done(): readonly number[] {
    return this.#done;
  }

  /** Of what is kept. */
  slice(start: number, end: number): string {
    if (start >= this.#base || this.#early === null)
      return this.#text.slice(Math.max(0, start - this.#base), Math.max(0, end - this.#base));
    const { text, base } = this.#all();
    return text.slice(Math.max(0, start - base), Math.max(0, end - base));
  }

  /** With what only checks of whole texts need. */
  #all(): { readonly text: string; readonly base: number } {
    const early = this.#early?.all() ?? "";
    return this.#early === null || early === ""
      ? { text: this.#text, base: this.#base }
      : { text: early + this.#text, base: this.#early.start };
  }

  /** Takes text without judging it; `judge` does. */
  add(added: string): void {
    this.#text += added;
  }

  /** Judges what is settled by now. A cause ends the lane. */
  judge(signal: AbortSignal, ended: boolean, pace: Pace): MaybeAsync<BlockCause | null> {
    const cause = this.#whole.length === 0 ? null : this.#keepWhole();
    return cause ?? this.#slices(signal, ended, pace);
  }

  /** A view may show much at once. */
  #slices(signal: AbortSignal, ended: boolean, pace: Pace): MaybeAsync<BlockCause | null> {
    const end = Math.min(this.end, this.#asked + sliceCodeUnits);
    this.#asked = end;
    if (end === this.end) return this.#from({ signal, ended, pace, end, text: this.#text }, 0, end);
    const slice = { signal, ended: false, pace, end, text: this.#text.slice(0, end - this.#base) };
    return after(this.#from(slice, 0, end), (cause) => cause ?? this.#slices(signal, ended, pace));
  }

  /** Lets all text by unjudged. */
  skip(): void {
    const { end } = this;
    this.#settled = end;
    this.#asked = end;
    this.#done.fill(end);
    for (const index of this.#whole) this.#lose(index, "deadline");
    this.#lostUntil = end;
  }

  /** Text for checks of whole texts is kept even where it went out: to a bound. Above it they do not know. */
  #keepWhole(): BlockCause | null {
    const { end } = this;
    let open = 0;
    let cause: BlockCause | null = null;
    for (const index of this.#whole) {
      const lost = this.#lost?.get(index);
      if (lost === undefined) open = Math.max(open, end - (this.#done[index] as number));
      else cause ??= this.#sink.missed(this.#checks[index] as TextCheck, lost, this.#lostUntil, end);
    }
    if (this.#sink.keeps(open - this.#kept)) this.#kept = open;
    else {
      for (const index of this.#whole) {
        const from = this.#done[index] as number;
        if (from >= end) continue;
        this.#lose(index, "too-long");
        cause ??= this.#sink.missed(this.#checks[index] as TextCheck, "too-long", from, end);
      }
    }
    this.#lostUntil = end;
    return cause;
  }

  #lose(index: number, cause: UnknownCause): void {
    this.#lost ??= new Map();
    if (!this.#lost.has(index)) this.#lost.set(index, cause);
    this.#done[index] = Infinity;
    this.#held?.delete(index);
    if (this.#held?.size === 0) this.#early = null;
    this.#giveBack();
  }

  #giveBack(): void {
    this.#sink.keeps(-this.#kept);
    this.#kept = 0;
  }

  /** The offset before which no check needs the text any more, but for those of whole texts. */
  get needed(): number {
    let needed = this.end;
    for (let index = 0; index < this.#checks.length; index += 1) {
      if (this.#held?.has(index) === true) continue;
      const { reach } = (this.#checks[index] as TextCheck).detector;
      needed = Math.min(needed, (this.#done[index] as number) - reach.leftContext);
    }
    return needed;
  }

  /** Forgets text before that offset, but for checks of whole texts. */
  trim(keep: number): void {
    if (keep <= this.#base) return;
    if (this.#held !== null && this.#held.size > 0) {
      this.#early ??= new EarlyText();
      this.#early.add(this.#text.slice(0, keep - this.#base), this.#base);
    }
    this.#text = this.#text.slice(keep - this.#base);
    this.#base = keep;
  }

  /** Asks the checks from `first` on, in order; `settledBefore` is the least of those before. `rested`: a breath was just taken. */
  #from(asking: Asking, first: number, settledBefore: number, rested = false): MaybeAsync<BlockCause | null> {
    const { ended, pace, end, text } = asking;
    let settled = settledBefore;
    for (let index = first; index < this.#checks.length; index += 1) {
      const check = this.#checks[index] as TextCheck;
      const from = this.#done[index] as number;
      const isLong = end - from >= breathUnits && !(rested && index === first);
      const breath = isLong ? pace.breathe() : undefined;
      if (breath !== undefined) {
        const least = settled;
        return breath.then(() => this.#from(asking, index, least, true));
      }
      const to = ended ? end : this.#settledBy(index, text, from);
      if (check.enforcing) settled = Math.min(settled, to);
      if (to <= from) continue;
      this.#done[index] = to;
      const judged = this.#ask(asking, check, from, to);
      if (judged instanceof Promise) {
        const least = settled;
        return judged.then((cause) => cause ?? this.#from(asking, index + 1, least));
      }
      if (judged !== null) return judged;
    }
    this.#settled = settled;
    if (ended && this.#kept > 0) this.#giveBack();
    return null;
  }

  #settledBy(index: number, text: string, from: number): number {
    if (this.#held?.has(index) === true) return from;
    const { detector } = this.#checks[index] as TextCheck;
    const to = this.#base + detector.settled(text, from - this.#base);
    if (to === from && this.#whole.includes(index) && this.#base + text.length - from >= detector.reach.leftContext)
      (this.#held ??= new Set()).add(index);
    return to;
  }

  /** At once where the detector answers at once: most do, and a stream asks them at each of its events. */
  #ask(
    { signal, ended, pace, text: asked }: Asking,
    check: TextCheck,
    from: number,
    to: number,
  ): MaybeAsync<BlockCause | null> {
    const isHeld = ended && from < this.#base;
    const { text, base } = isHeld ? this.#all() : { text: asked, base: this.#base };
    const askedMs = this.#sink.asked();
    const window = { text, from: from - base, to: to - base, ended };
    const answer = check.detector.detect(signal, window, pace);
    return after(answer, (detection: Detection): MaybeAsync<BlockCause | null> => {
      if (askedMs !== null) this.#sink.answered(check, askedMs);
      const claims = new ClaimTeller(detection.claims, (claim) => this.#sink.claims(check, claim));
      if (detection.kind === "unknown") {
        claims.tellBefore(Infinity);
        return this.#sink.missed(check, detection.cause, from, to);
      }
      const { findings, unseen } = detection;
      return after(this.#heard({ check, findings, claims, base, pace }, 0), (cause) => {
        if (cause !== null) return cause;
        claims.tellBefore(Infinity);
        return unseen === undefined ? null : this.#sink.missed(check, unseen.cause, base + unseen.from, to);
      });
    });
  }

  /** Tells what was found, from the finding at `first` on. */
  #heard(hearing: Hearing, first: number): MaybeAsync<BlockCause | null> {
    const { check, findings, claims, base, pace } = hearing;
    for (let at = first; at < findings.length; at += 1) {
      const breath = at > first && at % breathFindings === 0 ? pace.breathe() : undefined;
      if (breath !== undefined) return breath.then(() => this.#heard(hearing, at));
      const finding = findings[at] as Finding;
      if (finding.span !== null) claims.tellBefore(finding.span.end);
      const cause = this.#sink.found(check, base === 0 ? finding : moved(finding, base));
      if (cause !== null) return cause;
    }
    return null;
  }
}

type Asking = {
  readonly signal: AbortSignal;
  readonly pace: Pace;
  /** What checks may look at: all of the text, or as much as ends at the offset `end`. */
  readonly text: string;
  readonly end: number;
  readonly ended: boolean;
};

type Hearing = {
  readonly check: TextCheck;
  readonly findings: readonly Finding[];
  readonly claims: ClaimTeller;
  readonly base: number;
  readonly pace: Pace;
};

function moved(finding: Finding, by: number): Finding {
  if (finding.span === null) return finding;
  const { start, end } = finding.span;
  return { ...finding, span: { start: start + by, end: end + by } };
}
