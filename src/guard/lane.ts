/**
 * One text that grows: judged piece by piece, as it stands and in its views, with exactly the result of judging it
 * whole.
 *
 * All offsets given out are absolute: UTF-16 code units from the beginning of the lane. Does not know where the text
 * stands in a body.
 *
 * Invariant: whatever text follows, masks and blocks that begin before `settled` never change.
 */
import type { Finding, UnknownCause } from "../domain/detector.ts";
import type { Rule } from "../domain/policy.ts";
import type { Pace } from "../domain/ports.ts";
import type { Location, Span } from "../domain/segment.ts";
import type { TextView } from "../domain/view.ts";
import type { BlockCause } from "../domain/verdict.ts";
import { decideUnknown } from "../policy/decide.ts";
import type { MaybeAsync } from "../stdx/maybe-async.ts";
import { Excepted } from "./excepted.ts";
import { type Mask, MaskQueue } from "./masks.ts";
import { OpenView, type ViewName } from "./open-view.ts";
import { redaction, restoration } from "./redact.ts";
import { openReleased, type Released } from "./released.ts";
import type { LanePlan, TextCheck, ViewPlan } from "./scoped-plan.ts";
import { Strand, type StrandSink } from "./strand.ts";
import { Told } from "./told.ts";
import type { StageWord } from "./word.ts";

export type LaneGo = { readonly kind: "go"; readonly settled: number; readonly masks: readonly Mask[] };
export type LaneStep = LaneGo | { readonly kind: "block"; readonly cause: BlockCause };

/** Kept behind what is settled, for a view that opens there: what it looks back on. In UTF-16 code units. */
const viewContext = 64;
/** So many findings are written over between two breaths. */
const writtenAtOnce = 256;

export class Lane {
  readonly location: Location;
  readonly #word: StageWord;
  readonly #pace: Pace;
  readonly #plain: Strand;
  readonly #checks: readonly TextCheck[];
  readonly #waiting: ViewPlan[] = [];
  #open: OpenView[] = [];
  readonly #masks = new MaskQueue();
  /** Where something may be put back. */
  readonly #released: Released | null;
  readonly #told = new Told();
  readonly #excepted = new Excepted();
  /** Text before it that some detector could not answer for is counted as present only. */
  #missedUntil = 0;
  /** Views that are still to be opened read like the text up to here. */
  #sameUntil = 0;
  #settled = 0;

  /** `json`: what is shown is JSON with the escapes in its strings decoded; some detectors ask for it as it is written. */
  constructor(location: Location, plan: LanePlan, word: StageWord, pace: Pace, json = false) {
    this.location = location;
    this.#word = word;
    this.#pace = pace;
    const asWritten = json ? plan.plain.filter(({ detector }) => detector.raw === true) : [];
    this.#checks = asWritten.length === 0 ? plan.plain : plan.plain.filter((check) => !asWritten.includes(check));
    this.#plain = new Strand(this.#checks, this.#sink(null, null));
    this.#released = openReleased(plan.plain, (start, end) => this.#plain.slice(start, end));
    if (asWritten.length > 0) this.#openWritten(asWritten);
    for (const view of plan.views) {
      if (view.stays) this.#openView(view, 0);
      else this.#waiting.push(view);
    }
    word.tally.segments += 1;
  }

  /** Text held for judging, in UTF-16 code units. */
  get held(): number {
    return this.#plain.end - this.#settled;
  }

