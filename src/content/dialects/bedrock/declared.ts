/**
 * What a request to Converse says of the reply it wants: the tools it offers and the form of the text.
 *
 * Invariant: schemas are the client's own text. Of repeated keys the last counts where there can be one value only; the tools of
 * all of them are offered.
 */
import type { Declared, DeclaredTool } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";

/** Any JSON will do. */
const anySchema = "{}";

export function declaredIn(root: JsonNode, body: string): Declared {
  const tools: DeclaredTool[] = [];
  let otherTools = false;
  for (const item of membersOf(root, "toolConfig")
    .flatMap((config) => membersOf(config, "tools"))
    .flatMap(itemsOf)) {
    const tool = toolIn(item, body);
    if (tool !== null) tools.push(tool);
    else if (lastMember(item, "cachePoint") === null) otherTools = true;
  }
  // Tools of a model's own (a computer, a browser) come with its own fields.
  const fields = membersOf(root, "additionalModelRequestFields");
  if (fields.some((field) => lastMember(field, "tools") !== null)) otherTools = true;
  return { tools, otherTools, replySchema: replySchemaIn(root) };
}

const membersOf = (node: JsonNode, key: string): readonly JsonNode[] =>
  node.kind === "object" ? node.members.filter((member) => member.key === key).map(({ value }) => value) : [];

const itemsOf = (node: JsonNode): readonly JsonNode[] => (node.kind === "list" ? node.items : []);

/** `null` for tools of the provider's own. Without a schema a tool still takes JSON. */
function toolIn(item: JsonNode, body: string): DeclaredTool | null {
  const spec = lastMember(item, "toolSpec");
  const name = spec === null ? null : lastMember(spec, "name");
  if (spec === null || name?.kind !== "string") return null;
  const schema = at(spec, ["inputSchema", "json"]);
  const isNone = schema === null || (schema.kind === "literal" && schema.value === null);
  return { name: name.value, schema: isNone ? anySchema : body.slice(schema.span.start, schema.span.end) };
}

/** The schema is JSON text in a string. */
function replySchemaIn(root: JsonNode): string | null {
  const format = at(root, ["outputConfig", "textFormat"]);
  if (format === null) return null;
  const type = lastMember(format, "type");
  if (type?.kind !== "string" || type.value !== "json_schema") return null;
  const schema = at(format, ["structure", "jsonSchema", "schema"]);
  return schema?.kind === "string" ? schema.value : anySchema;
}

function at(node: JsonNode, path: readonly string[]): JsonNode | null {
  let found: JsonNode | null = node;
  for (const key of path) found = found === null ? null : lastMember(found, key);
  return found;
}
