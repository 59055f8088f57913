/**
 * What a request to Anthropic's Messages API says of the reply it wants: the tools it offers and the form of the text.
 *
 * Invariant: schemas are the client's own text, cut from the body and not read here. Of repeated keys the last counts
 * where there can be one value only; the tools of all of them are offered.
 */
import type { Declared, DeclaredTool } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";

/** Without a schema a custom tool still takes an object. */
const anySchema = "{}";

/** What has another form than it should have is left out. */
export function declaredIn(root: JsonNode, body: string): Declared {
  const tools: DeclaredTool[] = [];
  let otherTools = itemsOf(root, "mcp_servers").length > 0;
  for (const item of itemsOf(root, "tools")) {
    const tool = toolIn(item, body);
    if (tool === null) otherTools = true;
    else tools.push(tool);
  }
  return { tools, otherTools, replySchema: replySchemaIn(root, body) };
}

function itemsOf(root: JsonNode, key: string): readonly JsonNode[] {
  if (root.kind !== "object") return [];
  return root.members.flatMap((member) =>
    member.key === key && member.value.kind === "list" ? member.value.items : [],
  );
}

/**
 * `null` for tools without a name that a call would tell. Those that Anthropic describes have one, and a schema that only the
 * model's side knows.
 */
function toolIn(item: JsonNode, body: string): DeclaredTool | null {
  const [name, type] = [lastMember(item, "name"), lastMember(item, "type")];
  if (name?.kind !== "string") return null;
  const isCustom = type?.kind !== "string" || type.value === "custom";
  const schema = textOf(lastMember(item, "input_schema"), body);
  return { name: name.value, schema: isCustom ? (schema ?? anySchema) : schema };
}

function replySchemaIn(root: JsonNode, body: string): string | null {
  const config = lastMember(root, "output_config");
  const format = (config === null ? null : lastMember(config, "format")) ?? lastMember(root, "output_format");
  const type = format === null ? null : lastMember(format, "type");
  if (format === null || type?.kind !== "string" || type.value !== "json_schema") return null;
  return textOf(lastMember(format, "schema"), body) ?? anySchema;
}

/** `null` where nothing stands, and for the value `null`. */
function textOf(node: JsonNode | null, body: string): string | null {
  if (node === null || (node.kind === "literal" && node.value === null)) return null;
  return body.slice(node.span.start, node.span.end);
}
