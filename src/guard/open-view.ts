/**
 * A view of a lane that is open, with the strand that judges it. Knows when it has shown something new, and when it
 * has come to read like the text again, so that nothing is judged twice for nothing.
 */
import type { TextView, ViewKind } from "../domain/view.ts";
import type { TextCheck, ViewPlan } from "./lane-plan.ts";
import { Strand, type StrandSink } from "./strand.ts";

/** What names a view in what is counted of its findings. `written`: it reads the lane's JSON before its escapes were decoded. */
export type ViewName = ViewKind | "written";

export type OpenViewParts = {
  readonly name: ViewName;
  readonly view: TextView;
  readonly checks: readonly TextCheck[];
  readonly sink: StrandSink;
  readonly base: number;
  readonly done: readonly number[];
  /** To wait for again once it reads like the text; `null`: it stays open. */
  readonly plan: ViewPlan | null;
};

export class OpenView {
  readonly name: ViewName;
  readonly view: TextView;
  readonly strand: Strand;
  readonly checks: readonly TextCheck[];
  readonly plan: ViewPlan | null;
  /** Some check would change or stop the text. */
  readonly enforcing: boolean;
  /** There is something that the checks have not been asked about. */
  isFresh = false;
  /** Text, and what was shown, since the view last had nothing left to give out. */
  #owed = "";
  #shown = "";
  /** How much of the text, to its end, the view has given out as it stands, in UTF-16 code units. All before it opened. */
  #same = Number.POSITIVE_INFINITY;
  readonly #base: number;
  /** Of the text, when the view last had nothing left to give out. */
  #end: number;

  constructor({ name, view, checks, sink, base, done, plan }: OpenViewParts) {
    this.name = name;
    this.view = view;
    this.checks = checks;
    this.plan = plan;
    this.#base = base;
    this.#end = base;
    this.enforcing = checks.some(({ enforcing }) => enforcing);
    this.strand = new Strand(checks, sink, base, done);
  }

  /** `end`: where the text ends then. */
  append(added: string, end: number): void {
    const shown = this.view.append(added);
    if (shown.length > 0) {
      this.strand.add(shown);
      this.isFresh = true;
    }
    if (this.plan === null) return;
    this.#owed += added;
    this.#shown += shown;
    if (this.view.rawSettled(this.strand.end) !== end) return;
    this.#same = this.#owed === this.#shown ? this.#same + this.#owed.length : 0;
    this.#owed = "";
    this.#shown = "";
    this.#end = end;
  }

  end(): void {
    this.strand.add(this.view.end());
    this.isFresh = true;
  }

  /** Where it began to read like the text as it does now, in the text's offsets. */
  get sameFrom(): number {
    return Math.max(this.#base, this.#end - this.#same);
  }

  /** All that its checks may still look at, and so much besides, reads like the text. */
  readsLikeText(besides: number): boolean {
    if (this.plan === null || this.#owed !== "") return false;
    return this.#same >= this.strand.end - this.strand.needed + besides;
  }
}
