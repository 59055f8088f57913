/**
 * Reads a request in multipart/form-data by the same kind of table as its JSON: each part is a member of one flat object.
 *
 * Invariant: a part that any reader may take for a field is judged as text, whatever it calls itself. Only what has the name of a
 * file, is of a type that is no text, and stands where no field is known, is counted instead.
 */
import type { Asked, Extraction, Piece, Repeat } from "../../domain/dialect.ts";
import type { Place, UnjudgedKind } from "../../domain/segment.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import type { Steps } from "../../stdx/paced.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type JsonMember, type JsonNode, type JsonObject, lastMember } from "../json/parse.ts";
import { type RequestTable, readRequestTree } from "../table/extraction.ts";
import { escapePointer } from "../table/here.ts";
import { isToken } from "../table/shapes.ts";
import { choice, fold, type ObjectSpec, type Spec, text, unjudged } from "../table/spec.ts";
import { textIn } from "./bytes.ts";
import { type FormPart, type HeaderText, isFile, splitForm } from "./parts.ts";

/** `spec` names the fields and, as `file`, the files that the operation takes. */
export type FormTable = RequestTable & { readonly spec: ObjectSpec };

/** A field that is a file: a document where it is text. */
export const file = (as: UnjudgedKind): Spec => choice({ string: text("document"), object: unjudged(as) });
const isFileSpec = (spec: Spec): boolean => spec.kind === "choice" && spec.object?.kind === "unjudged";

/** Errors: `malformed-form`, `not-utf8` (of what must be text), and those of the table. */
export function* readForm(
  body: string,
  boundary: string,
  table: FormTable,
  asked?: Asked,
): Steps<Result<Extraction, Unreadable>> {
  const split = yield* splitForm(body, boundary);
  if (!split.ok) return split;
  const found = yield* fieldsIn(body, split.value, table.spec);
  if (!found.ok) return found;
  const { members, beside, counts, lengths } = found.value;
  const root: JsonObject = { kind: "object", members, span: { start: 0, end: body.length } };
  const read = yield* readRequestTree(body, { root, depth: 1 }, { ...table, stream: asksForStream }, asked);
  if (!read.ok) return read;
  const unjudgedHere = { ...read.value.unjudged };
  for (const kind of counts) unjudgedHere[kind] = (unjudgedHere[kind] ?? 0) + 1;
  const names = new Set(members.map(({ keySpan }) => keySpan.start));
  const pieces = read.value.pieces.map((piece): Piece => asBytes(piece, names, lengths));
  return ok({
    ...read.value,
    pieces: [...pieces, ...beside].sort((a, b) => a.literal.start - b.literal.start),
    repeats: [...lengths.values()],
    unjudged: unjudgedHere,
  });
}

type Fields = {
  readonly members: JsonMember[];
  /** Texts of headers. */
  readonly beside: Piece[];
  /** One for each file that is not judged. */
  readonly counts: UnjudgedKind[];
  /** What tells the length of the value that begins there. */
  readonly lengths: Map<number, Repeat>;
};

function* fieldsIn(
  body: string,
  parts: readonly FormPart[],
  spec: ObjectSpec,
): Steps<Result<Fields, "malformed-form" | "not-utf8">> {
  const fields: Fields = { members: [], beside: [], counts: [], lengths: new Map() };
  for (const [index, part] of parts.entries()) {
    yield;
    const name = yield* textIn(part.name.value, whole(part.name.value));
    if (name === null) return err("not-utf8");
    const beside = yield* besideIn(part, name);
    if (beside === null) return err("not-utf8");
    fields.beside.push(...beside);
    const key = keyIn(name, spec);
    const kind = kindOf(part);
    if (kind !== "field" && takesField(name, spec)) return err("malformed-form");
    const value = kind === "field" || kind === "text" || kind === "unclear" ? yield* textIn(body, part.value) : null;
    if (value === null || (kind === "unclear" && value.includes("\0"))) {
      if (kind === "field" || kind === "text") return err("not-utf8");
      fields.counts.push(kind === "unclear" ? "file" : kind);
      if (!spec.members.has(key)) fields.beside.push(...unknownName(part, name));
      continue;
    }
    if (name.toLowerCase() === "_charset_" && !/^(?:utf-?8|(?:us-)?ascii)$/i.test(value)) return err("malformed-form");
    if (part.lengthLine !== null)
      fields.lengths.set(part.value.start, { lanes: `part/${index}/`, whole: part.lengthLine, gone: true });
    const node: JsonNode = { kind: "string", value, span: part.value };
    const listed = name.endsWith("[]") && spec.members.get(key)?.kind === "list";
    fields.members.push({
      key,
      keySpan: part.name.literal,
      value: listed ? { kind: "list", items: [node], span: part.value } : node,
      shadowed: false,
    });
  }
  return ok(fields);
}

