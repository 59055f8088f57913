/**
 * One text that grows: judged piece by piece, tier after tier, with exactly the result of judging it whole.
 *
 * All offsets given out are absolute: UTF-16 code units from the beginning of the lane. Does not know where the text
 * stands in a body.
 *
 * Invariant: whatever text follows, masks and blocks that begin before `settled` never change.
 */
import { type LanePlace, unknownCauses } from "../domain/detector.ts";
import type { Rule } from "../domain/policy.ts";
import type { Pace } from "../domain/ports.ts";
import type { Location } from "../domain/segment.ts";
import type { BlockCause } from "../domain/verdict.ts";
import { decideUnknown } from "../policy/decide.ts";
import { assert } from "../stdx/assert.ts";
import type { MaybeAsync } from "../stdx/maybe-async.ts";
import { Gaps } from "./gaps.ts";
import type { JoinedLane } from "./joined.ts";
import type { LanePlan, TierName, TierPlan } from "./lane-plan.ts";
import { type Mask, MaskQueue } from "./masks.ts";
import { openReleased, type Released } from "./released.ts";
import { type MoreText, Tier, type TierParts } from "./tier.ts";
import { Told } from "./told.ts";
import type { StageWord } from "./word.ts";

/** `over`: the text has ended, and all tiers that it waits for have judged it. */
export type LaneGo = {
  readonly kind: "go";
  readonly settled: number;
  readonly masks: readonly Mask[];
  readonly over: boolean;
};
export type LaneStep = LaneGo | { readonly kind: "block"; readonly cause: BlockCause };

/** Which tiers are given a text: one, or all of them, cheapest first. */
export type Asked = TierName | "all";

export type LaneOf = {
  /** What is shown is JSON with the escapes in its strings decoded; some detectors ask for it as it is written. */
  readonly json?: boolean;
  readonly joined?: JoinedLane | undefined;
};

/** So many findings are written over between two breaths. */
const writtenAtOnce = 256;
const none: readonly Mask[] = [];

/** Every text comes to `scan` first, whether or not something of the lane is in it. */
export const isFirst = (asked: Asked): boolean => asked === "scan" || asked === "all";

export class Lane {
  readonly location: Location;
  readonly #call: string | null;
  readonly #word: StageWord;
  readonly #pace: Pace;
  readonly #plans: readonly TierPlan[];
  /** As they are first needed. */
  readonly #tiers: (Tier | "over" | null)[];
  readonly #json: boolean;
  readonly #joined: JoinedLane | null;
  readonly #released: Released | null;
  /** These three only where there is something for them: many lanes may wait for a later tier, and most have nothing. */
  #masks: MaskQueue | null = null;
  #taken: Told | null = null;
  #gaps: Gaps | null = null;
  /** Where something may be put back: what was not released yet, and where it begins. */
  #kept = "";
  #keptFrom = 0;
  #end = 0;
  #ended = false;
  #settled = 0;

  constructor({ location, call }: LanePlace, plan: LanePlan, word: StageWord, pace: Pace, of: LaneOf = {}) {
    this.location = location;
    this.#call = call;
    this.#word = word;
    this.#pace = pace;
    this.#plans = plan.tiers;
    this.#tiers = plan.tiers.map(() => null);
    this.#released = openReleased(plan.checks, (start, end) =>
      this.#kept.slice(start - this.#keptFrom, end - this.#keptFrom),
    );
    this.#json = of.json ?? false;
    this.#joined = of.joined ?? null;
    if (this.#isCounted) word.tally.segments += 1;
  }

  /** It has that tier, and is to be given its texts. */
  waitsFor(tier: TierName): boolean {
    return this.#plans.some(({ name }) => name === tier);
  }

  /** When that was given a text, all were. */
  get lastTier(): TierName {
    return this.#plans.at(-1)?.name ?? "scan";
  }

  /** Those that tiers ask for, in the order in which they are asked. */
  rules(asked: Asked): readonly Rule[] {
    return this.#plans.filter(({ name }) => asked === "all" || name === asked).flatMap(({ rules }) => rules);
  }

  /** Some rule that acts blocks where the tier does not know. */
  mayStop(tier: TierName): boolean {
    const rules = this.rules(tier);
    return unknownCauses.some((cause) => decideUnknown(rules, cause) !== null);
  }

  /** Adds text and judges what that settles. After the end nothing may be added; each tier gets the same texts. */
  step(signal: AbortSignal, asked: Asked, text: MoreText): MaybeAsync<LaneStep> {
    if (isFirst(asked)) this.#take(text);
    return this.#judge(signal, asked, text, 0);
  }

  /** Lets text by unjudged, where the policy is open on not knowing. It counts as present, not as judged. */
  skip(asked: Asked, text: MoreText): MaybeAsync<LaneGo> {
    if (isFirst(asked)) this.#take(text);
    for (const [index, { name }] of this.#plans.entries()) {
      if (asked !== "all" && name !== asked) continue;
      this.#tier(index).skip(text);
      this.#closeAt(index);
    }
    if (isFirst(asked)) this.#released?.skips(this.#end);
    return this.#go();
  }

