/**
 * Puts the tokens of a JSON text together as a tree with UTF-16 positions. Takes what JSON.parse takes and nothing else,
 * within the limits. Repeated keys are all kept: readers disagree on which one counts, so all are judged.
 */
import type { Span } from "../../domain/segment.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import { endOfNumber, longIntegerDigits } from "./scan.ts";

/** `digits`: those of a whole number, however it is written, that may be a card or an account; else `null`. */
export type JsonNumber = {
  readonly kind: "number";
  readonly value: number;
  readonly digits: string | null;
  readonly span: Span;
};
export type JsonString = { readonly kind: "string"; readonly value: string; readonly span: Span };
/** A list of short numbers only holds just the first of them: they are no text, and there can be millions. */
export type JsonList = { readonly kind: "list"; readonly items: readonly JsonNode[]; readonly span: Span };
export type JsonObject = { readonly kind: "object"; readonly members: readonly JsonMember[]; readonly span: Span };
export type JsonNode =
  | JsonString
  | JsonNumber
  | { readonly kind: "literal"; readonly value: boolean | null; readonly span: Span }
  | JsonList
  | JsonObject;

export type JsonMember = {
  readonly key: string;
  /** The key's literal, quotes included. */
  readonly keySpan: Span;
  readonly value: JsonNode;
  /** The same key comes again later in this object: most readers do not see this one. */
  readonly shadowed: boolean;
};

export type JsonLimits = {
  /** Lists and objects that are open at one place. */
  readonly maxDepth: number;
  /**
   * Strings, numbers, literals, lists and objects. Keys are not counted, and of a list of short numbers only (an
   * embedding) just the first.
   */
  readonly maxValues: number;
};

/** `depth`: how many lists and objects are open at one place at the most; 1 for a flat object. */
export type JsonDocument = { readonly root: JsonNode; readonly depth: number };

const longInteger = new RegExp(`^-?\\d{${longIntegerDigits},}$`);
/** Of so many members the keys are compared one by one: that costs less than a map of them. */
const fewMembers = 16;

type Draft = { key: string; keySpan: Span; value: JsonNode; shadowed: boolean };
type Key = { readonly key: string; readonly keySpan: Span };
type OpenList = { readonly kind: "list"; readonly start: number; readonly items: JsonNode[] };
type OpenObject = {
  readonly kind: "object";
  readonly start: number;
  readonly members: Draft[];
  key: Key | null;
  /** The last member of each key, where there are many. */
  last: Map<string, Draft> | null;
};

/** What may stand next. `next`: what comes after a value. */
type Wants = "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "next";

export class TreeBuilder {
  readonly #text: string;
  readonly #limits: JsonLimits;
  readonly #open: (OpenList | OpenObject)[] = [];
  #root: JsonNode | null = null;
  #wants: Wants = "value";
  #values = 0;
  #depth = 0;
  #error: Unreadable = "not-json";

