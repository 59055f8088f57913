/**
 * Text that JSON.parse has accepted -> a tree with UTF-16 positions. One loop, no recursion; strings and numbers are
 * decoded by the engine, so that they read as JSON.parse reads them. Throws InvariantError for other text.
 */
import type { Span } from "../../domain/segment.ts";
import { assert } from "../../stdx/assert.ts";
import { endOfString, longIntegerDigits, numbersOnly } from "./measure.ts";

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

const longInteger = new RegExp(`^-?\\d{${longIntegerDigits},}$`);

type Draft = { key: string; keySpan: Span; value: JsonNode; shadowed: boolean };
type Key = { readonly key: string; readonly keySpan: Span };
type Open =
  | { readonly kind: "list"; readonly start: number; readonly items: JsonNode[] }
  | { readonly kind: "object"; readonly start: number; readonly members: Draft[]; key: Key | null };

export function buildTree(text: string): JsonNode {
  const builder = new Builder();
  let at = 0;
  while (at < text.length) {
    const start = at;
    at = builder.read(text, start);
    assert(at > start, "each token has a length");
  }
  return builder.root();
}

class Builder {
  readonly #open: Open[] = [];
  #root: JsonNode | null = null;

  root(): JsonNode {
    assert(this.#root !== null && this.#open.length === 0, "a JSON text is one value");
    return this.#root;
  }

  /** Reads one token; gives the offset after it. */
  read(text: string, at: number): number {
    switch (text.charCodeAt(at)) {
      case 0x20: // space
      case 0x09:
      case 0x0a:
      case 0x0d:
      case 0x2c: // comma
      case 0x3a: // colon
        return at + 1;
      case 0x7b: // {
        this.#open.push({ kind: "object", start: at, members: [], key: null });
        return at + 1;
      case 0x5b: // [
        this.#open.push({ kind: "list", start: at, items: [] });
        return this.#skipNumbers(text, at);
      case 0x7d: // }
      case 0x5d: // ]
        this.#close(at + 1);
        return at + 1;
      case 0x22: // quote
        return this.#readString(text, at);
      case 0x74: // t
      case 0x6e: // n
        this.#add({ kind: "literal", value: text[at] === "t" ? true : null, span: { start: at, end: at + 4 } });
        return at + 4;
      case 0x66: // f
        this.#add({ kind: "literal", value: false, span: { start: at, end: at + 5 } });
        return at + 5;
      default:
        return this.#readNumber(text, at);
    }
  }

  /** In a list of numbers only, goes to its bracket at once. */
  #skipNumbers(text: string, at: number): number {
    const end = numbersOnly(text, at);
    if (end === -1) return at + 1;
    const first = text.slice(at + 1).search(/\S/) + at + 1;
    this.#readNumber(text, first);
    return end;
  }

  #readNumber(text: string, at: number): number {
    let end = at + 1;
    while (end < text.length && !endsNumber(text.charCodeAt(end))) end += 1;
    const literal = text.slice(at, end);
    const value = Number(literal);
    assert(!Number.isNaN(value), "what is no other token is a number");
    this.#add({ kind: "number", value, digits: wholeDigits(literal, value), span: { start: at, end } });
    return end;
  }

  #readString(text: string, at: number): number {
    const end = endOfString(text, at) + 1;
    const inside = text.slice(at + 1, end - 1);
    const value = inside.includes("\\") ? (JSON.parse(text.slice(at, end)) as string) : inside;
    const span = { start: at, end };
    const parent = this.#open.at(-1);
    if (parent?.kind === "object" && parent.key === null) parent.key = { key: value, keySpan: span };
    else this.#add({ kind: "string", value, span });
    return end;
  }

  #close(end: number): void {
    const open = this.#open.pop();
    assert(open !== undefined, "brackets match");
    const span = { start: open.start, end };
    if (open.kind === "list") return this.#add({ kind: "list", items: open.items, span });
    markShadowed(open.members);
    this.#add({ kind: "object", members: open.members, span });
  }

  #add(node: JsonNode): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) {
      this.#root = node;
    } else if (parent.kind === "list") {
      parent.items.push(node);
    } else {
      assert(parent.key !== null, "a value has a key");
      const { key, keySpan } = parent.key;
      parent.members.push({ key, keySpan, value: node, shadowed: false });
      parent.key = null;
    }
  }
}

/** `4111.0` and `4.111e3` are whole numbers too, and read as `4111`. */
function wholeDigits(literal: string, value: number): string | null {
  if (literal.length < longIntegerDigits && !/e/i.test(literal)) return null;
  const whole = /e/i.test(literal) && Number.isInteger(value) ? String(value) : literal.replace(/\.0+$/, "");
  return longInteger.test(whole) ? whole : null;
}

const endsNumber = (code: number): boolean => code <= 0x20 || code === 0x2c || code === 0x5d || code === 0x7d;

function markShadowed(members: readonly Draft[]): void {
  if (allDiffer(members)) return;
  const later = new Set<string>();
  for (const member of members.toReversed()) {
    member.shadowed = later.has(member.key);
    later.add(member.key);
  }
}

/** Most objects are small: comparing their keys costs less than a set of them. */
function allDiffer(members: readonly Draft[]): boolean {
  if (members.length > 16) return new Set(members.map(({ key }) => key)).size === members.length;
  return members.every(({ key }, at) => members.findIndex((other) => other.key === key) === at);
}
