/**
 * Where tokens of a JSON text end, and what its strings say. Exactly what JSON.parse accepts is a token here. Strings and
 * lists of numbers may be as long as the text: these are read in steps.
 */
import type { Steps } from "../../stdx/paced.ts";

const plus = 0x2b;
const comma = 0x2c;
const minus = 0x2d;
const point = 0x2e;
const backslash = 0x5c;
const closesList = 0x5d;

/** A whole number of so many digits can be a card or an account. */
export const longIntegerDigits = 9;
/** So much of a string is decoded at once, in UTF-16 code units. */
const decodedUnits = 32_768;
/** So many quotes or numbers are looked at between two steps. */
const stepTokens = 4_096;
/** A short string has at most so many escaped quotes. */
const shortQuotes = 16;
/** `\u0041` */
const escapeLongest = 6;

export const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** The offset of the quote that closes the short string opened at `opening`; -1: it has none, or is long. */
export function endOfShortString(text: string, opening: number): number {
  let at = opening;
  for (let quotes = 0; quotes < shortQuotes; quotes += 1) {
    at = text.indexOf('"', at + 1);
    if (at === -1 || at - opening > decodedUnits) return -1;
    if (!isEscaped(text, at)) return at;
  }
  return -1;
}

/** The offset of the quote that closes the string opened at `opening`; -1 where there is none. */
export function* endOfString(text: string, opening: number): Steps<number> {
  let at = opening;
  for (let quotes = 1; ; quotes += 1) {
    at = text.indexOf('"', at + 1);
    if (at === -1 || !isEscaped(text, at)) return at;
    if (quotes % stepTokens === 0) yield;
  }
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === backslash) slashes += 1;
  return slashes % 2 === 1;
}

/** What a string says; `inside`: without its quotes. `null`: it is none. */
export function decodeString(inside: string): string | null {
  if (!inside.includes("\\")) return hasControl.test(inside) ? null : inside;
  try {
    return JSON.parse(`"${inside}"`) as string;
  } catch {
    return null;
  }
}

const hasControl = /[^ -\uffff]/;

/** The same of a long one, which stands in text[from, to). Without escapes it is not copied. */
export function* decodeLongString(text: string, from: number, to: number): Steps<string | null> {
  const parts: string[] = [];
  let plainUntil = from;
  for (let at = from; at < to; ) {
    const end = at + decodedUnits >= to ? to : cutBefore(text, at, at + decodedUnits);
    const inside = text.slice(at, end);
    const part = decodeString(inside);
    if (part === null) return null;
    if (parts.length > 0) parts.push(part);
    else if (part === inside) plainUntil = end;
    else parts.push(text.slice(from, at), part);
    at = end;
    yield;
  }
  return plainUntil === to ? text.slice(from, to) : parts.join("");
}

/** A place near `to` that is not within an escape; `from` is none either. */
function cutBefore(text: string, from: number, to: number): number {
  let last = to - 1;
  while (last > to - escapeLongest && text.charCodeAt(last) !== backslash) last -= 1;
  if (text.charCodeAt(last) !== backslash) return to;
  let first = last;
  while (first > from && text.charCodeAt(first - 1) === backslash) first -= 1;
  return (last - first) % 2 === 0 ? last : last + 1;
}

/** Where the number ends that begins there; -1 where none does. */
export function endOfNumber(text: string, from: number): number {
  const whole = text.charCodeAt(from) === minus ? from + 1 : from;
  let at = endOfDigits(text, whole);
  if (at === whole || (text.charCodeAt(whole) === 0x30 && at > whole + 1)) return -1;
  if (text.charCodeAt(at) === point) {
    const fraction = at + 1;
    at = endOfDigits(text, fraction);
    if (at === fraction) return -1;
  }
  if ((text.charCodeAt(at) | 0x20) === 0x65) {
    const sign = text.charCodeAt(at + 1);
    const exponent = sign === plus || sign === minus ? at + 2 : at + 1;
    at = endOfDigits(text, exponent);
    if (at === exponent) return -1;
  }
  return at;
}

function endOfDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

/** Whether the list that opens at `at` may be one of numbers. */
export function beginsWithNumber(text: string, at: number): boolean {
  const code = text.charCodeAt(endOfSpace(text, at + 1));
  return isDigit(code) || code === minus;
}

/** Looks no further than `most`. */
export function endOfSpace(text: string, from: number, most: number = text.length): number {
  let at = from;
  while (at < most && isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/**
 * Where the list that opens at `opening` closes, if it holds two numbers or more and nothing else; else -1. Also -1 where
 * one of them may be a long whole number: `4.111e15` is one too.
 */
export function* numbersOnly(text: string, opening: number): Steps<number> {
  let at = opening;
  for (let numbers = 1; ; numbers += 1) {
    const from = endOfSpace(text, at + 1);
    const end = endOfNumber(text, from);
    if (end === -1 || isLong(text, from, end)) return -1;
    at = endOfSpace(text, end);
    const code = text.charCodeAt(at);
    if (code === closesList) return numbers > 1 ? at : -1;
    if (code !== comma) return -1;
    if (numbers % stepTokens === 0) yield;
  }
}

function isLong(text: string, from: number, to: number): boolean {
  const whole = text.charCodeAt(from) === minus ? from + 1 : from;
  const wholeEnd = endOfDigits(text, whole);
  if (wholeEnd - whole >= longIntegerDigits) return true;
  if (wholeEnd === to) return false;
  const fractionEnd = text.charCodeAt(wholeEnd) === point ? endOfDigits(text, wholeEnd + 1) : wholeEnd;
  return fractionEnd < to && text.charCodeAt(fractionEnd + 1) !== minus;
}
