/**
 * Finds written forms in text: one walk of the automaton from each place where a form may begin, then boundaries, proof and
 * the words before. Owns what may stand next to a number; the kinds' tables are elsewhere.
 *
 * Invariant: local. A finding depends on `leftContext` units before it, its span, and two units behind it.
 */
import type { Category, Detection, Finding, TextDetector } from "../../../domain/detector.ts";
import type { Score } from "../../../domain/score.ts";
import { asPlain, compact, plain } from "./alike.ts";
import { type Automaton, compileAutomaton, dead, start, unknown } from "./automaton.ts";
import { type Casing, formExpression, type IdKind, type Proof, scores } from "./form.ts";
import { createWordReader, leftContext, type WordReader, wordReachUnits } from "./words.ts";

/** Behind a number: a joint, and what it joins. */
const rightContext = 2;
const notAfterUnits = 24;
const begins = 1;
const ofWord = 2;

/** As a word reader tells it. */
type Nearness = Uint8Array | null;

type Form = {
  readonly kind: IdKind;
  readonly category: Category;
  readonly list: number;
  readonly alone: boolean;
  readonly casing: Casing;
};

type Scanner = {
  readonly automaton: Automaton;
  readonly forms: readonly Form[];
  readonly words: WordReader;
  /** By code unit: `begins` where a form may begin with it, `ofWord` where it is of a word or number. */
  readonly units: Uint8Array;
};

/** `kinds` is not empty, each kind once. */
export function createFormDetector(id: string, kinds: readonly IdKind[]): TextDetector {
  const scanner = createScanner(kinds);
  const reach = { longestSpan: scanner.automaton.longest, leftContext, rightContext };
  return {
    kind: "text",
    id,
    categories: kinds.map(({ kind }) => categoryOf(kind)),
    reach,
    settled(text, from) {
      const first = Math.max(from, text.length - scanner.automaton.longest - rightContext);
      for (let at = first; at < text.length; at++) {
        if (((scanner.units[text.charCodeAt(at)] as number) & begins) === 0) continue;
        if (mayBegin(text, at) && isOpen(scanner, text, at)) return at;
      }
      return text.length;
    },
    detect(_signal, { text, from, to }): Detection {
      const findings: Finding[] = [];
      const { units } = scanner;
      let before = from === 0 ? 0 : (units[text.charCodeAt(from - 1)] as number);
      for (let at = from; at < to; at++) {
        const unit = units[text.charCodeAt(at)] as number;
        if ((unit & begins) !== 0 && (before & ofWord) === 0 && !isBehindJoint(text, at))
          findAt(scanner, text, at, findings);
        before = unit;
      }
      return { kind: "scored", findings };
    },
  };
}

function createScanner(kinds: readonly IdKind[]): Scanner {
  const forms: Form[] = [];
  const expressions: RegExp[] = [];
  // Those that need no word stand first: a walk tells its forms in order.
  for (const alone of [true, false]) {
    for (const [list, kind] of kinds.entries()) {
      for (const form of (alone ? kind.alone : kind.near) ?? []) {
        const { expression, casing } = formExpression(form, kind.casing);
        forms.push({ kind, category: categoryOf(kind.kind), list, alone, casing });
        expressions.push(expression);
      }
    }
  }
  const automaton = compileAutomaton(expressions);
  const words = createWordReader(kinds.map(({ words }) => words));
  return { automaton, forms, words, units: unitTable(automaton) };
}

function unitTable(automaton: Automaton): Uint8Array {
  const beginning = Array.from({ length: automaton.classes }, (_, number) => automaton.step(start, number) !== dead);
  return Uint8Array.from(
    automaton.classOf,
    (number, unit) => (beginning[number] === true ? begins : 0) | (isOfWord(unit) ? ofWord : 0),
  );
}

/** Not within a word or number, nor behind the joint of a longer number (`2024-11-|21`, `3.|14`). */
const mayBegin = (text: string, at: number): boolean =>
  at === 0 || (!isOfWord(text.charCodeAt(at - 1)) && !isBehindJoint(text, at));

