/**
 * Joins any number of matchers into one text detector. Findings are anchored at every start, so each is local.
 * Invariant: detecting [0, n) at once or piece by piece at offsets that `settled` gave yields the same findings.
 *
 * Matchers are tried only where they may match: by the literals that they begin with, else by the units that they can begin
 * with, and those with a context only behind its words.
 */
import type { Detection, Finding, Reach, TextDetector, Window } from "../../domain/detector.ts";
import { certain } from "../../domain/score.ts";
import { assert } from "../../stdx/assert.ts";
import { type Asked, askedContexts, contextUnits, contextWords, Stretches } from "./contexts.ts";
import { createLiteralIndex, type LiteralIndex } from "./literal-index.ts";
import { type Matcher, mostContextUnits, type Starts } from "./matcher.ts";
import { createUnitIndex, type UnitIndex, type UnitSets } from "./unit-index.ts";

export type { Matcher, Starts } from "./matcher.ts";

/** `matchers` is not empty. */
export function createPatternDetector(id: string, matchers: readonly Matcher[]): TextDetector {
  assert(matchers.length > 0, "a detector looks for something");
  const search = new Search(matchers);
  return {
    kind: "text",
    id,
    categories: [...new Set(matchers.map(({ category }) => category))],
    reach: search.reach,
    settled: (text, from) => search.settled(text, from),
    detect(_signal, window): Detection {
      const found = search.detect(window);
      if (found.length > 1) return { kind: "scored", findings: inOrder(found) };
      return { kind: "scored", findings: found.map(({ finding }) => finding) };
    },
  };
}

type Found = { readonly finding: Finding; readonly start: number; readonly end: number; readonly weak: boolean };

type Indexes = {
  readonly literals: LiteralIndex;
  /** Of the matchers that neither begin with a literal nor ask for a context. */
  readonly units: UnitIndex;
};

class Search {
  readonly reach: Reach;
  readonly #matchers: readonly Matcher[];
  /** Those that know their own starts. */
  readonly #knowing: readonly { readonly matcher: Matcher; readonly startsOf: () => Starts }[];
  readonly #asked: readonly Asked[];
  /** The furthest that a context looks to the left. */
  readonly #contextUnits: number;
  /** Of all matchers. */
  readonly #all: Indexes;
  /** Of those that do not know their own starts. */
  readonly #indexed: Indexes;
  /** By context; made when first one of its words is met. */
  readonly #ofContext: (UnitIndex | undefined)[] = [];
  readonly #sets: UnitSets = new Map();

