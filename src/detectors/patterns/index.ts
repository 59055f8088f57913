/**
 * Regular expressions of a policy. At each start counts the match that RE2 would give there, were the text over `longest`
 * units further on; a match that lies within one that began earlier is left out.
 *
 * Invariant: what is found does not depend on how a text was cut, nor on what was judged before; only how much of the
 * budget a window takes does.
 */
import type { Category, Detection, Finding, TextDetector, Window } from "../../domain/detector.ts";
import type { PatternSpec } from "../../domain/policy.ts";
import { certain } from "../../domain/score.ts";
import { assert, InvariantError } from "../../stdx/assert.ts";
import type { Steps } from "../../stdx/paced.ts";
import { inSteps } from "../in-steps.ts";
import { Automaton, type Budget, mostPrograms, type Room } from "./automaton.ts";
import { longestMax, patternsMax, readPattern } from "./check.ts";
import { type Classes, createClasses } from "./classes.ts";
import { type Reading, withoutHalf } from "./reading.ts";
import type { Program } from "./re2.ts";
import { Runs } from "./runs.ts";
import { searchFor } from "./search.ts";
import { longestMatch } from "./width.ts";

export type PatternsSettings = { readonly list: readonly PatternSpec[]; readonly longest: number };

/** Steps that one window may take, a step being a character read or an instruction looked at; about 10 ms. */
export const windowStepsMax = 400_000;
/** A window is judged in blocks of so many UTF-16 code units, with breaths between; and so many steps one may take. */
const blockUnits = 2_048;
const blockStepsMax = 200_000;
/** Instructions looked at to tell which expressions match in a block at all; beyond it, all of them are tried. */
const searchStepsMax = 50_000;
/** Steps to find out what is open. Beyond it, all that may be is. */
const settleStepsMax = 100_000;
/** Room for the states of one rule: 8 MiB, half of it for searching. */
const roomCellsMax = 1_048_576;

type Expression = {
  readonly category: Category;
  readonly automaton: Automaton;
  readonly begins: Uint8Array;
  /** The longest match, in UTF-16 code units. */
  readonly longest: number;
};
/** At most 32 expressions that are searched for together. */
type Group = {
  readonly expressions: readonly Expression[];
  readonly longest: number;
  readonly search: Automaton;
  readonly open: Automaton;
  readonly begins: Uint8Array;
};

/** `list` and `longest` are as `checkPattern` takes them; anything else throws InvariantError. */
export function createPatternsDetector(id: string, { list, longest }: PatternsSettings): TextDetector {
  assert(list.length > 0 && list.length <= patternsMax, "a rule has 1 to 200 expressions");
  assert(longest > 0 && longest <= longestMax, "a match has a bound");
  const programs = list.map((spec) => programOf(spec, longest));
  const classes = createClasses(programs);
  const rooms = { search: { cellsLeft: 0 }, runs: { cellsLeft: 0 } };
  const groups: Group[] = [];
  for (let at = 0; at < list.length; at += mostPrograms) {
    groups.push(createGroup(list.slice(at, at + mostPrograms), programs.slice(at), longest, classes, rooms));
  }
  const longestSpan = Math.max(...groups.map((group) => group.longest));
  const clear = (): void => {
    for (const { search, open, expressions } of groups) {
      search.clear();
      open.clear();
      for (const { automaton } of expressions) automaton.clear();
    }
    for (const room of [rooms.search, rooms.runs]) room.cellsLeft = roomCellsMax / 2;
  };
  clear();

  /** Tries again, once, where only the room for states was used up. */
  const within = <T>(budget: Budget, work: (budget: Budget) => T | null): T | null => {
    if (rooms.search.cellsLeft < 0) clear();
    const done = work(budget);
    if (done !== null || budget.stepsLeft < 0) return done;
    clear();
    return work(budget);
  };

  return {
    kind: "text",
    id,
    categories: [...new Set(list.map(categoryOf))],
    // The longest match on both sides, so that what lies within an earlier match is known; and the character before it.
    reach: { longestSpan, leftContext: longestSpan + 2, rightContext: 1 },

    settled(text, from) {
      const known = withoutHalf(text);
      const begin = Math.min(Math.max(from, known.length - longestSpan), text.length);
      const open = within({ stepsLeft: settleStepsMax }, (budget) =>
        firstOpen(groups, { text: known, classes, longest: longestSpan, budget }, begin),
      );
      return Math.max(begin, open ?? begin);
    },

    detect: inSteps(function* ({ text, from, to, ended }): Steps<Detection> {
      const findings: Finding[] = [];
      let stepsLeft = windowStepsMax;
      for (let begin = from; begin < to; ) {
        if (begin > from) yield;
        const end = blockEnd(text, begin, to);
        const budget = { stepsLeft: Math.min(stepsLeft, blockStepsMax) };
        stepsLeft -= budget.stepsLeft;
        // The states that blocks share may be cleared while others have their turn: none is held over a breath.
        const found = within(budget, () => {
          const reading = { text, classes, longest: longestSpan, budget };
          return findingsIn(groups, reading, { text, from: begin, to: end, ended }, rooms.search);
        });
        if (found === null) return { kind: "unknown", cause: "too-long" };
        for (const finding of found) findings.push(finding);
        stepsLeft += budget.stepsLeft;
        begin = end;
      }
      return { kind: "scored", findings: inOrder(findings) };
    }),
  };
}

