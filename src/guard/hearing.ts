/**
 * What becomes of what a tier finds: counted once, taken out by an exception, masked, or a block. Bounded by what is kept of
 * the text; holds none of it.
 */
import type { Finding } from "../domain/detector.ts";
import type { Rule } from "../domain/policy.ts";
import type { Location, Span } from "../domain/segment.ts";
import type { BlockCause } from "../domain/verdict.ts";
import { Excepted } from "./excepted.ts";
import type { JoinedLane } from "./joined.ts";
import type { TextCheck } from "./lane-plan.ts";
import type { MaskQueue } from "./masks.ts";
import type { ViewName } from "./open-view.ts";
import { restoration, writeFor } from "./redact.ts";
import type { Released } from "./released.ts";
import { enforces } from "./scoped-plan.ts";
import { type Teller as AnyTeller, Told } from "./told.ts";
import type { StageWord } from "./word.ts";

export type HearingParts = {
  readonly location: Location;
  readonly word: StageWord;
  readonly masks: () => MaskQueue;
  /** What is shown is JSON with the escapes in its strings decoded; some detectors ask for it as it is written. */
  readonly json: boolean;
  /** Where something may be put back. */
  readonly released: Released | null;
  /** What exceptions took out, whichever tier found it. */
  readonly taken: () => Told;
  /** The text is one of several that are also judged joined, or is these. */
  readonly joined: JoinedLane | null;
};

/** Of what the tier reads. */
type Read = { readonly textAt: (span: Span) => string; readonly hasViews: () => boolean };
type Teller = ViewName | "text";

export class Hearing {
  readonly #parts: HearingParts;
  readonly #text: Read;
  /** Both where something was found: most texts have nothing. */
  #told: Told | null = null;
  #excepted: Excepted | null = null;

  constructor(parts: HearingParts, text: Read) {
    this.#parts = parts;
    this.#text = text;
  }

  /** A view opens: what it would have told by now is what the text has told. */
  opens(view: ViewName): void {
    this.#told?.opens(this.#named(view), this.#named("text"));
  }

  /** Nothing that begins before that offset is told again. */
  forget(before: number): void {
    if (this.#parts.joined === null) this.#told?.forget(before);
    this.#excepted?.forget(before);
  }

  /** A cause stops everything. Places are the lane's. `teller`: where it was read. */
  found(check: TextCheck, finding: Finding, teller: Teller): BlockCause | null {
    const { span } = finding;
    const { released, masks, word } = this.#parts;
    if (check.restores !== undefined) {
      if (span !== null && released !== null)
        masks().add(restoration(span, this.#textAt(span), check.restores.as, released, word.ledger));
      return null;
    }
    const rules = this.#rulesFor(check, finding);
    if (rules.length === 0) return null;
    const isNews = this.#isNews(rules, finding, teller);
    const act = word.act(rules);
    if (act === null || !enforces(act)) return null;
    // What is known already may be surer here, and then says what is written.
    if (act.action.kind !== "block") this.#write(act, finding, check.order);
    else if (isNews) return { kind: "rule", rule: act.id, block: act.action };
    return null;
  }

  /** Counts a finding; false where each of the rules knows of it, from the text itself or another view. */
  #isNews(rules: readonly Rule[], finding: Finding, teller: Teller): boolean {
    const { word, location, joined } = this.#parts;
    const { tally } = word;
    const { category, span } = finding;
    if (span === null) {
      tally.found(rules, finding, location);
      return true;
    }
    tally.surer(rules, finding);
    this.#told ??= joined?.of.told ?? new Told();
    const told = this.#inAll(span);
    const counting = this.#told.counting(rules, category, told, this.#named(teller));
    if (joined !== null || this.#text.hasViews()) {
      const unaware = this.#told.unaware(rules, category, told);
      if (unaware.length === 0) return false;
      const counted = counting.filter((rule) => unaware.includes(rule));
      if (counted.length > 0) this.#counts(counted, finding, span);
    } else if (counting.length > 0) tally.found(counting, finding, location);
    return true;
  }

  /** What joined texts show is told of the one in which it begins. */
  #counts(rules: readonly Rule[], finding: Finding, span: Span): void {
    const { word, location, joined } = this.#parts;
    const place = joined?.reads === "all" ? joined.of.placeOf(span) : null;
    if (place === null) word.tally.found(rules, finding, location);
    else word.tally.found(rules, { ...finding, span: place.span }, place.location);
  }

  /** Of joined texts, in all of them. */
  #inAll({ start, end }: Span): Span {
    const base = this.#parts.joined?.base ?? 0;
    return { start: start + base, end: end + base };
  }

  #named(teller: Teller): AnyTeller {
    return this.#parts.joined?.reads === "all" ? `joined ${teller}` : teller;
  }

  /** An exception for a text is one for all that is found inside it: one address matches at each of its letters. */
  #rulesFor(check: TextCheck, finding: Finding): readonly Rule[] {
    const { word, location, taken } = this.#parts;
    const { span, category } = finding;
    const { rules, excepted, by } = word.rulesFor(check.rules, finding, location, () => this.#textAt(span));
    for (const exception of by)
      if (span === null || taken().excepts(exception, category, this.#inAll(span))) word.tally.except(exception);
    if (span === null) return rules;
    const left = this.#excepted?.left(check.order, category, rules, span) ?? rules;
    if (excepted.length > 0) {
      this.#excepted ??= new Excepted();
      this.#excepted.add(check.order, category, excepted, span);
    }
    return left;
  }

  #write(act: Rule, finding: Finding, check: number): void {
    const { span } = finding;
    const { location, json, masks, word } = this.#parts;
    const foundIn = { place: location.place, isJson: json, check };
    if (span !== null) writeFor(act, { ...finding, span }, this.#textAt(span), foundIn, masks(), word);
  }

  #textAt(span: Span | null): string {
    return span === null ? "" : this.#text.textAt(span);
  }
}