  /** Adds text and judges what that settles. After `ended` nothing may be added. `written`: JSON before decoding. */
  step(signal: AbortSignal, added: string, ended: boolean, written = ""): MaybeAsync<LaneStep> {
    this.#word.tally.characters += added.length;
    this.#add(added, written);
    if (ended) for (const open of this.#open) open.end();
    const judged = this.#plain.judge(signal, ended, this.#pace);
    if (judged instanceof Promise) return judged.then((cause) => this.#judgeViews(signal, ended, cause, 0));
    return this.#judgeViews(signal, ended, judged, 0);
  }

  /** Lets text by unjudged, where the policy is open on not knowing. It counts as present, not as judged. */
  skip(added: string, written = ""): LaneGo {
    this.#word.tally.characters -= this.held;
    this.#add(added, written);
    this.#plain.skip();
    for (const { strand } of this.#open) strand.skip();
    this.#settled = this.#plain.end;
    this.#released?.skips(this.#settled);
    return this.#go(this.#masks.take(this.#settled, this.#released));
  }

  #add(added: string, written: string): void {
    this.#word.tally.present += added.length;
    this.#plain.add(added);
    for (const open of this.#open) open.append(open.name === "written" ? written : added, this.#plain.end);
    if (this.#waiting.length > 0) this.#lookForChanges();
  }

  /** Asks about what views have shown since the last step, from the view at `first` on. At once where checks answer at once. */
  #judgeViews(signal: AbortSignal, ended: boolean, before: BlockCause | null, first: number): MaybeAsync<LaneStep> {
    let cause = before;
    for (let index = first; index < this.#open.length && cause === null; index += 1) {
      const open = this.#open[index] as OpenView;
      const unknown = open.view.takeUnknown();
      if (unknown !== null) cause = this.#unseen(open.checks, unknown);
      if (cause !== null || !open.isFresh) continue;
      open.isFresh = false;
      const judged = open.strand.judge(signal, ended, this.#pace);
      if (judged instanceof Promise) return judged.then((found) => this.#judgeViews(signal, ended, found, index + 1));
      cause = judged;
    }
    return this.#stepped(cause, ended);
  }

  #stepped(cause: BlockCause | null, ended: boolean): MaybeAsync<LaneStep> {
    if (cause !== null) return { kind: "block", cause };
    let settled = this.#plain.settled;
    for (const { view, strand, enforcing } of this.#open) {
      if (enforcing) settled = Math.min(settled, view.rawSettled(strand.settled));
    }
    this.#settled = ended ? this.#plain.end : Math.max(this.#settled, settled);
    const upTo = this.#released?.upTo(this.#settled) ?? this.#settled;
    const masks = this.#masks.take(upTo, this.#released, writtenAtOnce);
    return upTo < this.#settled || this.#masks.waits(upTo) ? this.#writeRest([...masks]) : this.#go(masks);
  }

  /** What was held for long may be settled all at once. */
  async #writeRest(masks: Mask[]): Promise<LaneStep> {
    for (let upTo = 0; upTo < this.#settled || this.#masks.waits(upTo); ) {
      const breath = this.#pace.breathe();
      if (breath !== undefined) await breath;
      upTo = this.#released?.upTo(this.#settled) ?? this.#settled;
      masks.push(...this.#masks.take(upTo, this.#released, writtenAtOnce));
    }
    return this.#go(masks);
  }

  #go(masks: readonly Mask[]): LaneGo {
    this.#trim();
    return { kind: "go", settled: this.#settled, masks };
  }

  /** Opens the views that no longer read like the text. They go on where the text was judged up to now. */
  #lookForChanges(): void {
    const { kept, base, end } = this.#plain;
    for (let index = this.#waiting.length - 1; index >= 0; index -= 1) {
      const plan = this.#waiting[index] as ViewPlan;
      const change = plan.source.firstChange?.(kept, this.#sameUntil - base) ?? 0;
      if (change === -1) continue;
      this.#waiting.splice(index, 1);
      this.#openView(plan, base);
    }
    this.#sameUntil = end;
  }

  #openView(plan: ViewPlan, base: number): void {
    const { source, checks } = plan;
    const view = source.open(base);
    const done = checks.map((check) => this.#plain.done[this.#checks.indexOf(check)] ?? base);
    const lazy = !plan.stays;
    const sink = this.#sink(view, source.kind);
    const open = new OpenView({
      name: source.kind,
      view,
      checks,
      sink,
      base,
      done: base === 0 && !lazy ? [] : done,
      plan: lazy ? plan : null,
    });
    open.append(this.#plain.kept, this.#plain.end);
    this.#open.push(open);
    this.#told.opens(source.kind);
  }

  /** What is found in JSON as it is written stands for all of the lane: the two texts have different offsets. */
  #openWritten(checks: readonly TextCheck[]): void {
    let writtenEnd = 0;
    const all = (): Span => ({ start: 0, end: this.#plain.end });
    const view: TextView = {
      append(added) {
        writtenEnd += added.length;
        return added;
      },
      end: () => "",
      rawSpan: all,
      rawSettled: (offset) => (offset < writtenEnd ? 0 : all().end),
      forget: () => undefined,
      takeUnknown: () => null,
    };
    const sink = this.#sink(view, "written");
    this.#open.push(new OpenView({ name: "written", view, checks, sink, base: 0, done: [], plan: null }));
  }

  #sink(view: TextView | null, name: ViewName | null): StrandSink {
    return {
      asked: () => {
        this.#word.tally.windows += 1;
      },
      keeps: (units) => this.#word.keeps(units),
      found: (check, finding) =>
        this.#found(
          check,
          view === null || finding.span === null ? finding : { ...finding, span: view.rawSpan(finding.span) },
          name,
        ),
      missed: (check, cause, from, to) =>
        view === null
          ? this.#missed(check, cause, from, to)
          : this.#missed(check, cause, view.rawSettled(from), view.rawSettled(to)),
    };
  }

  #missed(check: TextCheck, cause: UnknownCause, from: number, to: number): BlockCause | null {
    this.#word.tally.characters -= Math.max(0, to - Math.max(from, this.#missedUntil));
    this.#missedUntil = Math.max(this.#missedUntil, to);
    this.#word.tally.unknown(check.rules, cause);
    return decideUnknown(check.rules, cause);
  }

  /** Something in the text could not be made plain: nobody knows what the checks would have found there. */
  #unseen(checks: readonly TextCheck[], unknown: UnknownCause): BlockCause | null {
    const rules = checks.flatMap((check) => check.rules);
    this.#word.tally.unknown(rules, unknown);
    return decideUnknown(rules, unknown);
  }

  #found(check: TextCheck, finding: Finding, view: ViewName | null): BlockCause | null {
    const { span } = finding;
    if (check.restores !== undefined) {
      if (span !== null && this.#released !== null)
        this.#masks.add(restoration(span, this.#textAt(span), check.restores.as, this.#released, this.#word.ledger));
      return null;
    }
    const rules = this.#rulesFor(check, finding);
    if (rules.length === 0) return null;
    const isNews = this.#isNews(rules, finding, view ?? "text");
    const act = this.#word.act(rules);
    if (act === null || act.action.kind === "allow" || act.action.kind === "flag" || act.action.kind === "route")
      return null;
    // What is known already may be surer here, and then says what is written.
    if (act.action.kind !== "block") this.#mask(act.action, finding, check.order);
    else if (isNews) return { kind: "rule", rule: act.id, block: act.action };
    return null;
  }

  /** Counts a finding; false where each of the rules knows of it, from the text itself or another view. */
  #isNews(rules: readonly Rule[], finding: Finding, teller: ViewName | "text"): boolean {
    const { tally } = this.#word;
    const { category, span } = finding;
    if (span === null) {
      tally.found(rules, finding, this.location);
      return true;
    }
    tally.surer(rules, finding.score);
    const counting = this.#told.counting(rules, category, span, teller);
    if (this.#waiting.length + this.#open.length > 0) {
      const unaware = this.#told.unaware(rules, category, span);
      if (unaware.length === 0) return false;
      const counted = counting.filter((rule) => unaware.includes(rule));
      if (counted.length > 0) tally.found(counted, finding, this.location);
    } else if (counting.length > 0) tally.found(counting, finding, this.location);
    return true;
  }

  /** An exception for a text is one for all that is found inside it: one address matches at each of its letters. */
  #rulesFor(check: TextCheck, finding: Finding): readonly Rule[] {
    const { span, category } = finding;
    const { rules, excepted, by } = this.#word.rulesFor(check.rules, finding, this.location, () => this.#textAt(span));
    for (const exception of by)
      if (span === null || this.#told.excepts(exception, category, span)) this.#word.tally.except(exception);
    if (span === null) return rules;
    const left = this.#excepted.left(check.order, category, rules, span);
    if (excepted.length > 0) this.#excepted.add(check.order, category, excepted, span);
    return left;
  }

  #mask(action: Parameters<typeof redaction>[0], finding: Finding, order: number): void {
    const { span } = finding;
    if (span !== null) this.#masks.add(redaction(action, finding, { ...span }, this.#textAt(span), order, this.#word));
  }

  #textAt(span: Span | null): string {
    return span === null ? "" : this.#plain.slice(span.start, span.end);
  }

  #trim(): void {
    let keep = this.#plain.needed;
    let closes = false;
    for (const open of this.#open) {
      const { view, strand } = open;
      const needed = strand.needed;
      keep = Math.min(keep, view.rawSettled(Math.max(needed, strand.base)) - viewContext);
      closes ||= open.readsLikeText(viewContext);
      strand.trim(needed);
      view.forget(strand.base);
    }
    if (closes) this.#close();
    if (this.#waiting.length > 0) keep = Math.min(keep, this.#plain.end - viewContext);
    this.#plain.trim(keep);
    this.#told.forget(this.#plain.base);
    this.#excepted.forget(this.#plain.base);
  }

  /** Views that read like the text again have nothing of their own to say until it next changes for them. */
  #close(): void {
    this.#open = this.#open.filter((open) => {
      if (open.plan === null || !open.readsLikeText(viewContext)) return true;
      this.#waiting.push(open.plan);
      return false;
    });
    this.#sameUntil = this.#plain.end;
  }
}
