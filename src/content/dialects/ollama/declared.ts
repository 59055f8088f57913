/**
 * What a request to Ollama says of the reply it wants: the tools it offers and the form of the text.
 *
 * Invariant: schemas are the client's own text, cut from the body. Of repeated keys the last counts where there can be one value only;
 * the tools of all of them are offered.
 */
import type { Declared, DeclaredTool } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";

/** Any JSON will do. */
const anySchema = "{}";

export function declaredIn(root: JsonNode, body: string): Declared {
  const items = toolsIn(root);
  const tools = items.flatMap((item) => toolIn(item, body) ?? []);
  return { tools, otherTools: tools.length < items.length, replySchema: replySchemaIn(root, body) };
}

function toolsIn(root: JsonNode): readonly JsonNode[] {
  if (root.kind !== "object") return [];
  return root.members.flatMap(({ key, value }) => (key === "tools" && value.kind === "list" ? value.items : []));
}

/** Without parameters a function still takes JSON. */
function toolIn(item: JsonNode, body: string): DeclaredTool | null {
  const called = lastMember(item, "function");
  const name = called === null ? null : lastMember(called, "name");
  if (called === null || name?.kind !== "string") return null;
  const parameters = lastMember(called, "parameters");
  return { name: name.value, schema: parameters?.kind === "object" ? textOf(parameters, body) : anySchema };
}

function replySchemaIn(root: JsonNode, body: string): string | null {
  const format = lastMember(root, "format");
  if (format?.kind === "object") return textOf(format, body);
  return format?.kind === "string" && format.value === "json" ? anySchema : null;
}

const textOf = ({ span }: JsonNode, body: string): string => body.slice(span.start, span.end);
