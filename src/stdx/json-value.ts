/**
 * JSON text -> its value, with objects as maps, so that no key is special. Accepts what JSON.parse accepts, within the
 * limits; of repeated keys the last counts, as there.
 *
 * Reads keys by itself, since V8's JSON.parse can show an escaped key as another (nodejs/node 63785). Keeps no positions.
 */
import { err, ok, type Result } from "./result.ts";

export type JsonObject = ReadonlyMap<string, JsonValue>;
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export type JsonValueLimits = {
  /** Lists and objects that are open at one place. The reader recurses as deep. */
  readonly maxDepth: number;
  /** Strings, numbers, literals, lists and objects; keys are not counted. */
  readonly maxValues: number;
};

export type JsonFault = "not-json" | "too-deep" | "too-many-values";

const backslash = 0x5c;
const quote = 0x22;
const firstPrintable = 0x20;

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Linear in the text. */
export function readJsonValue(text: string, limits: JsonValueLimits): Result<JsonValue, JsonFault> {
  const reader = new Reader(text, limits);
  const value = reader.value(0);
  if (value === undefined || !reader.atEnd()) return err(reader.fault);
  return ok(value);
}

/** `undefined` says that `fault` ended it. */
class Reader {
  readonly #text: string;
  readonly #limits: JsonValueLimits;
  #at = 0;
  #values = 0;
  /** Why there is no value. */
  fault: JsonFault = "not-json";

  constructor(text: string, limits: JsonValueLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  atEnd(): boolean {
    this.#skipSpace();
    return this.#at === this.#text.length;
  }

  value(depth: number): JsonValue | undefined {
    this.#skipSpace();
    this.#values += 1;
    if (this.#values > this.#limits.maxValues) return this.#fail("too-many-values");
    switch (this.#text[this.#at]) {
      case '"':
        return this.#string();
      case "{":
        return depth < this.#limits.maxDepth ? this.#object(depth + 1) : this.#fail("too-deep");
      case "[":
        return depth < this.#limits.maxDepth ? this.#list(depth + 1) : this.#fail("too-deep");
      case "t":
        return this.#takeWord("true") ? true : undefined;
      case "f":
        return this.#takeWord("false") ? false : undefined;
      case "n":
        return this.#takeWord("null") ? null : undefined;
      default:
        return this.#number();
    }
  }

  #list(depth: number): readonly JsonValue[] | undefined {
    const items: JsonValue[] = [];
    this.#at += 1;
    if (this.#takeMark("]")) return items;
    do {
      const item = this.value(depth);
      if (item === undefined) return undefined;
      items.push(item);
    } while (this.#takeMark(","));
    return this.#takeMark("]") ? items : undefined;
  }

  #object(depth: number): JsonObject | undefined {
    const members = new Map<string, JsonValue>();
    this.#at += 1;
    if (this.#takeMark("}")) return members;
    do {
      this.#skipSpace();
      const key = this.#string();
      if (key === undefined || !this.#takeMark(":")) return undefined;
      const value = this.value(depth);
      if (value === undefined) return undefined;
      members.set(key, value);
    } while (this.#takeMark(","));
    return this.#takeMark("}") ? members : undefined;
  }

  #number(): number | undefined {
    number.lastIndex = this.#at;
    const digits = number.exec(this.#text)?.[0];
    if (digits === undefined) return undefined;
    this.#at += digits.length;
    return Number(digits);
  }

  /** A literal without escapes is its own text; the engine decodes, and refuses, all others. */
  #string(): string | undefined {
    const text = this.#text;
    const start = this.#at;
    if (text.charCodeAt(start) !== quote) return undefined;
    let plain = true;
    let at = start + 1;
    for (; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === quote) break;
      if (unit < firstPrintable) return undefined;
      if (unit !== backslash) continue;
      plain = false;
      at += 1;
    }
    if (at >= text.length) return undefined;
    this.#at = at + 1;
    return plain ? text.slice(start + 1, at) : decoded(text.slice(start, at + 1));
  }

  #fail(fault: JsonFault): undefined {
    this.fault = fault;
    return undefined;
  }

  #takeMark(mark: string): boolean {
    this.#skipSpace();
    return this.#takeWord(mark);
  }

  #takeWord(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }
}

const isSpace = (unit: number): boolean => unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;

function decoded(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
}
