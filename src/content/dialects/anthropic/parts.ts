/**
 * Where text stands in the content blocks of Anthropic's messages that a reply can have; a client sends them back with the next
 * prompt. What is a tool's word is the role `tool`'s. Lanes have meaning only in replies: each block is a text of its own.
 */
import {
  choice,
  each,
  jsonValue,
  link,
  list,
  media,
  object,
  partList,
  partText,
  protocol,
  reference,
  type Spec,
  text,
  toolDefinition,
  tree,
  url,
  variant,
} from "../../table/spec.ts";

/** What the model is to see, and the provider fetches. */
export const fetched = (as: "image" | "file"): Spec => url("url", "data-url", as);

const marks = each(["type", "id", "cache_control", "caller", "tool_use_id", "is_error", "toolset_name"], protocol);
const positions: readonly string[] = [
  ...["document_index", "search_result_index", "start_char_index", "end_char_index", "start_page_number"],
  ...["end_page_number", "start_block_index", "end_block_index"],
];

/** Also the one that a stream adds. */
export const citation: Spec = object({
  ...each(["type", "file_id", ...positions], protocol),
  ...each(["cited_text", "title", "document_title"], text("citation")),
  ...each(["url", "source"], link()),
  encrypted_index: media("encrypted"),
});

/** Of blocks that have no type, or one that nobody knows here, too. */
export const textBlock = (place: "content" | "tool-result" | "document"): Spec =>
  object({ ...marks, text: partText(place, "text"), citations: list(citation) }, { grows: true });

/** A text, or blocks of text. */
export const texts = (place: "content" | "tool-result" | "document"): Spec =>
  choice({ string: text(place), list: partList(textBlock(place)) });

const carried = (of: "image" | "file"): Spec => object({ ...each(["type", "media_type"], protocol), data: media(of) });
const plainSource = object({ ...each(["type", "media_type"], protocol), data: text("document") });

/** `text`, `base64`, `url`, `file`, and what is told in blocks of its own. */
export const source = (of: "image" | "file", blocks: Spec | null): Spec =>
  variant(
    "type",
    {
      base64: carried(of),
      url: object({ type: protocol, url: fetched(of) }),
      file: object({ type: protocol, file_id: reference("file") }),
      ...(blocks === null ? {} : { content: object({ type: protocol, content: blocks }) }),
    },
    plainSource,
  );

/** `sources`: the forms in which the document itself may come. */
export const documentBlock = (sources: Spec): Spec =>
  object({ ...marks, ...each(["title", "context"], text("document")), citations: protocol, source: sources });

const failure = { error_code: protocol, error_message: text("error") };
const outputFile = object({ type: protocol, file_id: reference("file") });

/** What code, an editor or another model said that the provider ran. */
const output: Spec = object({
  ...failure,
  ...each(["type", "return_code", "file_type", "is_file_update", "stop_reason"], protocol),
  ...each(["num_lines", "start_line", "total_lines", "new_lines", "new_start", "old_lines", "old_start"], protocol),
  ...each(["stdout", "stderr", "text"], text("tool-result")),
  ...each(["encrypted_stdout", "encrypted_content"], media("encrypted")),
  content: choice({ string: text("tool-result"), list: list(outputFile) }),
  lines: list(text("tool-result")),
  tool_references: list(object({ ...marks, tool_name: text("tool-name") })),
});

const searched: Spec = object({
  ...failure,
  type: protocol,
  ...each(["title", "page_age"], text("document")),
  url: link(),
  encrypted_content: media("encrypted"),
});

const fetchedPage = (pages: Spec): Spec =>
  object({
    ...failure,
    ...each(["type", "retrieved_at"], protocol),
    url: link(),
    content: documentBlock(pages),
  });

const result = (content: Spec): Spec => object({ ...marks, content }, { role: "tool" });

/** A tool that comes with a conversation, or goes. `definition`: as in a request's tools. */
const change = (definition: Spec): Spec =>
  object({
    ...marks,
    tool: object({ type: protocol, name: text("tool-name"), server_name: text("name"), definition }),
  });
export const changes = (definition: Spec): Readonly<Record<"tool_addition" | "tool_removal", Spec>> => ({
  tool_addition: change(definition),
  tool_removal: change(definition),
});

/** Nobody here sees it run. No call: no request declares its name, and no client runs it. */
const ranElsewhere = (input: Spec): Spec =>
  object({
    ...marks,
    type: reference("provider-tool"),
    name: text("tool-name"),
    server_name: text("name"),
    input,
  });

/** A page that the provider fetched, as it is told: its text, or its bytes. */
export const toldPage: Spec = variant("type", { base64: carried("file") }, plainSource);

/**
 * Blocks of a reply, by their types. `filled`: where the input of a tool stands. `pages`: the forms in which what was fetched may
 * come.
 */
export function repliedBlocks(filled: "here" | "later", pages: Spec): Readonly<Record<string, Spec>> {
  const input = jsonValue("tool-arguments", null, filled);
  return {
    thinking: object({ ...marks, thinking: text("reasoning", "thinking"), signature: media("encrypted") }),
    redacted_thinking: object({ ...marks, data: media("encrypted") }),
    tool_use: object({ ...marks, name: text("tool-name"), input }, { call: true }),
    server_tool_use: ranElsewhere(input),
    mcp_tool_use: ranElsewhere(input),
    mcp_tool_result: result(texts("tool-result")),
    mcp_tool_listing: object({ ...marks, mcp_server_name: text("name"), tools: toolDefinition }),
    web_search_tool_result: result(choice({ list: list(searched), object: searched })),
    web_fetch_tool_result: result(fetchedPage(pages)),
    ...each(
      [
        ...["code_execution_tool_result", "bash_code_execution_tool_result", "tool_search_tool_result"],
        ...["text_editor_code_execution_tool_result", "advisor_tool_result"],
      ],
      result(output),
    ),
    container_upload: object({ ...marks, file_id: reference("file") }),
    compaction: object({
      ...marks,
      content: text("content"),
      ...each(["encrypted_content", "signature"], media("encrypted")),
      tool_changes: list(variant("type", changes(toolDefinition), object(marks))),
    }),
    fallback: object({ ...marks, ...each(["from", "to", "trigger"], protocol) }),
  };
}

/** `{"type": "...", "message": "..."}`. */
export const error: Spec = choice({
  string: text("error"),
  object: object({ type: protocol, message: text("error"), details: tree("error") }),
});
