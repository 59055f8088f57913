/**
 * One text that grows: judged piece by piece with exactly the result of judging it whole.
 *
 * Owns the part of the text that some check has not settled, plus the left context they ask for. All offsets given
 * out are absolute: UTF-16 code units from the beginning of the lane. Does not know where the text stands in a body.
 *
 * Invariant: whatever text follows, masks and blocks that begin before `settled` never change.
 */
import type { Category, Detection, Finding, UnknownCause } from "../domain/detector.ts";
import type { Rule } from "../domain/policy.ts";
import type { Location } from "../domain/segment.ts";
import type { BlockCause } from "../domain/verdict.ts";
import { decideUnknown, winning } from "../policy/decide.ts";
import type { MaybeAsync } from "../stdx/maybe-async.ts";
import { type Mask, MaskQueue } from "./masks.ts";
import type { StagePlan, TextCheck } from "./plan.ts";
import type { Tally } from "./tally.ts";

export type LaneGo = { readonly kind: "go"; readonly settled: number; readonly masks: readonly Mask[] };
export type LaneStep = LaneGo | { readonly kind: "block"; readonly cause: BlockCause };

export class Lane {
  readonly #location: Location;
  readonly #plan: StagePlan;
  readonly #tally: Tally;
  readonly #placeholder: (category: Category) => string;
  readonly #masks = new MaskQueue();
  /** Per check of the plan, in its order: the absolute offset up to which it has judged. */
  readonly #done: number[];
  /** By category: where the last finding that was counted ends. */
  readonly #countedUntil = new Map<Category, number>();
  /** Text before it that some detector could not answer for is counted as present only. */
  #missedUntil = 0;
  #text = "";
  /** Absolute offset of `#text[0]`. */
  #base = 0;
  #settled = 0;

  constructor(location: Location, plan: StagePlan, tally: Tally, placeholder: (category: Category) => string) {
    this.#location = location;
    this.#plan = plan;
    this.#tally = tally;
    this.#placeholder = placeholder;
    this.#done = plan.text.map(() => 0);
    tally.segments += 1;
  }

  /** Text held for judging, in UTF-16 code units. */
  get held(): number {
    return this.#base + this.#text.length - this.#settled;
  }

  /** Adds text and judges what that settles. After `ended` nothing may be added. */
  step(signal: AbortSignal, added: string, ended: boolean): MaybeAsync<LaneStep> {
    this.#text += added;
    this.#tally.characters += added.length;
    this.#tally.present += added.length;
    return this.#checked(signal, ended, 0, this.#base + this.#text.length);
  }

  /** Asks the checks from `first` on, in order; `settled` is the least of those before. */
  #checked(signal: AbortSignal, ended: boolean, first: number, settledBefore: number): MaybeAsync<LaneStep> {
    const end = this.#base + this.#text.length;
    let settled = settledBefore;
    const checks = this.#plan.text;
    for (let index = first; index < checks.length; index += 1) {
      const check = checks[index] as TextCheck;
      const from = this.#done[index] as number;
      const to = ended ? end : this.#base + check.detector.settled(this.#text, from - this.#base);
      if (check.enforcing) settled = Math.min(settled, to);
      if (to <= from) continue;
      this.#done[index] = to;
      const judged = this.#judge(signal, check, from, to, ended);
      if (judged instanceof Promise) {
        const least = settled;
        return judged.then((cause) =>
          cause === null ? this.#checked(signal, ended, index + 1, least) : { kind: "block", cause },
        );
      }
      if (judged !== null) return { kind: "block", cause: judged };
    }
    this.#settled = settled;
    this.#trim();
    return { kind: "go", settled, masks: this.#masks.take(settled) };
  }

  /** Lets text by unjudged, where the policy is open on not knowing. It counts as present, not as judged. */
  skip(added: string): LaneGo {
    this.#text += added;
    this.#tally.present += added.length;
    const end = this.#base + this.#text.length;
    this.#tally.characters -= this.held - added.length;
    this.#settled = end;
    this.#done.fill(end);
    this.#trim();
    return { kind: "go", settled: end, masks: this.#masks.take(end) };
  }

  /** At once where the detector answers at once: most do, and a stream asks them at each of its events. */
  #judge(
    signal: AbortSignal,
    check: TextCheck,
    from: number,
    to: number,
    ended: boolean,
  ): MaybeAsync<BlockCause | null> {
    const window = { text: this.#text, from: from - this.#base, to: to - this.#base, ended };
    const answer = check.detector.detect(signal, window);
    if (answer instanceof Promise) return answer.then((detection) => this.#heard(check, detection, from, to));
    return this.#heard(check, answer, from, to);
  }

  #heard(check: TextCheck, detection: Detection, from: number, to: number): BlockCause | null {
    this.#tally.windows += 1;
    if (detection.kind === "unknown") {
      this.#tally.characters -= Math.max(0, to - Math.max(from, this.#missedUntil));
      this.#missedUntil = Math.max(this.#missedUntil, to);
      return this.#unknown(check.rules, detection.cause);
    }
    for (const finding of detection.findings) {
      const cause = this.#decide(check.rules, finding);
      if (cause !== null) return cause;
    }
    return null;
  }

  #unknown(rules: readonly Rule[], cause: UnknownCause): BlockCause | null {
    this.#tally.unknown(rules, cause);
    return decideUnknown(rules, cause);
  }

  #decide(rules: readonly Rule[], finding: Finding): BlockCause | null {
    if (this.#isNew(finding)) this.#tally.found(rules, this.#placed(finding), this.#location);
    const winner = winning(rules);
    if (winner === null) return null;
    if (winner.action.kind === "block") return { kind: "rule", rule: winner.id, block: winner.action };
    if (winner.action.kind === "redact" && finding.span !== null) {
      const { start, end } = finding.span;
      const span = { start: start + this.#base, end: end + this.#base };
      this.#masks.add({ span, placeholder: this.#placeholder(finding.category) });
    }
    return null;
  }

  /** With its span counted from the lane's beginning. */
  #placed(finding: Finding): Finding {
    if (finding.span === null) return finding;
    const { start, end } = finding.span;
    return { ...finding, span: { start: start + this.#base, end: end + this.#base } };
  }

  /** False for a finding inside the one before of its category: one address matches at each of its letters. */
  #isNew({ category, span }: Finding): boolean {
    if (span === null) return true;
    const end = span.end + this.#base;
    const counted = this.#countedUntil.get(category) ?? 0;
    this.#countedUntil.set(category, Math.max(counted, end));
    return span.start + this.#base >= counted;
  }

  #trim(): void {
    let keep = this.#base + this.#text.length;
    for (let index = 0; index < this.#done.length; index += 1) {
      const { detector } = this.#plan.text[index] as TextCheck;
      keep = Math.min(keep, (this.#done[index] as number) - detector.reach.leftContext);
    }
    if (keep <= this.#base) return;
    this.#text = this.#text.slice(keep - this.#base);
    this.#base = keep;
  }
}