/** No block begins within a character. */
function blockEnd(text: string, begin: number, to: number): number {
  const end = Math.min(to, begin + blockUnits);
  return end < to && (text.charCodeAt(end) & 0xfc00) === 0xdc00 ? end + 1 : end;
}

const categoryOf = ({ id }: PatternSpec): Category => `patterns/${id}`;

function programOf({ pattern, caseSensitive }: PatternSpec, longest: number): Program {
  const read = readPattern({ pattern, caseSensitive, longest });
  if (!read.ok) throw new InvariantError(`an expression was not checked: ${read.error.code} at ${read.error.offset}`);
  return read.value;
}

function createGroup(
  list: readonly PatternSpec[],
  rest: readonly Program[],
  mostUnits: number,
  classes: Classes,
  rooms: { readonly search: Room; readonly runs: Room },
): Group {
  const programs = rest.slice(0, list.length);
  const expressions = list.map((spec, n) => {
    const program = programs[n] as Program;
    const automaton = new Automaton("runs", [program], classes, rooms.runs);
    const longest = Math.min(mostUnits, longestMatch(program));
    return { category: categoryOf(spec), automaton, begins: automaton.beginnings(), longest };
  });
  const open = new Automaton("runs", programs, classes, rooms.runs);
  const search = new Automaton("search", programs, classes, rooms.search);
  const longest = Math.max(...expressions.map((each) => each.longest));
  return { expressions, longest, search, open, begins: open.beginnings() };
}

function firstOpen(groups: readonly Group[], reading: Reading, from: number): number | null {
  let first = reading.text.length;
  for (const { open, begins, longest } of groups) {
    const runs = new Runs(open, begins, { ...reading, longest }, from, first);
    for (let start = Math.max(from, reading.text.length - longest); start < first; start++) {
      if (!runs.mayStart(start)) continue;
      const run = runs.run(start);
      if (run === null || reading.budget.stepsLeft < 0) return null;
      if (run.open) first = start;
    }
  }
  return first;
}

function findingsIn(groups: readonly Group[], reading: Reading, { from, to }: Window, room: Room): Finding[] | null {
  const findings: Finding[] = [];
  const budget = { stepsLeft: searchStepsMax };
  for (const { search, expressions, longest } of groups) {
    const ends = room.cellsLeft < 0 ? null : searchFor(search, { ...reading, longest, budget }, from, to);
    for (const [n, expression] of expressions.entries()) {
      const firstEnd = ends === null ? from : (ends.first[n] as number);
      if (firstEnd < 0) continue;
      const begin = Math.max(from, firstEnd - expression.longest);
      const until = ends === null ? to : Math.min(to, ends.last[n] as number);
      if (!addMatches(expression, { ...reading, longest: expression.longest }, begin, until, findings)) return null;
    }
  }
  return findings;
}

/** Adds the matches of one expression that start in [from, to). False: the budget is spent. */
function addMatches(expression: Expression, reading: Reading, from: number, to: number, findings: Finding[]): boolean {
  const matches = matchesOf(expression, reading, from, to);
  if (matches === null) return false;
  if (matches.length === 0) return true;
  const earlier = matchesOf(expression, reading, Math.max(0, from - reading.longest), from);
  if (earlier === null) return false;
  let covered = earlier.reduce((most, { end }) => Math.max(most, end), 0);
  for (const span of matches) {
    if (span.end > covered) findings.push({ category: expression.category, score: certain, span });
    covered = Math.max(covered, span.end);
  }
  return true;
}

function matchesOf({ automaton, begins }: Expression, reading: Reading, from: number, to: number) {
  const matches: { readonly start: number; readonly end: number }[] = [];
  const runs = new Runs(automaton, begins, reading, from, to);
  for (let start = from; start < to; start++) {
    if (!runs.mayStart(start)) continue;
    const run = runs.run(start);
    if (run === null || reading.budget.stepsLeft < 0) return null;
    if (run.end > start) matches.push({ start, end: run.end });
  }
  return matches;
}

/** By start, then longest first. */
function inOrder(findings: Finding[]): readonly Finding[] {
  const start = ({ span }: Finding): number => span?.start ?? 0;
  const end = ({ span }: Finding): number => span?.end ?? 0;
  return findings.sort(
    (a, b) =>
      start(a) - start(b) || end(b) - end(a) || (a.category < b.category ? -1 : a.category > b.category ? 1 : 0),
  );
}