type PartKind = "field" | "text" | "unclear" | "audio" | "image" | "video" | "file";

const textTypes =
  /^(?:text\/.*|application\/(?:json|json-seq|x-ndjson|ndjson|x-jsonlines|jsonl|xml|yaml|x-yaml)|.*\+(?:json|xml|yaml))$/;
const saysNothing: ReadonlySet<string> = new Set(["application/octet-stream", "binary/octet-stream"]);

/** `unclear`: text where it can be read as one. */
function kindOf(part: FormPart): PartKind {
  const { mediaType } = part;
  if (!isFile(part)) return "field";
  if (mediaType === null || saysNothing.has(mediaType)) return "unclear";
  if (textTypes.test(mediaType)) return "text";
  const [group] = mediaType.split("/", 1);
  return group === "audio" || group === "image" || group === "video" ? group : "file";
}

/** `include[]` and `expires_after[anchor]` are of the member before the brackets. */
function keyIn(name: string, { members }: ObjectSpec): string {
  const [, base = name] = /^([^[\]]+)(?:\[[\w.:-]{0,64}\]){1,8}$/.exec(name) ?? [];
  return members.has(base) ? base : name;
}

/** Whether some reader may take a part of that name for a field that is known to be text. */
function takesField(name: string, { members, foldedKeys }: ObjectSpec): boolean {
  const [base = ""] = name.trim().split("[", 1);
  const spec = members.get(base);
  return spec === undefined ? foldedKeys.has(fold(base)) : !isFileSpec(spec);
}

/** Names that the table does not know are judged where their values are; so are those of files. */
const unknownName = (part: FormPart, name: string): readonly Piece[] =>
  isToken(name) ? [] : [headerPiece(part.name, name, "name", "")];

function* besideIn(part: FormPart, name: string): Steps<readonly Piece[] | null> {
  const pieces: Piece[] = [];
  const pointer = `/${escapePointer(name)}`;
  const beside: readonly (readonly [Place, HeaderText])[] = [
    ...(part.filename === null || isToken(part.filename.value) ? [] : [["name", part.filename] as const]),
    ...part.remarks.map((remark) => ["field", remark] as const),
  ];
  for (const [place, header] of beside) {
    const said = yield* textIn(header.value, whole(header.value));
    if (said === null) return null;
    pieces.push(headerPiece(header, said, place, pointer));
  }
  return pieces;
}

const headerPiece = ({ literal }: HeaderText, said: string, place: Place, pointer: string): Piece => ({
  location: { place, role: "none", pointer },
  text: said,
  literal,
  writing: "quoted-bytes",
  mask: { kind: "text" },
  lane: null,
  call: null,
});

const whole = ({ length }: string) => ({ start: 0, end: length });

/** A piece of the table's as it stands in the form. Where a header tells its length, it has a lane to be told by. */
function asBytes(piece: Piece, names: ReadonlySet<number>, lengths: Fields["lengths"]): Piece {
  if (names.has(piece.literal.start)) return { ...piece, writing: "quoted-bytes" };
  return { ...piece, writing: "bytes", lane: lengths.get(piece.literal.start)?.lanes ?? null };
}

const asksForStream = (root: JsonNode): boolean => {
  const stream = lastMember(root, "stream");
  return stream?.kind === "string" && stream.value === "true";
};
