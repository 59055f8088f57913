/**
 * Reads YAML into plain values that still know their place in the text. Bounded: size, aliases and depth are limited,
 * and no construct makes reading more than linear. Knows nothing of what the values mean.
 */
import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";
import type { Document as YamlDocument, Scalar, YAMLMap } from "yaml";
import type { Mistake } from "../domain/policy.ts";
import { err, ok, type Result } from "../stdx/result.ts";

export const documentBytesMax = 1024 * 1024;
/** Each may repeat a whole list, so few are allowed, and none inside another's anchor (no bombs, no circles). */
export const aliasesMax = 50;
/** Of lists and mappings in each other. A bound of our own: how much the parser bears depends on the stack it runs on. */
export const documentDepthMax = 64;
/** More are counted, but not listed. */
export const mistakesMax = 200;

export type Place = { readonly line: number; readonly column: number };
export type Path = readonly PropertyKey[];

/** A document's value, and where each part of it stands. Lines and columns count from 1, columns in UTF-16 code units. */
export type SourceTree = {
  readonly value: unknown;
  /** The value at `path`, or the closest thing above it that is there. */
  placeOf(path: Path): Place;
  /** The key at the end of `path` where there is one, else as `placeOf`. */
  placeOfKey(path: Path): Place;
  /**
   * The place of a character inside the text at `path`, counted in UTF-16 code units of its value. `null` where YAML's
   * escapes or folding stand between the value and what is written.
   */
  placeInText(path: Path, offset: number): Place | null;
};

const first: Place = { line: 1, column: 1 };

/** The error holds every mistake of form that was found. */
export function readDocument(source: Uint8Array): Result<SourceTree, readonly Mistake[]> {
  if (source.byteLength > documentBytesMax) {
    const message = `the file is larger than ${documentBytesMax} bytes; split it, a policy can include others`;
    return err([{ ...first, message }]);
  }
  const text = decode(source);
  if (text === null) return err([{ ...placeOfBadByte(source), message: "not UTF-8; save the file as UTF-8" }]);
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    schema: "core",
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    uniqueKeys: false, // quadratic there; repeated keys are found below
    prettyErrors: false,
    logLevel: "error",
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return line === 0 ? first : { line, column: col };
  };
  if (document.errors.some(({ code }) => code === "RESOURCE_EXHAUSTION"))
    return err([
      {
        ...placeAt(offsetOfDepth(text, isMap(document.contents) && document.contents.flow !== true)),
        message: tooDeep,
      },
    ]);
  const mistakes = [...document.errors, ...document.warnings].map((error) => ({
    ...placeAt(error.pos[0]),
    message: explainYaml(error),
  }));
  if (mistakes.length === 0) mistakes.push(...structuralMistakes(document, placeAt));
  if (mistakes.length > 0) return err(sorted(mistakes));
  return ok({
    value: document.toJS({ maxAliasCount: -1 }) as unknown, // aliases were counted above
    placeOf: (path) => placeAt(offsetOf(document, path, false)),
    placeOfKey: (path) => placeAt(offsetOf(document, path, true)),
    placeInText: (path, offset) => {
      const start = offsetInText(text, scalarAt(document, path), offset);
      return start === null ? null : placeAt(start);
    },
  });
}

/** In reading order, each once, cut to `mistakesMax`. */
export function sorted(mistakes: readonly Mistake[]): readonly Mistake[] {
  const seen = new Set<string>();
  const unique = mistakes.filter(({ line, column, message }) => {
    const key = `${line}:${column}:${message}`;
    return !seen.has(key) && seen.add(key);
  });
  const ordered = unique.sort((a, b) => a.line - b.line || a.column - b.column);
  const rest = ordered.length - mistakesMax;
  const last = ordered[mistakesMax - 1];
  if (rest <= 0 || last === undefined) return ordered;
  return [
    ...ordered.slice(0, mistakesMax),
    { line: last.line, column: last.column, message: `and ${rest} more mistakes after this one` },
  ];
}

function decode(source: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(source);
  } catch {
    return null;
  }
}

function placeOfBadByte(source: Uint8Array): Place {
  let line = 1;
  for (let from = 0; from <= source.length; line++) {
    const newline = source.indexOf(0x0a, from);
    const to = newline === -1 ? source.length : newline + 1;
    if (decode(source.subarray(from, to)) === null) return { line, column: 1 };
    from = to === source.length ? to + 1 : to;
  }
  return first;
}

/** The parser's own words, bettered where they do not say what to do. */
function explainYaml(error: YAMLError): string {
  switch (error.code) {
    case "TAB_AS_INDENT":
      return "a tab indents here; use spaces";
    case "MULTIPLE_DOCS":
      return "a second document begins here; keep one a file";
    case "NON_STRING_KEY":
      return "a key must be plain text";
    case "TAG_RESOLVE_FAILED":
      return "this tag (!...) is not known; remove it";
    default:
      return `not valid YAML: ${error.message}`;
  }
}