function isBehindJoint(text: string, at: number): boolean {
  return at > 1 && isJoint(text.charCodeAt(at - 1)) && isDigit(text.charCodeAt(at - 2)) && isDigit(text.charCodeAt(at));
}

function findAt(scanner: Scanner, text: string, at: number, findings: Finding[]): void {
  const ends = endsAt(scanner.automaton, text, at);
  if (ends === null) return;
  const first = findings.length;
  let near: Nearness | undefined;
  for (let index = ends.length - 2; index >= 0; index -= 2) {
    const end = ends[index] as number;
    if (goesOn(text, end)) continue;
    const match: Match = { text, at, end, written: null, id: "" };
    for (const number of scanner.automaton.accepted(ends[index + 1] as number)) {
      const form = scanner.forms[number] as Form;
      // Most numbers in a text have no word: that is asked first, where it is needed.
      if (!form.alone) {
        if (near === undefined) near = scanner.words.distances(text, at);
        if (!isWithin(form, near)) continue;
      }
      if (isFound(findings, first, form.category)) continue;
      const proof = prove(form.kind, match);
      if (proof === "no") continue;
      if (near === undefined) near = scanner.words.distances(text, at);
      const score = isWithin(form, near) ? scoreNear(form, proof) : scoreAlone(form, proof, match);
      if (score !== null) findings.push({ category: form.category, score, span: { start: at, end } });
    }
  }
}

function isFound(findings: readonly Finding[], from: number, category: Category): boolean {
  for (let at = from; at < findings.length; at++) if (findings[at]?.category === category) return true;
  return false;
}

/** `written` and `id` are as a kind's proof reads them, made when they are first asked for. */
type Match = { readonly text: string; readonly at: number; readonly end: number; written: string | null; id: string };

function prove(kind: IdKind, match: Match): Proof {
  if (match.written === null) {
    match.written = asPlain(match.text.slice(match.at, match.end));
    match.id = compact(match.written);
  }
  const proof = kind.prove === undefined ? "form" : kind.prove(match.id, match.written);
  return proof === "no" || isSpoilt(kind, match.text, match.at, match.end) ? "no" : proof;
}

const isWithin = ({ list, kind }: Form, near: Nearness): boolean =>
  near !== null && (near[list] as number) <= (kind.within ?? wordReachUnits);

/** A word never makes a finding less sure. */
function scoreNear({ kind }: Form, proof: Exclude<Proof, "no">): Score {
  const { near } = scores[proof];
  return kind.aloneScore !== undefined && kind.aloneScore > near ? kind.aloneScore : near;
}

/** Null: not a finding without a word. */
function scoreAlone(
  { kind, alone, casing }: Form,
  proof: Exclude<Proof, "no">,
  { text, at, end, written }: Match,
): Score | null {
  if (!alone || (casing === "capitals" && hasSmall(written ?? ""))) return null;
  if (written?.includes(" ") === true && isInRow(text, at, end)) return null;
  return kind.aloneScore ?? scores[proof].alone;
}

/** By what stands beside it. */
function isSpoilt({ notAfter, notBefore }: IdKind, text: string, at: number, end: number): boolean {
  return (
    notAfter?.test(text.slice(Math.max(0, at - notAfterUnits), at)) === true ||
    notBefore?.test(text.slice(end, end + rightContext)) === true
  );
}

/** Whether more text could make, lengthen or forbid a match at `at`. */
function isOpen(scanner: Scanner, text: string, at: number): boolean {
  const { automaton } = scanner;
  const { classOf } = automaton;
  let state: number = start;
  for (let end = at; end < text.length && state !== dead; end++) {
    // What may join a number to more stands last: what it joins is not known yet.
    const unit = text.charCodeAt(end);
    if (
      end + 1 === text.length &&
      automaton.ends[state] === 1 &&
      (isJoint(unit) || unit === 0x3c || plain(unit) === 0x20)
    ) {
      if (isPossible(scanner, automaton.accepted(state), text, at)) return true;
    }
    state = automaton.step(state, classOf[unit] as number);
  }
  if (state === dead) return false;
  return (
    isPossible(scanner, automaton.open(state), text, at) || isPossible(scanner, automaton.accepted(state), text, at)
  );
}

