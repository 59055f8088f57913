/**
 * What a request to OpenAI's chat says of the reply it wants: the tools it offers and the form of the text.
 *
 * Invariant: schemas are the client's own text, cut from the body and not read here. Of repeated keys the last counts
 * where there can be one value only; the tools of all of them are offered.
 */
import type { Declared, DeclaredTool } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";

/** Any JSON will do. */
const anySchema = "{}";

/** `tools` and the older `functions`; `response_format`. What has another form than these should have is left out. */
export function declaredIn(root: JsonNode, body: string): Declared {
  const tools: DeclaredTool[] = [];
  let otherTools = false;
  for (const item of itemsOf(root, "tools")) {
    const tool = toolIn(item, body);
    if (tool === null) otherTools = true;
    else tools.push(tool);
  }
  for (const item of itemsOf(root, "functions")) {
    const tool = functionIn(item, body);
    if (tool !== null) tools.push(tool);
  }
  return { tools, otherTools, replySchema: replySchemaIn(root, body) };
}

function itemsOf(root: JsonNode, key: string): readonly JsonNode[] {
  if (root.kind !== "object") return [];
  return root.members.flatMap((member) =>
    member.key === key && member.value.kind === "list" ? member.value.items : [],
  );
}

/** `null` for tools of the provider's own, which have no name that a call would tell. */
function toolIn(item: JsonNode, body: string): DeclaredTool | null {
  const called = lastMember(item, "function");
  if (called !== null) return functionIn(called, body);
  const custom = lastMember(item, "custom");
  const name = custom === null ? null : lastMember(custom, "name");
  return name?.kind === "string" ? { name: name.value, schema: null } : null;
}

/** Without parameters a function still takes JSON. */
function functionIn(node: JsonNode, body: string): DeclaredTool | null {
  const name = lastMember(node, "name");
  if (name?.kind !== "string") return null;
  return { name: name.value, schema: textOf(lastMember(node, "parameters"), body) ?? anySchema };
}

function replySchemaIn(root: JsonNode, body: string): string | null {
  const format = lastMember(root, "response_format");
  const type = format === null ? null : lastMember(format, "type");
  if (format === null || type?.kind !== "string") return guidedBy(root, body);
  if (type.value === "json_object") return textOf(lastMember(format, "schema"), body) ?? anySchema;
  if (type.value !== "json_schema") return null;
  const named = lastMember(format, "json_schema");
  return textOf(named === null ? null : lastMember(named, "schema"), body) ?? anySchema;
}

/** vLLM's own words for it. A schema as a string is not looked into: any JSON will do. */
function guidedBy(root: JsonNode, body: string): string | null {
  const outputs = lastMember(root, "structured_outputs");
  const node = lastMember(root, "guided_json") ?? (outputs === null ? null : lastMember(outputs, "json"));
  return node?.kind === "string" ? anySchema : textOf(node, body);
}

/** `null` where nothing stands, and for the value `null`. */
function textOf(node: JsonNode | null, body: string): string | null {
  if (node === null || (node.kind === "literal" && node.value === null)) return null;
  return body.slice(node.span.start, node.span.end);
}
