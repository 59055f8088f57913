/**
 * What a request to Gemini says of the reply it wants: the functions it offers and the form of the text.
 *
 * Invariant: schemas are the client's own text, cut from the body. Google's own form of them is rewritten where it differs from JSON
 * Schema: types in capitals, `nullable`, whole numbers as strings. Depth is bounded by the parser.
 */
import type { Declared, DeclaredTool, Edit } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";
import { applyEdits } from "../../json/splice.ts";

/** Any JSON will do. */
const anySchema = "{}";

/** What has another form than it should have is left out. */
export function declaredIn(root: JsonNode, body: string): Declared {
  const tools: DeclaredTool[] = [];
  let otherTools = false;
  for (const tool of itemsAt(root, ["tools"])) {
    if (tool.kind !== "object") continue;
    for (const item of itemsAt(tool, functionDeclarations)) {
      const declared = functionIn(item, body);
      if (declared !== null) tools.push(declared);
    }
    otherTools ||= tool.members.some(({ key }) => !functionDeclarations.includes(key));
  }
  return { tools, otherTools, replySchema: replySchemaIn(root, body) };
}

const functionDeclarations: readonly string[] = ["functionDeclarations", "function_declarations"];

/** Items of all lists of that name, and whatever stands where a list is due. */
function itemsAt(node: JsonNode, keys: readonly string[]): readonly JsonNode[] {
  if (node.kind !== "object") return [];
  return node.members.flatMap(({ key, value }) =>
    keys.includes(key) ? (value.kind === "list" ? value.items : [value]) : [],
  );
}

/** Without parameters a function still takes JSON. */
function functionIn(node: JsonNode, body: string): DeclaredTool | null {
  const name = lastMember(node, "name");
  if (name?.kind !== "string") return null;
  const schema = schemaAt(node, "parameters", "parametersJsonSchema", "parameters_json_schema", body);
  return { name: name.value, schema: schema ?? anySchema };
}

function schemaAt(node: JsonNode, own: string, plain: string, plainSnake: string, body: string): string | null {
  const ours = known(lastMember(node, own));
  if (ours !== null) return jsonSchema(ours, body);
  const theirs = known(lastMember(node, plain)) ?? known(lastMember(node, plainSnake));
  return theirs === null ? null : textOf(theirs, body);
}

const known = (node: JsonNode | null): JsonNode | null =>
  node === null || (node.kind === "literal" && node.value === null) ? null : node;

const textOf = ({ span }: JsonNode, body: string): string => body.slice(span.start, span.end);

const eitherOf = (node: JsonNode, camel: string, snake: string): JsonNode | null =>
  known(lastMember(node, camel)) ?? known(lastMember(node, snake));

function replySchemaIn(root: JsonNode, body: string): string | null {
  const config = eitherOf(root, "generationConfig", "generation_config");
  if (config === null) return null;
  const format = formatIn(config, body);
  if (format !== null) return format;
  if (!isJson(eitherOf(config, "responseMimeType", "response_mime_type"))) return null;
  const own = lastMember(config, "responseSchema") === null ? "response_schema" : "responseSchema";
  return schemaAt(config, own, "responseJsonSchema", "response_json_schema", body) ?? anySchema;
}

/** The newer way to ask for it. */
function formatIn(config: JsonNode, body: string): string | null {
  const texts = itemsAt(config, ["responseFormat", "response_format"]).map((format) =>
    known(lastMember(format, "text")),
  );
  const text = texts.find((each) => each !== null && isJson(eitherOf(each, "mimeType", "mime_type")));
  if (text === undefined || text === null) return null;
  const schema = known(lastMember(text, "schema"));
  return schema === null ? anySchema : jsonSchema(schema, body);
}

const isJson = (type: JsonNode | null): boolean => type?.kind === "string" && type.value === "application/json";

const types: ReadonlySet<string> = new Set(["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"]);
const counts: ReadonlySet<string> = new Set(
  ["minItems", "maxItems", "minProperties", "maxProperties", "minLength", "maxLength"].flatMap((name) => [
    name,
    name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`),
  ]),
);
/** Members that are schemas, lists of them, or objects of them. */
const one: ReadonlySet<string> = new Set(["items", "additionalProperties", "additional_properties"]);
const many: ReadonlySet<string> = new Set(["anyOf", "any_of", "oneOf", "allOf", "prefixItems", "prefix_items"]);
const named: ReadonlySet<string> = new Set(["properties", "$defs", "defs"]);

/** Google's schema as JSON Schema. What is neither is left as it is, for its reader to refuse. */
function jsonSchema(node: JsonNode, body: string): string {
  const { start } = node.span;
  const edits = [...editsOf(node)].map(({ range, text }) => ({
    range: { start: range.start - start, end: range.end - start },
    text,
  }));
  return applyEdits(textOf(node, body), edits);
}

function* editsOf(schema: JsonNode): Generator<Edit> {
  if (schema.kind !== "object") return;
  const nullable = lastMember(schema, "nullable");
  const isNullable = nullable?.kind === "literal" && nullable.value === true;
  for (const { key, keySpan, value } of schema.members) {
    const camel = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (camel !== key && (counts.has(key) || one.has(key) || many.has(key)))
      yield { range: keySpan, text: JSON.stringify(camel) };
    if (key === "type" && value.kind === "string") yield* typeEdit(value, isNullable);
    else if (counts.has(key) && value.kind === "string" && /^\d{1,15}$/.test(value.value))
      yield { range: value.span, text: String(Number(value.value)) };
    else if (one.has(key)) yield* editsOf(value);
    else if (many.has(key) && value.kind === "list") for (const item of value.items) yield* editsOf(item);
    else if (named.has(key) && value.kind === "object")
      for (const member of value.members) yield* editsOf(member.value);
  }
}

function* typeEdit(node: Extract<JsonNode, { kind: "string" }>, isNullable: boolean): Generator<Edit> {
  const type = types.has(node.value) ? node.value.toLowerCase() : node.value;
  if (isNullable) yield { range: node.span, text: JSON.stringify([type, "null"]) };
  else if (type !== node.value) yield { range: node.span, text: JSON.stringify(type) };
}