  constructor(matchers: readonly Matcher[]) {
    assert(!matchers.some(({ context, starts }) => context && starts), "a context tells the starts");
    this.#matchers = matchers;
    this.#knowing = matchers.flatMap((matcher) => (matcher.starts ? [{ matcher, startsOf: matcher.starts }] : []));
    this.#asked = askedContexts(matchers);
    this.#contextUnits = Math.max(0, ...this.#asked.map(({ context }) => contextUnits(context)));
    this.reach = {
      longestSpan: Math.max(...matchers.map(({ pattern }) => pattern.reach.longestSpan)),
      leftContext: Math.max(this.#contextUnits, ...matchers.map(leftOf)),
      rightContext: Math.max(...matchers.map(({ pattern }) => pattern.reach.rightContext)),
    };
    this.#all = this.#indexes(() => true);
    this.#indexed = this.#knowing.length === 0 ? this.#all : this.#indexes(({ starts }) => starts === undefined);
  }

  #indexes(isIn: (matcher: Matcher) => boolean): Indexes {
    const all = this.#matchers;
    const free = [...all.entries()].filter(([, matcher]) => matcher.context === undefined && isIn(matcher));
    const beginnings = free.flatMap(([number, { pattern }]) =>
      (pattern.beginnings ?? []).map((text) => ({ text, number })),
    );
    const others = free.filter(([, { pattern }]) => pattern.beginnings === null).map(([number]) => number);
    return {
      literals: createLiteralIndex([...beginnings, ...contextWords(this.#asked, all.length)]),
      units: this.#unitIndex(others),
    };
  }

  #unitIndex(numbers: readonly number[]): UnitIndex {
    return createUnitIndex(
      numbers.map((number) => {
        const { leading, flags } = (this.#matchers[number] as Matcher).pattern;
        return { units: leading, flags, number };
      }),
      this.#sets,
    );
  }

  #unitsOfContext(context: number): UnitIndex {
    return (this.#ofContext[context] ??= this.#unitIndex((this.#asked[context] as Asked).matchers));
  }

  settled(text: string, from: number): number {
    const start = Math.max(from, text.length - this.reach.longestSpan);
    const window = { text, from: start, to: text.length };
    return this.#candidates(this.#all, window, true, (number, at) =>
      (this.#matchers[number] as Matcher).pattern.isOpenAt(text, at),
    );
  }

  detect({ text, from, to }: Window): Found[] {
    const found: Found[] = [];
    this.#candidates(this.#indexed, { text, from, to }, false, (number, at) => {
      add(this.#matchers[number] as Matcher, text, at, found);
      return false;
    });
    for (const { matcher, startsOf } of this.#knowing) {
      const starts = startsOf();
      for (let at = starts(text, from); at >= 0 && at < to; at = starts(text, at + 1)) add(matcher, text, at, found);
    }
    return found;
  }

  /** Visits what may match in [from, to); gives the least offset at which `visit` said true, or `to`. */
  #candidates(
    { literals, units }: Indexes,
    { text, from, to }: Omit<Window, "ended">,
    open: boolean,
    visit: (number: number, at: number) => boolean,
  ): number {
    const stretches = new Stretches(this.#asked);
    const wordsFrom = Math.max(0, from - this.#contextUnits);
    const contexts = this.#matchers.length;
    let end = literals.walk(text, wordsFrom, to, open, (number, at, length) => {
      if (number < contexts) return at >= from && visit(number, at);
      stretches.add(number - contexts, text, at, length);
      return false;
    });
    end = units.walk(text, from, end, open, visit);
    for (const stretch of stretches.within(from, end)) {
      if (stretch.from >= end) continue;
      const stop = Math.min(stretch.to, end);
      const ended = this.#unitsOfContext(stretch.context).walk(text, stretch.from, stop, open, visit);
      if (ended < stop) end = ended;
    }
    return end;
  }
}

function leftOf({ pattern, leftUnits = 0 }: Matcher): number {
  assert(leftUnits <= mostContextUnits, "what is seen of the left has a bound");
  return Math.max(pattern.reach.leftContext, leftUnits);
}

function add(matcher: Matcher, text: string, start: number, found: Found[]): void {
  const { category, accept, leftUnits = 0, score = certain, weak = false } = matcher;
  const matched = matcher.pattern.matchAt(text, start);
  if (matched === null) return;
  const left = leftUnits === 0 ? "" : text.slice(Math.max(0, start - leftUnits), start);
  const length = accept === undefined ? matched.length : accept(matched, left);
  if (length <= 0) return;
  const end = start + length;
  found.push({ finding: { category, score, span: { start, end } }, start, end, weak });
}

/** By start, then longest first, then surest; of one category only the first of these at a start. */
function inOrder(found: Found[]): Finding[] {
  found.sort(
    (a, b) =>
      a.start - b.start ||
      b.end - a.end ||
      Number(a.weak) - Number(b.weak) ||
      b.finding.score - a.finding.score ||
      (a.finding.category < b.finding.category ? -1 : a.finding.category > b.finding.category ? 1 : 0),
  );
  const kept: Finding[] = [];
  let group = 0;
  let last = -1;
  for (const { finding, start, weak } of found) {
    if (start !== last) group = kept.length;
    last = start;
    const covered = weak && kept.length > group;
    if (covered || kept.slice(group).some(({ category }) => category === finding.category)) continue;
    kept.push(finding);
  }
  return kept;
}
