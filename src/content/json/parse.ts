/**
 * JSON text -> a tree with UTF-16 positions, in steps: one loop, no recursion. A body may be long, its values many and its
 * strings as long as it is; none of that is done at once.
 */
import type { Unreadable } from "../../domain/verdict.ts";
import { runAtOnce, type Steps } from "../../stdx/paced.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import {
  beginsWithNumber,
  decodeLongString,
  decodeString,
  endOfShortString,
  endOfSpace,
  endOfString,
  isSpace,
  numbersOnly,
} from "./scan.ts";
import { type JsonDocument, type JsonLimits, type JsonNode, TreeBuilder } from "./tree.ts";

export type { JsonDocument, JsonLimits, JsonMember, JsonNode, JsonObject } from "./tree.ts";

export const defaultJsonLimits: JsonLimits = { maxDepth: 128, maxValues: 200_000 };

const quote = 0x22;
const opensList = 0x5b;
/** White space that is one token: so many UTF-16 code units at the most. */
const blankUnits = 64;
/** Tokens between two steps. */
const stepTokens = 2_048;

/** Errors: `too-deep`, `too-many-values`, `not-json` (also for a byte order mark). */
export function parseJson(text: string, limits?: JsonLimits): Result<JsonDocument, Unreadable> {
  return runAtOnce(parseLongJson(text, limits));
}

/** The same in steps. */
export function* parseLongJson(
  text: string,
  limits: JsonLimits = defaultJsonLimits,
): Steps<Result<JsonDocument, Unreadable>> {
  const builder = new TreeBuilder(text, limits);
  let at = 0;
  for (let tokens = 1; at !== -1 && at < text.length; tokens += 1) {
    if (tokens % stepTokens === 0) yield;
    const code = text.charCodeAt(at);
    if (code === quote) at = shortString(builder, text, at) ?? (yield* longString(builder, text, at));
    else if (isSpace(code)) at = endOfSpace(text, at, at + blankUnits);
    else if (code === opensList && beginsWithNumber(text, at)) at = yield* list(builder, text, at);
    else at = builder.take(at);
  }
  const document = builder.end();
  return at === -1 || document === null ? err(builder.error) : ok(document);
}

/** The last member of that name: the one that JSON.parse shows. */
export function lastMember(node: JsonNode, key: string): JsonNode | null {
  if (node.kind !== "object") return null;
  return node.members.findLast((member) => member.key === key)?.value ?? null;
}

/** `null`: it may be a long one. */
function shortString(builder: TreeBuilder, text: string, at: number): number | null {
  const end = endOfShortString(text, at);
  if (end === -1) return null;
  const value = decodeString(text.slice(at + 1, end));
  return value === null ? -1 : builder.takeString(value, at, end + 1);
}

function* longString(builder: TreeBuilder, text: string, at: number): Steps<number> {
  const end = yield* endOfString(text, at);
  if (end === -1) return -1;
  const value = yield* decodeLongString(text, at + 1, end);
  return value === null ? -1 : builder.takeString(value, at, end + 1);
}

/** The list that opens at `at`: to its end, where it holds numbers only. */
function* list(builder: TreeBuilder, text: string, at: number): Steps<number> {
  const opened = builder.take(at);
  const end = opened === -1 ? -1 : yield* numbersOnly(text, at);
  return end === -1 ? opened : builder.takeNumbers(endOfSpace(text, opened), end);
}
