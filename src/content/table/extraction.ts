/** Extractions from JSON by a table: what the dialects' readers share. */
import { type Asked, type Declared, type Extraction, nothingDeclared } from "../../domain/dialect.ts";
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
  echo: null,
  depth: 0,
};

/** In UTF-16 code units; longer names are not echoed. */
const modelLongest = 256;

/** What is judged only where it is asked for, and was. */
const noneAsked: Asked = new Set();

/** How a dialect reads a request. */
export type RequestTable = {
  readonly spec: Spec;
  /** Messages or inputs in the body. */
  readonly count: (root: JsonNode) => number;
  /** What the body says of the reply it wants; nothing where left out. */
  readonly declared?: (root: JsonNode, body: string) => Declared;
  /** Whether the client asked for a stream; by the member `stream` where left out. */
  readonly stream?: (root: JsonNode) => boolean;
  /** The model, where the path names it; else the member `model`. */
  readonly model?: string | null;
  /** Whether the body names models that may answer in place of that one; none does where left out. */
  readonly namesOthers?: (root: JsonNode) => boolean;
  /** What an answer to this request must name, as JSON text; nothing where left out. */
  readonly echo?: (root: JsonNode) => string | null;
};

/** Errors: those of `parseLongJson` and of the table. */
export function* readRequest(body: string, table: RequestTable, asked?: Asked): Steps<Result<Extraction, Unreadable>> {
  const document = yield* parseLongJson(body);
  return document.ok ? yield* readRequestTree(body, document.value, table, asked) : document;
}

/** Of what was read already. `source`: the text that it was read of. Errors: those of the table. */
export function* readRequestTree(
  source: string,
  { root, depth }: JsonDocument,
  table: RequestTable,
  asked: Asked = noneAsked,
): Steps<Result<Extraction, Unreadable>> {
  const named = table.model === undefined ? modelIn(root) : { model: table.model, modelRepeated: false };
  const reading = yield* walk(root, table.spec, { source, role: "none", lanes: false, asked });
  if (!reading.ok) return err(reading.error);
  return ok({
    ...nothing,
    ...reading.value,
    messages: table.count(root),
    stream: table.stream === undefined ? asksForStream(root) : table.stream(root),
    ...named,
    modelRepeated: named.modelRepeated || table.namesOthers?.(root) === true,
    declared: table.declared?.(root, source) ?? nothingDeclared,
    echo: table.echo?.(root) ?? null,
    depth,
  });
}

/** The last word counts, as for most readers. */
export function asksForStream(root: JsonNode): boolean {
  const stream = lastMember(root, "stream");
  return stream?.kind === "literal" && stream.value === true;
}

function modelIn(root: JsonNode): Pick<Extraction, "model" | "modelRepeated"> {
  const model = lastMember(root, "model");
  return {
    model: model?.kind === "string" && model.value.length <= modelLongest ? model.value : null,
    modelRepeated: !isClear(root),
  };
}

/** True where all readers see the same model, or none. Some take keys whatever their case, and the first or the last. */
function isClear(root: JsonNode): boolean {
  if (root.kind !== "object") return true;
  const named = root.members.filter(({ key }) => key.length === "model".length && key.toLowerCase() === "model");
  const [only] = named;
  return only === undefined || (named.length === 1 && only.key === "model" && only.value.kind === "string");
}

export function* readReply(
  body: string,
  spec: Spec,
  role: Role,
  asked: Asked = noneAsked,
): Steps<Result<Extraction, Unreadable>> {
  const document = yield* parseLongJson(body);
  return document.ok ? yield* readDocument(body, document.value, spec, role, asked) : document;
}

/** `source`: the text of which the document was read. `grows`: strings that no spec names go on in the next one. */
export function* readDocument(
  source: string,
  { root, depth }: JsonDocument,
  spec: Spec,
  role: Role,
  asked: Asked = noneAsked,
  grows = false,
): Steps<Result<Extraction, Unreadable>> {
  const reading = yield* walk(root, spec, { source, role, lanes: true, grows, asked });
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
