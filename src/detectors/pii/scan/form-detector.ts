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
import { type Casing, formExpression, type IdKind, scores } from "./form.ts";
import { createWordReader, leftContext, type WordReader, wordReachUnits } from "./words.ts";

/** Behind a number: a joint, and what it joins. */
const rightContext = 2;
const notAfterUnits = 24;

type Form = { readonly kind: IdKind; readonly list: number; readonly alone: boolean; readonly casing: Casing };

type Scanner = {
  readonly automaton: Automaton;
  readonly forms: readonly Form[];
  readonly words: WordReader;
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
        if (mayBegin(scanner, text, at) && isOpen(scanner, text, at)) return at;
      }
      return text.length;
    },
    detect(_signal, { text, from, to }): Detection {
      const findings: Finding[] = [];
      for (let at = from; at < to; at++) if (mayBegin(scanner, text, at)) findAt(scanner, text, at, findings);
      return { kind: "scored", findings };
    },
  };
}

function createScanner(kinds: readonly IdKind[]): Scanner {
  const forms: Form[] = [];
  const expressions: RegExp[] = [];
  for (const [list, kind] of kinds.entries()) {
    for (const [isAlone, written] of [
      [true, kind.alone],
      [false, kind.near],
    ] as const) {
      for (const form of written ?? []) {
        const { expression, casing } = formExpression(form);
        forms.push({ kind, list, alone: isAlone, casing });
        expressions.push(expression);
      }
    }
  }
  return { automaton: compileAutomaton(expressions), forms, words: createWordReader(kinds.map(({ words }) => words)) };
}

/** Not within a word or number, nor behind the joint of a longer number (`2024-11-|21`, `3.|14`). */
function mayBegin({ automaton }: Scanner, text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (automaton.step(start, automaton.classOf[unit] as number) === dead) return false;
  if (at === 0) return true;
  const before = text.charCodeAt(at - 1);
  if (isOfWord(before)) return false;
  if (at === 1 || !isJoint(before) || !isDigit(unit)) return true;
  return !isDigit(text.charCodeAt(at - 2));
}

function findAt(scanner: Scanner, text: string, at: number, findings: Finding[]): void {
  const { automaton } = scanner;
  const ends = endsAt(automaton, text, at);
  if (ends === null) return;
  const found: Finding[] = [];
  let near: Uint8Array | null = null;
  for (let index = ends.length - 2; index >= 0; index -= 2) {
    const end = ends[index] as number;
    if (goesOn(text, end)) continue;
    const written = asPlain(text.slice(at, end));
    const id = compact(written);
    for (const number of automaton.accepted[ends[index + 1] as number] as readonly number[]) {
      const form = scanner.forms[number] as Form;
      if (found.some(({ category }) => category === categoryOf(form.kind.kind))) continue;
      near ??= scanner.words.distances(text, at);
      const score = judge(form, id, written, near[form.list] as number, text, at);
      if (score === null) continue;
      found.push({ category: categoryOf(form.kind.kind), score, span: { start: at, end } });
    }
  }
  findings.push(...found);
}

/** `distance`: to the nearest word of the kind. */
function judge(form: Form, id: string, written: string, distance: number, text: string, at: number): Score | null {
  const { prove, within = wordReachUnits, aloneScore, notAfter, notBefore } = form.kind;
  const end = at + written.length;
  const isNear = distance <= within;
  if (!isNear && !(form.alone && (form.casing !== "capitals" || !hasSmall(written)))) return null;
  if (!isNear && written.includes(" ") && isInRow(text, at, end)) return null;
  const proof = prove === undefined ? "form" : prove(id, written);
  if (proof === "no") return null;
  if (notAfter?.test(text.slice(Math.max(0, at - notAfterUnits), at)) === true) return null;
  if (notBefore?.test(text.slice(end, end + rightContext)) === true) return null;
  return isNear ? scores[proof].near : (aloneScore ?? scores[proof].alone);
}

/** Whether more text could make, lengthen or forbid a match at `at`. */
function isOpen(scanner: Scanner, text: string, at: number): boolean {
  const { automaton } = scanner;
  const { classOf } = automaton;
  let state: number = start;
  for (let end = at; end < text.length && state !== dead; end++) {
    // What may join a number to more stands last: what it joins is not known yet.
    const unit = text.charCodeAt(end);
    if (end + 1 === text.length && automaton.ends[state] === 1 && (isJoint(unit) || plain(unit) === 0x20)) {
      if (isPossible(scanner, automaton.accepted[state] as readonly number[], text, at)) return true;
    }
    state = automaton.step(state, classOf[unit] as number);
  }
  if (state === dead) return false;
  const { accepted, open } = automaton;
  return (
    isPossible(scanner, open[state] as readonly number[], text, at) ||
    isPossible(scanner, accepted[state] as readonly number[], text, at)
  );
}

/** Whether one of the forms can be a finding at `at`, by the words before it. */
function isPossible({ forms, words }: Scanner, numbers: readonly number[], text: string, at: number): boolean {
  let near: Uint8Array | null = null;
  let small: boolean | null = null;
  for (const number of numbers) {
    const { kind, list, alone, casing } = forms[number] as Form;
    if (alone && (casing !== "capitals" || !(small ??= hasSmall(text.slice(at))))) return true;
    near ??= words.distances(text, at);
    if ((near[list] as number) <= (kind.within ?? wordReachUnits)) return true;
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
  return (isBlank(from - 1) && hasDigit(from - 2)) || (isBlank(end) && hasDigit(end + 1));
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
  if (unit < 0x80)
    return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57) || unit === 0x5f;
  if (unit < 0x530) return unit >= 0xc0 && unit !== 0xd7 && unit !== 0xf7;
  const ascii = plain(unit);
  return ascii < 0x80 && isOfWord(ascii);
}

const hasSmall = (written: string): boolean => /[a-z\uFF41-\uFF5A]/.test(written);
const categoryOf = (kind: string): Category => `pii/${kind}`;