  /** What its last tier would still say is not waited for. */
  leaveAside(): void {
    for (const [index, { name }] of this.#plans.entries())
      if (name === "aside" && this.#tiers[index] !== "over") this.#tier(index).leave(this.#end);
  }

  /** Joined texts were counted one by one. */
  get #isCounted(): boolean {
    return this.#joined?.reads !== "all";
  }

  #take({ added, ended }: MoreText): void {
    if (this.#isCounted) {
      this.#word.tally.characters += added.length;
      this.#word.tally.present += added.length;
    }
    this.#end += added.length;
    this.#ended ||= ended;
    if (this.#released !== null) this.#kept += added;
  }

  #judge(signal: AbortSignal, asked: Asked, text: MoreText, first: number): MaybeAsync<LaneStep> {
    for (let index = first; index < this.#plans.length; index += 1) {
      const { name } = this.#plans[index] as TierPlan;
      if (asked !== "all" && name !== asked) continue;
      const judged = this.#tier(index).step(signal, text);
      if (judged instanceof Promise)
        return judged.then((cause) => {
          if (cause !== null) return { kind: "block", cause };
          this.#closeAt(index);
          return this.#judge(signal, asked, text, index + 1);
        });
      if (judged !== null) return { kind: "block", cause: judged };
      this.#closeAt(index);
    }
    // It changes no text, and may come at any time: what it says lets nothing go.
    return asked === "aside" ? this.#goes(none, false) : this.#go();
  }

  #tier(index: number): Tier {
    const known = this.#tiers[index] ?? null;
    assert(known !== "over", "a tier that has judged all of a text gets no more");
    if (known !== null) return known;
    const place = { location: this.location, call: this.#call };
    const tier = new Tier((this.#plans[index] as TierPlan).checks(place), this.#parts());
    this.#tiers[index] = tier;
    return tier;
  }

  /** Not kept beside the tiers: a lane that waits for its next one holds none. */
  #parts(): TierParts {
    return {
      location: this.location,
      word: this.#word,
      pace: this.#pace,
      json: this.#json,
      released: this.#released,
      masks: () => (this.#masks ??= new MaskQueue()),
      taken: () => this.#joined?.of.told ?? (this.#taken ??= new Told()),
      joined: this.#joined,
      missed: (from, to) => {
        if (!this.#isCounted) return;
        this.#gaps ??= new Gaps();
        this.#word.tally.characters -= this.#gaps.add(from, to);
      },
    };
  }

  /** Of many lanes that wait for a later tier, none keeps what an earlier one remembered. */
  #closeAt(index: number): void {
    const tier = this.#tiers[index];
    if (tier instanceof Tier && tier.isOver) this.#tiers[index] = "over";
  }

  /** What may go by now: what all tiers have settled, but the last, which changes no text. */
  #go(): MaybeAsync<LaneGo> {
    let settled = this.#end;
    let over = this.#ended;
    let base = this.#end;
    for (let index = 0; index < this.#plans.length; index += 1) {
      const tier = this.#tiers[index] ?? null;
      if (tier === "over") continue;
      base = Math.min(base, tier?.base ?? 0);
      if (this.#plans[index]?.name === "aside") continue;
      settled = Math.min(settled, tier?.settled ?? 0);
      over = false;
    }
    this.#taken?.forget(base);
    if (settled <= this.#settled && !over) return this.#goes(none, over);
    this.#settled = Math.max(this.#settled, settled);
    if (this.#masks === null && this.#released === null) return this.#goes(none, over);
    const masks: Mask[] = [];
    return this.#takes(masks, over) ? this.#gone(masks, over) : this.#writeRest(masks, over);
  }

  /** Takes some of what may be written by now; true when that was all. */
  #takes(masks: Mask[], over: boolean): boolean {
    const upTo = this.#released?.upTo(this.#settled) ?? this.#settled;
    const isLast = over && upTo === this.#settled;
    if (this.#masks === null) this.#released?.goes(upTo);
    else masks.push(...this.#masks.take(upTo, this.#released, writtenAtOnce, isLast));
    return upTo === this.#settled && this.#masks?.waits(upTo, isLast) !== true;
  }

  /** What was held for long may be settled all at once. */
  async #writeRest(masks: Mask[], over: boolean): Promise<LaneGo> {
    for (let isDone = false; !isDone; isDone = this.#takes(masks, over)) {
      const breath = this.#pace.breathe();
      if (breath !== undefined) await breath;
    }
    return this.#gone(masks, over);
  }

  #gone(masks: readonly Mask[], over: boolean): LaneGo {
    if (this.#released !== null) {
      this.#kept = this.#kept.slice(this.#settled - this.#keptFrom);
      this.#keptFrom = this.#settled;
    }
    return this.#goes(masks, over);
  }

  #goes(masks: readonly Mask[], over: boolean): LaneGo {
    return { kind: "go", settled: this.#masks?.upTo(this.#settled) ?? this.#settled, masks, over };
  }
}
