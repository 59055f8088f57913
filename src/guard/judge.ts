/**
 * Judges one stage (the prompt or the reply) of one exchange: hands out lanes, applies deadlines, sums up the verdict.
 *
 * The only maker of permits. Once blocked, it makes no more: a caller that goes on is a bug and throws.
 */
import { assert } from "../stdx/assert.ts";
import { isDeadline } from "../stdx/deadline.ts";
import { after, type MaybeAsync } from "../stdx/maybe-async.ts";
import type { Pace } from "../domain/ports.ts";
import type { ExchangeMemory, LanePlace, Restorer, Shape, UnknownCause } from "../domain/detector.ts";
import type { RuleMatches } from "../domain/facts.ts";
import type { ActionKind, Rule } from "../domain/policy.ts";
import { type Stage, type UnjudgedKind, unjudgedKinds } from "../domain/segment.ts";
import type { BlockCause, StageVerdict, Unreadable } from "../domain/verdict.ts";
import type { CheckTimes } from "./check-times.ts";
import { grantPermit, type Permit } from "./cleared.ts";
import { decideUnknown, type Mark } from "../policy/decide.ts";
import type { JoinedTexts } from "./joined.ts";
import { type Asked, Lane, type LaneOf, type LaneStep } from "./lane.ts";
import type { LanePlan, TextCheck } from "./lane-plan.ts";
import { LanePlans } from "./lane-plans.ts";
import type { Mask } from "./masks.ts";
import type { Plan } from "./plan.ts";
import { sliceCodeUnits } from "./strand.ts";
import type { RedactParts } from "./redact.ts";
import { type ExchangeCheck, fitsLocation, type ScopedPlan } from "./scoped-plan.ts";
import { Shapes } from "./shapes.ts";
import { type PlacedFinding, Tally } from "./tally.ts";
import type { MoreText } from "./tier.ts";
import { StageWord } from "./word.ts";

export type JudgeEnd = "complete" | "aborted" | "failed";

/** What the policy lets happen to a body that cannot be read. */
export type Treatment =
  | { readonly kind: "block"; readonly cause: BlockCause }
  | { readonly kind: "pass"; readonly permit: Permit }
  | { readonly kind: "text" };

const isRuled = ({ restores }: Mask): boolean => !restores;

/** Of a prompt, what the rules of that check look at. */
function onlyFor({ rules }: ExchangeCheck, memory: ExchangeMemory): ExchangeMemory {
  const segments = memory.segments.filter(({ location }) => rules.some((rule) => fitsLocation(rule, location)));
  return { ...memory, segments };
}

export class StageJudge {
  readonly stage: Stage;
  readonly #plan: Plan;
  readonly #pace: Pace;
  readonly #tally = new Tally();
  readonly #word: StageWord;
  #scoped: ScopedPlan | null = null;
  readonly #lanePlans: LanePlans;
  #restorer: Restorer | null = null;
  /** The request asked for a reply that is JSON. */
  #wantsJson = false;
  readonly #shapes: Shapes;
  #blocked: BlockCause | null = null;
  #unread: Unreadable | null = null;
  #masked = false;

  constructor(stage: Stage, plan: Plan, pace: Pace, parts: RedactParts) {
    this.stage = stage;
    this.#plan = plan;
    this.#pace = pace;
    this.#word = new StageWord(this.#tally, parts);
    this.#shapes = new Shapes(this.#word);
    this.#lanePlans = new LanePlans(plan.views);
  }

  /** Says what exchange this is: only now is it known which rules apply. To be called before anything is judged. */
  scope(scoped: ScopedPlan): void {
    this.#scoped = scoped;
    this.#word.exceptions = scoped.exceptions;
  }

  /** From here on it is noted how long each detector takes. */
  time(checks: CheckTimes | null): void {
    this.#word.checkTimes = checks;
  }

  /**
   * Opens the detectors that compare a reply with its prompt, or look at all of a prompt together: then `memory` is what was
   * just read. `restorer` finds what is to be put back. No lane may be opened before it is done.
   */
  remember(signal: AbortSignal, memory: ExchangeMemory, restorer: Restorer | null): MaybeAsync<void> {
    this.#restorer = restorer;
    this.#wantsJson = memory.declared.replySchema !== null;
    return this.#openChecks(signal, memory, 0);
  }

