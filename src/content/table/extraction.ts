/** Extractions from JSON by a table: what the dialects' readers share. */
import { type Declared, type Extraction, nothingDeclared } from "../../domain/dialect.ts";
import type { Role } from "../../domain/segment.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import type { Steps } from "../../stdx/paced.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type JsonDocument, type JsonNode, lastMember, parseLongJson } from "../json/parse.ts";
import type { Spec } from "./spec.ts";
import { walk } from "./walk.ts";

/** What a body without anything to judge holds. */
export const nothing: Extraction = {
  pieces: [],
  repeats: [],
  unjudged: {},
  messages: 0,
  stream: false,
  model: null,
  modelRepeated: false,
  declared: nothingDeclared,
  depth: 0,
};

/** In UTF-16 code units; longer names are not echoed. */
const modelLongest = 256;

/**
 * `count`: messages or inputs in the body. `declared`: what it says of the reply it wants. Errors: those of `parseLongJson`
 * and of the table.
 */
export function* readRequest(
  body: string,
  spec: Spec,
  count: (root: JsonNode) => number,
  declared: (root: JsonNode, body: string) => Declared = () => nothingDeclared,
): Steps<Result<Extraction, Unreadable>> {
  const document = yield* parseLongJson(body);
  if (!document.ok) return document;
  const { root, depth } = document.value;
  const reading = yield* walk(root, spec, "none", false);
  if (!reading.ok) return err(reading.error);
  const stream = lastMember(root, "stream");
  const model = lastMember(root, "model");
  return ok({
    ...nothing,
    ...reading.value,
    messages: count(root),
    stream: stream?.kind === "literal" && stream.value === true,
    model: model?.kind === "string" && model.value.length <= modelLongest ? model.value : null,
    modelRepeated: !isClear(root),
    declared: declared(root, body),
    depth,
  });
}

/** True where all readers see the same model, or none. Some take keys whatever their case, and the first or the last. */
function isClear(root: JsonNode): boolean {
  if (root.kind !== "object") return true;
  const named = root.members.filter(({ key }) => key.length === "model".length && key.toLowerCase() === "model");
  const [only] = named;
  return only === undefined || (named.length === 1 && only.key === "model" && only.value.kind === "string");
}

export function* readReply(body: string, spec: Spec, role: Role): Steps<Result<Extraction, Unreadable>> {
  const document = yield* parseLongJson(body);
  return document.ok ? yield* readDocument(document.value, spec, role) : document;
}

export function* readDocument(
  { root, depth }: JsonDocument,
  spec: Spec,
  role: Role,
): Steps<Result<Extraction, Unreadable>> {
  const reading = yield* walk(root, spec, role, true);
  return reading.ok ? ok({ ...nothing, ...reading.value, depth }) : reading;
}

/** Items of all lists named `key`, and one for each other value of that name: repeated keys count too. */
export function countItems(root: JsonNode, key: string): number {
  if (root.kind !== "object") return 0;
  let items = 0;
  for (const member of root.members) {
    if (member.key === key) items += member.value.kind === "list" ? member.value.items.length : 1;
  }
  return items;
}
