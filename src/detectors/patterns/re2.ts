/**
 * Reads regular expressions in RE2's syntax with re2js: as a program for our own automaton, or as a plain test.
 * The only file that knows re2js. No expression of a policy ever runs on the JavaScript engine's own matcher.
 */
import { RE2JS, RE2JSCompileException, RE2JSSyntaxException } from "re2js";
import { assert, InvariantError } from "../../stdx/assert.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { writtenOut } from "./tokens.ts";

/** In UTF-16 code units. */
export const patternUnitsMax = 1_000;
/** Instructions that one expression may compile to; counted repetitions are written out. */
export const patternInstructionsMax = 1_000;

/** Conditions on the two characters next to an offset. */
export const lineBegins = 1;
export const lineEnds = 2;
export const textBegins = 4;
export const textEnds = 8;
export const wordEdge = 16;
export const noWordEdge = 32;

/** `read`: one code point in `ranges` (pairs, both ends included). Numbers are places in the program. */
export type Instruction =
  | { readonly op: "read"; readonly ranges: readonly number[]; readonly next: number }
  | { readonly op: "either"; readonly next: number; readonly other: number }
  | { readonly op: "if"; readonly conditions: number; readonly next: number }
  | { readonly op: "skip"; readonly next: number }
  | { readonly op: "match" }
  | { readonly op: "fail" };

/** Of two ways to go on, `next` is preferred to `other`. */
export type Program = { readonly instructions: readonly Instruction[]; readonly start: number };

/** `fragment`: the part of the expression that is wrong, where re2js tells it. */
export type SyntaxMistake = { readonly description: string; readonly fragment: string | null };

/** Texts longer than `patternUnitsMax` are the caller's to refuse. */
export function readProgram(source: string, caseSensitive: boolean): Result<Program, SyntaxMistake> {
  const compiled = compile(source, caseSensitive);
  if (!compiled.ok) return compiled;
  const { inst, start } = compiled.value.re2().prog as { inst: readonly RawInstruction[]; start: number };
  const foldings = new Map<number, readonly number[]>();
  return ok({ instructions: inst.map((raw) => instruction(raw, foldings)), start });
}

export type LinearMatcher = {
  /** How many the expression compiles to. */
  readonly instructions: number;
  /** Whether the expression matches anywhere in the text. At most about text length x `patternInstructionsMax` steps. */
  test(text: string): boolean;
};

/**
 * A plain test with an expression in RE2's syntax, anchors included, as CEL's `matches` wants it. The error is a
 * sentence that says what is wrong.
 */
export function createLinearMatcher(pattern: string): Result<LinearMatcher, string> {
  if (pattern.length > patternUnitsMax) return err(`the expression has more than ${patternUnitsMax} characters`);
  const large = err(`the expression expands to more than ${patternInstructionsMax} steps: use smaller counts`);
  if (writtenOut(pattern) > patternInstructionsMax) return large;
  const compiled = compile(pattern, true);
  if (!compiled.ok) {
    const { description, fragment } = compiled.error;
    return err(fragment === null ? description : `${description}: ${fragment}`);
  }
  const expression = compiled.value;
  if (expression.programSize() > patternInstructionsMax) return large;
  return ok({ instructions: expression.programSize(), test: (text) => expression.test(text) });
}

function compile(source: string, caseSensitive: boolean): Result<RE2JS, SyntaxMistake> {
  try {
    return ok(RE2JS.compile(source, caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE));
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return err({ description: error.error, fragment: error.input });
    if (error instanceof RE2JSCompileException) return err({ description: error.message, fragment: null });
    throw error;
  }
}

/** As re2js 2.10 keeps its programs; test/property/patterns.test.ts holds our reading against its own matcher. */
type RawInstruction = {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  readonly runes: ArrayLike<number>;
};

const lastCodePoint = 0x10ffff;
const foldsCase = 1;

function instruction(raw: RawInstruction, foldings: Map<number, readonly number[]>): Instruction {
  switch (raw.op) {
    case 1: // ALT
    case 2: // ALT_MATCH
      return { op: "either", next: raw.out, other: raw.arg };
    case 3: // CAPTURE
    case 7: // NOP
      return { op: "skip", next: raw.out };
    case 4: // EMPTY_WIDTH
      return { op: "if", conditions: raw.arg, next: raw.out };
    case 5: // FAIL
      return { op: "fail" };
    case 6: // MATCH
      return { op: "match" };
    case 8: // RUNE
    case 9: // RUNE1
      return { op: "read", ranges: rangesOf(raw, foldings), next: raw.out };
    case 10: // RUNE_ANY
      return { op: "read", ranges: [0, lastCodePoint], next: raw.out };
    case 11: // RUNE_ANY_NOT_NL
      return { op: "read", ranges: [0, 9, 11, lastCodePoint], next: raw.out };
    default:
      throw new InvariantError(`re2js has an instruction that is not known here: ${raw.op}`);
  }
}

function rangesOf(raw: RawInstruction, foldings: Map<number, readonly number[]>): readonly number[] {
  const only = raw.runes[0];
  if (raw.runes.length !== 1 || only === undefined) return Array.from(raw.runes);
  if ((raw.arg & foldsCase) === 0) return [only, only];
  const folding = foldings.get(only) ?? casesOf(only);
  foldings.set(only, folding);
  return folding;
}

/** All letter cases of a code point, as ranges: asked of re2js as a class with a second member, which it spells out. */
function casesOf(point: number): readonly number[] {
  const compiled = compile(`[\\x{${point.toString(16)}}\\x{0}]`, false);
  assert(compiled.ok, "a class of two code points is an expression");
  const { inst, start } = compiled.value.re2().prog as { inst: readonly RawInstruction[]; start: number };
  const first = inst[start];
  assert(first !== undefined && first.op === 8, "it reads one code point");
  const [from, to, ...others] = Array.from(first.runes);
  assert(from === 0 && to === 0, "ranges ascend");
  return others;
}
