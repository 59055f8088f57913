/**
 * Where text stands in requests of Anthropic's Messages API, as tables. What a table does not name is judged as `other`.
 */
import type { Role } from "../../../domain/segment.ts";
import {
  choice,
  each,
  list,
  object,
  partList,
  protocol,
  reference,
  said,
  type Spec,
  text,
  toolDefinition,
  tree,
  variant,
  link,
} from "../../table/spec.ts";
import { changes, documentBlock, repliedBlocks, source, textBlock, texts } from "./parts.ts";

const settings: readonly string[] = [
  ...["model", "max_tokens", "stream", "temperature", "top_p", "top_k", "service_tier", "speed", "inference_geo"],
  ...["cache_control", "thinking", "tool_choice", "diagnostics", "billing_policy", "fallback_credit_token", "betas"],
  ...["anthropic_version", "anthropic_beta", "user_profile_id", "workspace_id"],
];

/** Tools that Anthropic describes and the client runs. Any other with a type of its own is the provider's to run. */
const clientTools: readonly string[] = [
  ...["custom", "bash_20241022", "bash_20250124", "memory_20250818"],
  ...["text_editor_20241022", "text_editor_20250124", "text_editor_20250429", "text_editor_20250728"],
  ...["computer_20241022", "computer_20250124", "computer_20251124"],
  ...["computer_toolset_20260801", "browser_toolset_20260801"],
];

/** What it is told to do is judged, and that it is there is counted. */
const providerTool: Spec = object({
  type: reference("provider-tool"),
  ...each(["name", "model", "cache_control", "caching", "allowed_callers", "defer_loading", "strict"], protocol),
  ...each(["max_uses", "max_tokens", "max_content_tokens", "use_cache", "response_inclusion", "citations"], protocol),
  ...each(["url_sources", "default_config", "configs"], protocol),
  ...each(["allowed_domains", "blocked_domains"], tree("url")),
  user_location: tree("metadata"),
  mcp_server_name: text("name"),
  tools: toolDefinition,
});

const tool: Spec = variant("type", each(clientTools, toolDefinition), providerTool, toolDefinition);

const image: Spec = object({
  ...each(["type", "cache_control", "transformations"], protocol),
  source: source("image", null),
});

const documentParts: Spec = choice({
  string: text("document"),
  list: partList(variant("type", { image }, textBlock("document"))),
});

/** Who looked it up did what a tool does. */
const searchResult: Spec = object(
  {
    ...each(["type", "cache_control", "citations"], protocol),
    title: text("document"),
    source: link(),
    content: texts("document"),
  },
  { role: "tool" },
);

/** What a user brings, or a tool. */
const brought = { image, document: documentBlock(source("file", documentParts)), search_result: searchResult };

const toolResult: Spec = object(
  {
    ...each(["type", "tool_use_id", "is_error", "cache_control", "toolset_name"], protocol),
    content: choice({
      string: text("tool-result"),
      list: partList(
        variant(
          "type",
          {
            ...brought,
            tool_reference: object({ ...each(["type", "cache_control"], protocol), tool_name: text("tool-name") }),
            browser_state: tree("tool-result"),
          },
          textBlock("tool-result"),
        ),
      ),
    }),
  },
  { role: "tool" },
);

const block: Spec = variant(
  "type",
  { ...brought, tool_result: toolResult, ...repliedBlocks("here", source("file", null)), ...changes(tool) },
  textBlock("content"),
);

/** Their own names, and no others: a message that names another role is judged as what it says it is. */
const speakers: ReadonlyMap<string, Role> = new Map(
  (["user", "assistant", "system"] as const).map((role) => [role, role]),
);

const message: Spec = object(
  {
    ...each(["role", "clear_at", "output_config"], protocol),
    content: choice({ string: text("content"), list: partList(block) }),
  },
  { role: "own", roleNames: speakers },
);

const instructions = { type: protocol, instructions: said("system", text("content")) };
const format: Spec = object({ type: protocol, schema: toolDefinition });

const outputConfig: Spec = object({ ...each(["effort", "task_budget"], protocol), format });

const mcpServer: Spec = object({
  type: protocol,
  name: text("name"),
  url: link("provider-tool"),
  authorization_token: text("metadata"),
  tool_configuration: protocol,
});

/** What the provider keeps between requests: files, and skills, which are instructions. */
const container: Spec = choice({
  string: reference("file"),
  object: object({
    id: reference("file"),
    skills: list(object({ ...each(["type", "version"], protocol), skill_id: reference("stored-prompt") })),
  }),
});

const fallback: Spec = object({
  ...each(["model", "max_tokens", "speed", "thinking"], protocol),
  output_config: outputConfig,
});

export const messagesRequest: Spec = object({
  ...each(settings, protocol),
  system: said("system", texts("content")),
  messages: list(message),
  tools: list(tool),
  metadata: tree("metadata"),
  stop_sequences: tree("stop"),
  output_config: outputConfig,
  output_format: format,
  mcp_servers: list(mcpServer),
  container,
  context_management: object({
    edits: list(
      object({
        ...instructions,
        ...each(["trigger", "keep", "clear_at_least", "clear_tool_inputs", "exclude_tools"], protocol),
        pause_after_compaction: protocol,
      }),
    ),
  }),
  compaction: object(instructions),
  thread: object({ type: protocol, previous_message_id: reference("conversation") }),
  fallbacks: choice({ string: protocol, list: list(fallback) }),
});