  #openChecks(signal: AbortSignal, memory: ExchangeMemory, first: number): MaybeAsync<void> {
    const check = this.#rules.exchange[first];
    if (check === undefined) return;
    const seen = this.stage === "prompt" ? onlyFor(check, memory) : memory;
    return after(check.detector.open(signal, seen, this.#pace, this.stage, memory), (lanes) => {
      if (lanes !== null) this.#lanePlans.add({ ...check, lanes });
      return this.#openChecks(signal, memory, first + 1);
    });
  }

  /** `place`: where the lane's first piece stands. */
  openLane(place: LanePlace, of: LaneOf = {}): Lane {
    return new Lane(place, this.#lanePlan(place), this.#word, this.#pace, of);
  }

  /**
   * For texts that were judged one by one: what reads texts for their words reads them joined too. Models have a look of their own
   * at neighbours.
   */
  openJoined(place: LanePlace, joined: JoinedTexts): Lane {
    return new Lane(place, this.#rules.lane(place.location), this.#word, this.#pace, { joined: joined.all });
  }

  /** All of its text was judged: what detectors kept of it for comparing goes. No lane may be opened after it. */
  forget(): void {
    this.#lanePlans.forget();
  }

  /** True when nothing looks at this stage: bodies still must be readable, but no text is asked about. */
  get idle(): boolean {
    const { shape, textRules } = this.#rules;
    return textRules.length === 0 && shape.length === 0 && this.#restorer === null;
  }

  /** Some rule wants to know of all texts of a prompt before it judges the first. */
  get remembers(): boolean {
    return this.#rules.exchange.length > 0;
  }

  /** Some rule counts tokens, which costs a look at the text. */
  get countsTokens(): boolean {
    return this.#rules.shape.some(({ rules }) =>
      rules.some(({ detect }) => detect.kind === "size" && detect.maxTokens !== null),
    );
  }

  /** Some rule lets nothing go before it has judged all. */
  get holds(): boolean {
    return this.#rules.holds;
  }

  /** Headers that rules which matched by now ask for. */
  get marks(): readonly Mark[] {
    return [...this.#word.marks.values()];
  }

  get #rules() {
    assert(this.#scoped !== null, "a stage is judged when its rules are known");
    return this.#scoped.stages[this.stage];
  }

  #lanePlan(place: LanePlace): LanePlan {
    const own: TextCheck[] = [];
    const restores = this.#restorer?.lane(place) ?? null;
    if (restores !== null) {
      const as = this.#wantsJson && place.location.place === "content" ? "json" : "text";
      const reader = restores.openReader();
      const order = Number.MAX_SAFE_INTEGER;
      own.push({ detector: restores, rules: [], enforcing: true, cost: "scan", order, restores: { as, reader } });
    }
    return this.#lanePlans.of(this.#rules.lane(place.location), place, own);
  }

  /**
   * Adds text to a lane, in slices with breaths between them, so that a long text holds up no other stream. `asked`: the tier
   * that judges it now; the others are to be given the same texts later, cheapest first.
   */
  step(
    signal: AbortSignal,
    lane: Lane,
    added: string,
    ended: boolean,
    written = "",
    asked: Asked = "all",
  ): MaybeAsync<LaneStep> {
    return after(this.#paced(signal, lane, asked, { added, written, ended }), (step) => {
      if (step.kind === "block") return { kind: "block", cause: this.block(step.cause) };
      this.#masked ||= step.masks.some(isRuled);
      return step;
    });
  }

  /** The same by the tier that nothing waits for. A cause is no block before somebody says so, between two steps. */
  stepAside(signal: AbortSignal, lane: Lane, { added, written, ended }: MoreText): MaybeAsync<BlockCause | null> {
    const step = this.#paced(signal, lane, "aside", { added, written, ended });
    return after(step, (done) => (done.kind === "block" ? done.cause : null));
  }

  /** What that tier has not said by now is not waited for: its rules do not know. */
  leaveAside(lane: Lane): BlockCause | null {
    lane.leaveAside();
    return this.#unknown(lane.rules("aside"), "deadline");
  }

  #paced(signal: AbortSignal, lane: Lane, asked: Asked, text: MoreText): MaybeAsync<LaneStep> {
    const breath = this.#pace.breathe();
    if (breath !== undefined) return breath.then(() => this.#slices(signal, lane, asked, text));
    if (text.added.length > sliceCodeUnits || signal.aborted) return this.#slices(signal, lane, asked, text);
    return lane.step(signal, asked, text);
  }

  async #slices(signal: AbortSignal, lane: Lane, asked: Asked, { added, written, ended }: MoreText): Promise<LaneStep> {
    const masks: Mask[] = [];
    for (let from = 0; ; from += sliceCodeUnits) {
      const last = from + sliceCodeUnits >= added.length;
      const slice = { added: added.slice(from, from + sliceCodeUnits), written: from === 0 ? written : "" };
      const breath = this.#pace.breathe();
      if (breath !== undefined) await breath;
      if (signal.aborted) {
        if (!isDeadline(signal)) return { kind: "block", cause: { kind: "overloaded" } }; // the exchange is over: moot
        const cause = this.#unknown(lane.rules(asked), "deadline");
        if (cause !== null) return { kind: "block", cause };
        const skipped = await lane.skip(asked, { ...slice, added: added.slice(from), ended });
        return { ...skipped, masks: [...masks, ...skipped.masks] };
      }
      const step = await lane.step(signal, asked, { ...slice, ended: ended && last });
      if (step.kind === "block") return step;
      for (const mask of step.masks) masks.push(mask); // too many may be settled at once to be arguments
      if (last) return { ...step, masks };
    }
  }

  /** Judges totals. Totals only grow: call it whenever they did. */
  judgeShape(shape: Shape): BlockCause | null {
    const cause = this.#shapes.judge(this.#rules.shape, shape);
    if (cause !== null) this.#blocked ??= cause;
    return cause;
  }

  /** Counts content that nobody reads; a cause to block where the policy refuses its kind. */
  noteUnjudged(counts: Readonly<Partial<Record<UnjudgedKind, number>>>): BlockCause | null {
    this.#tally.unjudged(counts);
    const { refuses } = this.#plan.policy;
    if (refuses.size === 0) return null;
    const what = unjudgedKinds.find((kind) => refuses.has(kind) && (counts[kind] ?? 0) > 0);
    return what === undefined ? null : this.block({ kind: "unjudged", what });
  }

  /** The body is nothing to judge: it passes, and the verdict says that nobody looked. */
  noteNotInspected(): void {
    this.#unread ??= "not-inspected";
  }

  /** Blocks for a reason that is not in the text: size, overload, a broken stream. */
  block(cause: BlockCause): BlockCause {
    this.#blocked ??= cause;
    return this.#blocked;
  }

  /** The policy's word on a body that cannot be read. `text` is offered only where the caller has text to judge. */
  unreadable(why: Unreadable, canBeText: boolean): Treatment {
    const word = this.#plan.policy.onUnreadable;
    if (word === "pass") {
      this.#unread ??= why;
      return { kind: "pass", permit: this.permit() };
    }
    if (word === "text" && canBeText) return { kind: "text" };
    return { kind: "block", cause: this.block({ kind: "unreadable", why }) };
  }

  /** Leave to send what was settled. Throws after a block. */
  permit(): Permit {
    assert(this.#blocked === null, "a blocked stage clears nothing");
    return grantPermit();
  }

  /** What was found so far, where; the first of many. */
  get findings(): readonly PlacedFinding[] {
    return this.#tally.findings;
  }

  /** Which rules matched, once all was judged; `null`: some of it went by unread. */
  get matches(): RuleMatches | null {
    return this.#unread === null ? this.#tally.matches() : null;
  }

  verdict(end: JudgeEnd): StageVerdict {
    const { policy } = this.#plan;
    const hits = this.#tally.hits(policy);
    const shortages = this.#blocked === null ? this.#tally.shortages : [];
    return {
      stage: this.stage,
      kind: this.#kind(end, hits.find((hit) => !hit.shadow)?.action),
      cause: this.#blocked,
      hits,
      coverage: this.#tally.coverage(),
      unread: this.#unread,
      excepted: this.#tally.excepted(policy),
      unknowns: this.#tally.unknowns(policy),
      degraded: shortages.length > 0,
      shortages,
      claims: this.#tally.claims.verdict(policy),
    };
  }

  #kind(end: JudgeEnd, strictestHit: ActionKind | undefined): StageVerdict["kind"] {
    if (this.#blocked !== null) return "block";
    if (end !== "complete") return end;
    if (this.#masked) return "redact";
    if (this.#unread !== null) return "not-inspected";
    return strictestHit === undefined || strictestHit === "allow" ? "allow" : "flag";
  }

  #unknown(rules: readonly Rule[], cause: UnknownCause): BlockCause | null {
    this.#tally.unknown(rules, cause);
    return decideUnknown(rules, cause);
  }
}
