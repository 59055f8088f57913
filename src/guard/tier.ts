/**
 * The checks of a lane that cost alike, with what they read: the text as it stands, and its views. Judges piece by piece with
 * exactly the result of judging the text whole.
 *
 * Knows neither the other tiers nor what is released; what it finds to mask goes into the lane's queue.
 *
 * Invariant: whatever text follows, what was found before `settled` never changes.
 */
import type { UnknownCause } from "../domain/detector.ts";
import type { Pace } from "../domain/ports.ts";
import type { Span } from "../domain/segment.ts";
import type { BlockCause } from "../domain/verdict.ts";
import type { TextView } from "../domain/view.ts";
import { decideUnknown } from "../policy/decide.ts";
import { after, type MaybeAsync } from "../stdx/maybe-async.ts";
import { Hearing, type HearingParts } from "./hearing.ts";
import type { TextCheck, TierChecks, ViewPlan } from "./lane-plan.ts";
import { OpenView, type ViewName } from "./open-view.ts";
import { Strand, type StrandSink } from "./strand.ts";

/** More of a text. `written`: JSON before its escapes were decoded. `ended`: nothing will follow. */
export type MoreText = { readonly added: string; readonly written: string; readonly ended: boolean };

/** What the tiers of a lane share. */
export type TierParts = HearingParts & {
  readonly pace: Pace;
  /** Nobody knows what that part of the text holds. Places are the lane's. */
  readonly missed: (from: number, to: number) => void;
};

/** Kept behind what is settled, for a view that opens there: what it looks back on. In UTF-16 code units. */
const viewContext = 64;

/** A view that is not open. `sameFrom`: it reads like the text from there on; before, its offsets are others than the text's. */
type Waiting = { readonly plan: ViewPlan; readonly sameFrom: number };

export class Tier {
  readonly #parts: TierParts;
  readonly #plain: Strand;
  readonly #checks: readonly TextCheck[];
  readonly #waiting: Waiting[] = [];
  #open: OpenView[] = [];
  readonly #hearing: Hearing;
  /** Views that are still to be opened read like the text up to here. */
  #sameUntil = 0;
  #settled = 0;
  #isOver = false;
  #isLeft = false;