/** Whether one of the forms can be a finding at `at`, by the words before it. */
function isPossible({ forms, words }: Scanner, numbers: readonly number[], text: string, at: number): boolean {
  let near: Nearness | undefined;
  let small: boolean | null = null;
  for (const number of numbers) {
    const form = forms[number] as Form;
    if (form.alone) {
      if (form.casing !== "capitals" || !(small ??= hasSmall(text.slice(at)))) return true;
    }
    if (near === undefined) near = words.distances(text, at);
    // Forms that need no word stand first.
    if (near === null && !form.alone) return false;
    if (isWithin(form, near)) return true;
  }
  return false;
}

/** Where forms that begin at `at` end, each followed by the state there; shortest first. Null: nowhere. */
function endsAt(automaton: Automaton, text: string, at: number): number[] | null {
  const { classOf, classes } = automaton;
  let { next } = automaton;
  let found: number[] | null = null;
  let state: number = start;
  for (let end = at; end < text.length; ) {
    const number = classOf[text.charCodeAt(end)] as number;
    let to = next[state * classes + number] as number;
    if (to === unknown) {
      to = automaton.step(state, number);
      next = automaton.next;
    }
    if (to === dead) return found;
    state = to;
    end++;
    if (automaton.ends[state] === 1) (found ??= []).push(end, state);
  }
  return found;
}

/** Whether a word or number goes on at `end`: `12|3`, `12|-3`, `12|.3`, `12|-ab`. */
function goesOn(text: string, end: number): boolean {
  if (end >= text.length) return false;
  const unit = text.charCodeAt(end);
  if (isOfWord(unit)) return true;
  if (end + 1 >= text.length || !isJoint(unit)) return false;
  const after = text.charCodeAt(end + 1);
  return isDigit(after) || (plain(unit) === 0x2d && isOfWord(after));
}

/** Groups of digits with blanks between them, in a row of more such groups. */
function isInRow(text: string, from: number, end: number): boolean {
  const isBlank = (at: number): boolean => at >= 0 && at < text.length && plain(text.charCodeAt(at)) === 0x20;
  const hasDigit = (at: number): boolean => at >= 0 && at < text.length && isDigit(text.charCodeAt(at));
  const before = isBlank(from - 1) && isBlank(from - 2) ? from - 3 : from - 2;
  return (isBlank(from - 1) && hasDigit(before)) || (isBlank(end) && hasDigit(end + 1));
}

/** A dot, slash, colon or dash. A comma stands between the fields of a record. */
function isJoint(unit: number): boolean {
  return unit === 0x2e || unit === 0x2f || unit === 0x3a || unit === 0x2d || (unit > 0x7f && plain(unit) === 0x2d);
}

function isDigit(unit: number): boolean {
  const ascii = plain(unit);
  return ascii >= 48 && ascii <= 57;
}

/** Letters of scripts that put blanks between words, digits, and what joins names in code. */
function isOfWord(unit: number): boolean {
  if (unit < 0x80) {
    return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57) || unit === 0x5f;
  }
  if (unit < 0x530) return unit >= 0xc0 && unit !== 0xd7 && unit !== 0xf7;
  // Of the scripts beyond, those digits and letters that are read as ASCII.
  if (unit >= 0x1000 && unit < 0xff00) return false;
  const ascii = plain(unit);
  return ascii < 0x80 && isOfWord(ascii);
}

const hasSmall = (written: string): boolean => /[a-z\uFF41-\uFF5A]/.test(written);
const categoryOf = (kind: string): Category => `pii/${kind}`;
