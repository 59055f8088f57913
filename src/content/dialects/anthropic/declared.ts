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

const onScreen: readonly string[] = [
  ...["key", "hold_key", "type", "mouse_move", "left_mouse_down", "left_mouse_up", "left_click", "left_click_drag"],
  ...["right_click", "middle_click", "double_click", "triple_click", "scroll", "wait", "screenshot", "zoom"],
];
/** What calls name of tools that come in sets. */
const toolsets: ReadonlyMap<string, readonly string[]> = new Map([
  ["computer_toolset_20260801", [...onScreen, "cursor_position"]],
  [
    "browser_toolset_20260801",
    [
      ...onScreen,
      ...["navigate", "list_tabs", "new_tab", "switch_tab", "close_tab", "read_page", "get_page_text", "read_console"],
      ...["read_network", "find", "form_input", "file_upload", "scroll_to", "hover", "javascript_exec"],
    ],
  ],
]);

/** What has another form than it should have is left out. */
export function declaredIn(root: JsonNode, body: string): Declared {
  const tools: DeclaredTool[] = [];
  let otherTools = itemsOf(root, "mcp_servers").length > 0;
  const ofSets = new Set<string>();
  for (const item of itemsOf(root, "tools")) {
    const members = membersOf(item);
    // A short item names many tools: each is told once, however many such items there are.
    const offered = members === null ? toolsIn(item, body) : members.filter((name) => !ofSets.has(name)).map(described);
    if ((members ?? offered).length === 0) otherTools = true;
    for (const name of members ?? []) ofSets.add(name);
    tools.push(...offered);
  }
  return { tools, otherTools, replySchema: replySchemaIn(root, body) };
}

function itemsOf(root: JsonNode, key: string): readonly JsonNode[] {
  if (root.kind !== "object") return [];
  return root.members.flatMap((member) =>
    member.key === key && member.value.kind === "list" ? member.value.items : [],
  );
}

/** Another model may answer, named here or by the provider: what rules ask of the one that `model` names does not settle it. */
export const fallsBack = (root: JsonNode): boolean =>
  root.kind === "object" &&
  root.members.some(
    ({ key, value }) =>
      key === "fallbacks" && (value.kind === "list" ? value.items.length > 0 : value.kind !== "literal"),
  );

/** None for tools without a name that a call would tell. */
function toolsIn(item: JsonNode, body: string): readonly DeclaredTool[] {
  const [name, type] = [lastMember(item, "name"), lastMember(item, "type")];
  if (name?.kind !== "string") return [];
  const isCustom = type?.kind !== "string" || type.value === "custom";
  if (!isCustom) return [described(name.value)];
  return [{ name: name.value, schema: textOf(lastMember(item, "input_schema"), body) ?? anySchema }];
}

/** Names of the tools of a set that are on; `null` where the item is no set. */
function membersOf(item: JsonNode): readonly string[] | null {
  const type = lastMember(item, "type");
  const members = type?.kind === "string" ? toolsets.get(type.value) : undefined;
  return members?.filter((member) => isOn(item, member)) ?? null;
}

/** By Anthropic: only the model's side knows its schema. */
const described = (name: string): DeclaredTool => ({ name, schema: null });

function isOn(toolset: JsonNode, member: string): boolean {
  const configs = lastMember(toolset, "configs");
  const config = configs === null ? null : lastMember(configs, member);
  const enabled = config === null ? null : lastMember(config, "enabled");
  return enabled?.kind !== "literal" || enabled.value !== false;
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