const tooDeep = `nested more than ${documentDepthMax} deep; write it with fewer levels`;

/** Where `[` and `{` are first nested too deeply; 0 where it is indents that are. `inMapping`: of `key:` lines, as files are. */
function offsetOfDepth(text: string, inMapping: boolean): number {
  let offset = 0;
  let depth = inMapping ? 1 : 0;
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") depth += 1;
    if (token === "]" || token === "}") depth -= 1;
    if (depth > documentDepthMax) return offset;
    if (!lexerMarks.has(token)) offset += token.length;
  }
  return 0;
}
/** What the lexer says beside the text: a document begins, a list or mapping ends too soon, a scalar comes. */
const lexerMarks: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001f"]);

function structuralMistakes(document: YamlDocument, placeAt: (offset: number) => Place): Mistake[] {
  const mistakes: Mistake[] = [];
  let aliases = 0;
  const add = (node: Node, message: string): void => {
    mistakes.push({ ...placeAt(startOf(node)), message });
  };
  const deep = (node: Node, above: readonly unknown[]): typeof visit.SKIP | undefined => {
    if (above.filter(isCollection).length < documentDepthMax) return undefined;
    add(node, tooDeep);
    return visit.SKIP;
  };
  visit(document, {
    Seq: (_key, seq, above) => deep(seq, above),
    Map: (_key, map, above) => {
      repeatedKeys(map, add);
      return deep(map, above);
    },
    Alias: (_key, alias, above) => {
      aliases += 1;
      if (aliases === aliasesMax + 1) add(alias, `more than ${aliasesMax} aliases (*...); write the values out`);
      if (above.some((node) => (isCollection(node) || isScalar(node)) && node.anchor !== undefined)) {
        add(alias, "an alias (*...) inside an anchored value (&...); write the value out");
      } else if (alias.resolve(document) === undefined) {
        add(alias, `no anchor &${alias.source} stands before this alias`);
      }
    },
  });
  return mistakes;
}

function repeatedKeys(map: YAMLMap, add: (node: Node, message: string) => void): void {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    if (seen.has(name)) add(key, `the key "${shorten(name)}" stands here a second time; keep one`);
    seen.add(name);
  }
}

/** Text from the file, short enough for a message. */
export const shorten = (text: string): string => (text.length <= 40 ? text : `${text.slice(0, 40)}...`);

const startOf = (node: Node): number => node.range?.[0] ?? 0;

function offsetOf(document: YamlDocument, path: Path, wantKey: boolean): number {
  let node: unknown = document.contents;
  let offset = document.contents === null ? 0 : startOf(document.contents);
  for (const [depth, step] of path.entries()) {
    const holder = isAlias(node) ? node.resolve(document) : node;
    const isLast = depth === path.length - 1;
    if (isMap(holder)) {
      const pair = holder.items.find(({ key }) => isScalar(key) && String(key.value) === step);
      if (pair === undefined) return offset;
      node = isEmpty(pair.value) || (isLast && wantKey) ? pair.key : pair.value;
    } else if (isSeq(holder) && typeof step === "number") {
      node = holder.items[step];
    } else {
      return offset;
    }
    offset = startOf(node as Node);
  }
  return offset;
}

function scalarAt(document: YamlDocument, path: Path): Scalar | null {
  let node: unknown = document.contents;
  for (const step of path) {
    const holder = isAlias(node) ? node.resolve(document) : node;
    if (isMap(holder)) node = holder.items.find(({ key }) => isScalar(key) && String(key.value) === step)?.value;
    else node = isSeq(holder) && typeof step === "number" ? holder.items[step] : undefined;
  }
  const found = isAlias(node) ? node.resolve(document) : node;
  return isScalar(found) ? found : null;
}

/** A value that stands in the file as it is, or (literal blocks) line by line behind an indent. */
function offsetInText(source: string, scalar: Scalar | null, offset: number): number | null {
  if (scalar === null || typeof scalar.value !== "string" || !scalar.range) return null;
  const [start, end] = scalar.range;
  const { value } = scalar;
  if (scalar.type === "BLOCK_LITERAL") {
    const before = value.slice(0, offset).split("\n");
    let line = source.indexOf("\n", start) + 1;
    for (let skipped = 1; skipped < before.length; skipped++) line = source.indexOf("\n", line) + 1;
    const wanted = value.split("\n")[before.length - 1] ?? "";
    const lineEnd = source.indexOf("\n", line);
    const found = (lineEnd === -1 ? source.length : lineEnd) - wanted.length;
    const stands = found >= line && found <= end && source.startsWith(wanted, found);
    return stands ? found + (before.at(-1) ?? "").length : null;
  }
  const open = scalar.type === "PLAIN" ? start : start + 1;
  return source.startsWith(value, open) ? open + offset : null;
}

/** `key:` with nothing behind it: the key is the better place to point at. */
const isEmpty = (value: unknown): boolean => value === null || (isScalar(value) && value.source === "");