  constructor(text: string, limits: JsonLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  /** Why no token could be taken. */
  get error(): Unreadable {
    return this.#error;
  }

  /** `null`: the text is not over. */
  end(): JsonDocument | null {
    return this.#root === null || this.#open.length > 0 ? null : { root: this.#root, depth: this.#depth };
  }

  /** Takes the token that begins there, of all but strings and white space; gives the offset after it, or -1. */
  take(at: number): number {
    switch (this.#text.charCodeAt(at)) {
      case 0x2c: // comma
        return this.#comma() ? at + 1 : -1;
      case 0x3a: // colon
        if (this.#wants !== "colon") return -1;
        this.#wants = "value";
        return at + 1;
      case 0x7b: // {
        return this.#opens({ kind: "object", start: at, members: [], key: null, last: null }, "key-or-end", at);
      case 0x5b: // [
        return this.#opens({ kind: "list", start: at, items: [] }, "value-or-end", at);
      case 0x7d: // }
        return this.#closes("object", "key-or-end", at);
      case 0x5d: // ]
        return this.#closes("list", "value-or-end", at);
      case 0x74: // t
        return this.#literal("true", true, at);
      case 0x66: // f
        return this.#literal("false", false, at);
      case 0x6e: // n
        return this.#literal("null", null, at);
      default:
        return this.#number(at);
    }
  }

  /** Takes the string that stands in [start, end), quotes included. */
  takeString(value: string, start: number, end: number): number {
    const span = { start, end };
    if (this.#wants !== "key" && this.#wants !== "key-or-end") return this.#value({ kind: "string", value, span }, end);
    (this.#open.at(-1) as OpenObject).key = { key: value, keySpan: span };
    this.#wants = "colon";
    return end;
  }

  /** Takes the first number alone of a list of numbers that has just been opened and closes at `end`. */
  takeNumbers(first: number, end: number): number {
    return this.#number(first) === -1 ? -1 : this.take(end);
  }

  #number(at: number): number {
    const end = endOfNumber(this.#text, at);
    if (end === -1) return -1;
    const literal = this.#text.slice(at, end);
    const value = Number(literal);
    return this.#value({ kind: "number", value, digits: wholeDigits(literal, value), span: { start: at, end } }, end);
  }

  #literal(word: string, value: boolean | null, at: number): number {
    const end = at + word.length;
    return this.#text.startsWith(word, at)
      ? this.#value({ kind: "literal", value, span: { start: at, end } }, end)
      : -1;
  }

  /** A value that is whole. */
  #value(node: JsonNode, end: number): number {
    if (!this.#begins()) return -1;
    this.#add(node);
    return end;
  }

  /** Counts a value that begins; false where none may. */
  #begins(): boolean {
    if (this.#wants !== "value" && this.#wants !== "value-or-end") return false;
    this.#values += 1;
    if (this.#values > this.#limits.maxValues) {
      this.#error = "too-many-values";
      return false;
    }
    return true;
  }

  #opens(open: OpenList | OpenObject, wants: Wants, at: number): number {
    if (!this.#begins()) return -1;
    this.#open.push(open);
    if (this.#open.length > this.#limits.maxDepth) {
      this.#error = "too-deep";
      return -1;
    }
    this.#depth = Math.max(this.#depth, this.#open.length);
    this.#wants = wants;
    return at + 1;
  }

  #closes(kind: "list" | "object", ifEmpty: Wants, at: number): number {
    const open = this.#open.at(-1);
    if (open?.kind !== kind || (this.#wants !== "next" && this.#wants !== ifEmpty)) return -1;
    this.#open.pop();
    const span = { start: open.start, end: at + 1 };
    this.#add(
      open.kind === "list"
        ? { kind: "list", items: open.items, span }
        : { kind: "object", members: open.members, span },
    );
    return at + 1;
  }

  #comma(): boolean {
    const open = this.#open.at(-1);
    if (open === undefined || this.#wants !== "next") return false;
    this.#wants = open.kind === "list" ? "value" : "key";
    return true;
  }

  #add(node: JsonNode): void {
    const parent = this.#open.at(-1);
    this.#wants = "next";
    if (parent === undefined) this.#root = node;
    else if (parent.kind === "list") parent.items.push(node);
    else addMember(parent, node);
  }
}

function addMember(open: OpenObject, value: JsonNode): void {
  const { key, keySpan } = open.key as Key;
  const member = { key, keySpan, value, shadowed: false };
  if (open.members.length < fewMembers) {
    for (const before of open.members) if (before.key === key) before.shadowed = true;
  } else {
    open.last ??= new Map(open.members.map((before) => [before.key, before]));
    const before = open.last.get(key);
    if (before !== undefined) before.shadowed = true;
    open.last.set(key, member);
  }
  open.members.push(member);
}

/** `4111.0` and `4.111e3` are whole numbers too, and read as `4111`. */
function wholeDigits(literal: string, value: number): string | null {
  if (literal.length < longIntegerDigits && !/e/i.test(literal)) return null;
  const whole = /e/i.test(literal) && Number.isInteger(value) ? String(value) : literal.replace(/\.0+$/, "");
  return longInteger.test(whole) ? whole : null;
}
