/**
 * What a request of the Responses API says of the reply it wants: the tools it offers and the form of the text.
 *
 * Invariant: schemas are the client's own text, cut from the body and not read here. Of repeated keys the last counts where there
 * can be one value only; the tools of all of them are offered, and those that items of the input bring.
 */
import type { Declared, DeclaredTool } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";

/** Any JSON will do. */
const anySchema = "{}";

export function declaredIn(root: JsonNode, body: string): Declared {
  const found: Found = { tools: [], otherTools: false };
  const items = itemsOf(root, "input");
  for (const tool of itemsOf(root, "tools")) addTool(found, tool, body);
  for (const item of items) for (const tool of itemsOf(item, "tools")) addTool(found, tool, body);
  return { ...found, replySchema: replySchemaIn([root, ...items.filter(isUpdate)], body) };
}

type Found = { tools: DeclaredTool[]; otherTools: boolean };

function itemsOf(node: JsonNode, key: string): readonly JsonNode[] {
  if (node.kind !== "object") return [];
  return node.members.flatMap((member) =>
    member.key === key && member.value.kind === "list" ? member.value.items : [],
  );
}

function wordOf(node: JsonNode, key: string): string | null {
  const value = lastMember(node, key);
  return value?.kind === "string" ? value.value : null;
}

/** A namespace holds tools, but no other namespace. */
function addTool(found: Found, node: JsonNode, body: string): void {
  if (wordOf(node, "type") !== "namespace") return addOne(found, node, body);
  for (const tool of itemsOf(node, "tools")) addOne(found, tool, body);
}

/** Tools of the provider's own have no name that a call would tell. Without parameters a function still takes JSON. */
function addOne(found: Found, node: JsonNode, body: string): void {
  const type = wordOf(node, "type");
  const name = wordOf(node, "name");
  if (name === null || (type !== "function" && type !== "custom")) found.otherTools = true;
  else if (type === "custom") found.tools.push({ name, schema: null });
  else found.tools.push({ name, schema: textOf(lastMember(node, "parameters"), body) ?? anySchema });
}

const isUpdate = (item: JsonNode): boolean => wordOf(item, "type") === "configuration_update";

/** The last word on it counts. */
function replySchemaIn(nodes: readonly JsonNode[], body: string): string | null {
  let schema: string | null = null;
  for (const node of nodes) {
    const config = lastMember(node, "text");
    const format = config === null ? null : lastMember(config, "format");
    const type = format === null ? null : wordOf(format, "type");
    if (format === null || type === null) continue;
    if (type === "json_object") schema = anySchema;
    else schema = type === "json_schema" ? (textOf(lastMember(format, "schema"), body) ?? anySchema) : null;
  }
  return schema;
}

/** `null` where nothing stands, and for the value `null`. */
function textOf(node: JsonNode | null, body: string): string | null {
  if (node === null || (node.kind === "literal" && node.value === null)) return null;
  return body.slice(node.span.start, node.span.end);
}
