/** Extractions from JSON by a table: what the dialects' readers share. */
import { type Extraction, nothingDeclared } from "../../domain/dialect.ts";
import type { Role } from "../../domain/segment.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type JsonNode, lastMember, parseJson } from "../json/parse.ts";
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

/** `count`: messages or inputs in the body. Errors: those of `parseJson` and of the table. */
export function readRequest(
  body: string,
  spec: Spec,
  count: (root: JsonNode) => number,
): Result<Extraction, Unreadable> {
  const root = parseJson(body);
  if (!root.ok) return root;
  const reading = walk(root.value, spec, "none", false);
  if (!reading.ok) return err(reading.error);
  const stream = lastMember(root.value, "stream");
  const model = lastMember(root.value, "model");
  return ok({
    ...nothing,
    ...reading.value,
    messages: count(root.value),
    stream: stream?.kind === "literal" && stream.value === true,
    model: model?.kind === "string" && model.value.length <= modelLongest ? model.value : null,
  });
}

export function readReply(body: string, spec: Spec, role: Role): Result<Extraction, Unreadable> {
  const root = parseJson(body);
  return root.ok ? readTree(root.value, spec, role) : root;
}

export function readTree(root: JsonNode, spec: Spec, role: Role): Result<Extraction, Unreadable> {
  const reading = walk(root, spec, role, true);
  return reading.ok ? ok({ ...nothing, ...reading.value }) : reading;
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