  constructor({ plain, views }: TierChecks, parts: TierParts) {
    this.#parts = parts;
    this.#hearing = new Hearing(parts, {
      textAt: ({ start, end }) => this.#plain.slice(start, end),
      hasViews: () => this.#waiting.length + this.#open.length > 0,
    });
    const asWritten = parts.json ? plain.filter(({ detector }) => detector.raw === true) : [];
    this.#checks = asWritten.length === 0 ? plain : plain.filter((check) => !asWritten.includes(check));
    this.#plain = new Strand(this.#checks, this.#sink(null, null));
    if (asWritten.length > 0) this.#openWritten(asWritten);
    for (const view of views) {
      if (view.stays) this.#openView(view, 0);
      else this.#waiting.push({ plan: view, sameFrom: 0 });
    }
  }

  /** Before it nothing changes any more, as far as checks that hold text back are concerned. */
  get settled(): number {
    return this.#settled;
  }

  /** All of the text was judged, or let by. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Text before it is not kept. */
  get base(): number {
    return this.#plain.base;
  }

  /** Adds text and judges what that settles. */
  step(signal: AbortSignal, text: MoreText): MaybeAsync<BlockCause | null> {
    this.#add(text);
    if (text.ended) for (const open of this.#open) open.end();
    return after(this.#plain.judge(signal, text.ended, this.#parts.pace), (cause) =>
      this.#judgeViews(signal, text.ended, cause, 0),
    );
  }

  /** Lets text by unjudged. */
  skip(text: MoreText): void {
    this.#add(text);
    this.#plain.skip();
    for (const { strand } of this.#open) strand.skip();
    this.#parts.missed(this.#settled, this.#plain.end);
    this.#settled = this.#plain.end;
    this.#isOver ||= text.ended;
    this.#trim();
  }

  /** Its word is not waited for any longer: what it still finds is not heard. `end`: of the text. */
  leave(end: number): void {
    this.#isLeft = true;
    this.#isOver = true;
    this.#parts.missed(this.#settled, end);
  }

  #add({ added, written }: MoreText): void {
    this.#plain.add(added);
    for (const open of this.#open) open.append(open.name === "written" ? written : added, this.#plain.end);
    if (this.#waiting.length > 0) this.#lookForChanges();
  }

  /** Asks about what views have shown since the last step, from the view at `first` on. At once where checks answer at once. */
  #judgeViews(
    signal: AbortSignal,
    ended: boolean,
    before: BlockCause | null,
    first: number,
  ): MaybeAsync<BlockCause | null> {
    let cause = before;
    for (let index = first; index < this.#open.length && cause === null; index += 1) {
      const open = this.#open[index] as OpenView;
      const unknown = open.view.takeUnknown();
      if (unknown !== null) cause = this.#unseen(open.checks, unknown);
      if (cause !== null || !open.isFresh) continue;
      open.isFresh = false;
      const judged = open.strand.judge(signal, ended, this.#parts.pace);
      if (judged instanceof Promise) return judged.then((found) => this.#judgeViews(signal, ended, found, index + 1));
      cause = judged;
    }
    if (cause === null) this.#stepped(ended);
    return cause;
  }

  #stepped(ended: boolean): void {
    let settled = this.#plain.settled;
    for (const { view, strand, enforcing } of this.#open) {
      if (enforcing) settled = Math.min(settled, view.rawSettled(strand.settled));
    }
    this.#settled = ended ? this.#plain.end : Math.max(this.#settled, settled);
    this.#isOver ||= ended;
    this.#trim();
  }

  /** Opens the views that no longer read like the text. They go on where the text was judged up to now. */
  #lookForChanges(): void {
    const { kept, base, end } = this.#plain;
    for (let index = this.#waiting.length - 1; index >= 0; index -= 1) {
      const { plan, sameFrom } = this.#waiting[index] as Waiting;
      const change = plan.source.firstChange?.(kept, this.#sameUntil - base) ?? 0;
      if (change === -1) continue;
      this.#waiting.splice(index, 1);
      this.#openView(plan, Math.max(base, sameFrom));
    }
    this.#sameUntil = end;
  }

  #openView(plan: ViewPlan, base: number): void {
    const { source, checks } = plan;
    const view = source.open(base);
    // What lies before `base` was settled when the view was last open, however far the text itself is.
    const done = checks.map((check) => Math.max(base, this.#plain.done[this.#checks.indexOf(check)] ?? base));
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
    open.append(this.#plain.slice(base, this.#plain.end), this.#plain.end);
    this.#open.push(open);
    this.#hearing.opens(source.kind);
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
    const { word } = this.#parts;
    return {
      asked: () => {
        word.tally.windows += 1;
        return word.checkTimes?.nowMs() ?? null;
      },
      answered: (check, askedMs) => word.checkTimes?.answered(check, askedMs),
      keeps: (units) => word.keeps(units),
      claims: ({ rules }, claim) => {
        if (!this.#isLeft) word.tally.claims.add(rules, claim);
      },
      found: (check, finding) =>
        this.#isLeft
          ? null
          : this.#hearing.found(
              check,
              view === null || finding.span === null ? finding : { ...finding, span: view.rawSpan(finding.span) },
              name ?? "text",
            ),
      missed: (check, cause, from, to) =>
        view === null
          ? this.#missed(check, cause, from, to)
          : this.#missed(check, cause, view.rawSettled(from), view.rawSettled(to)),
    };
  }

  #missed(check: TextCheck, cause: UnknownCause, from: number, to: number): BlockCause | null {
    if (this.#isLeft) return null;
    this.#parts.missed(from, to);
    return this.#unseen([check], cause);
  }

  /** Nobody knows what the checks would have found there. */
  #unseen(checks: readonly TextCheck[], unknown: UnknownCause): BlockCause | null {
    const rules = checks.flatMap((check) => check.rules);
    this.#parts.word.tally.unknown(rules, unknown);
    return decideUnknown(rules, unknown);
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
    this.#hearing.forget(this.#plain.base);
  }

  /** Views that read like the text again have nothing of their own to say until it next changes for them. */
  #close(): void {
    this.#open = this.#open.filter((open) => {
      if (open.plan === null || !open.readsLikeText(viewContext)) return true;
      this.#waiting.push({ plan: open.plan, sameFrom: open.sameFrom });
      return false;
    });
    this.#sameUntil = this.#plain.end;
  }
}
