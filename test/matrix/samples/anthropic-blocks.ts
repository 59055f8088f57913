// Content blocks of Anthropic's messages: what a user brings, and what a model says besides plain text.

import { at } from "../sample.ts";

export const base64 = (media_type: string) => ({ type: "base64", media_type, data: "AAAA" });
export const cached = { type: "ephemeral", ttl: "1h" };

export const webCitation = (name: string) => ({
  type: "web_search_result_location",
  url: `https://example.com/${at("url", `${name}-cited`)}`,
  title: at("citation", `${name}-title`),
  encrypted_index: "Eo8BCioIAhgBIiQy",
  cited_text: at("citation", name),
});

export const documents = [
  { type: "image", source: base64("image/png") },
  { type: "image", source: { type: "url", url: `https://example.com/${at("url", "image")}.png` } },
  { type: "image", source: { type: "url", url: "data:image/png;base64,AAAA" } },
  { type: "image", source: { type: "file", file_id: "file_011CNha8iCJcU1wXNR6q4V8w" } },
  {
    type: "document",
    source: base64("application/pdf"),
    title: at("document", "title"),
    context: at("document", "context"),
    citations: { enabled: true },
    cache_control: cached,
  },
  { type: "document", source: { type: "text", media_type: "text/plain", data: at("document", "plain") } },
  {
    type: "document",
    source: {
      type: "content",
      content: [
        { type: "text", text: at("document", "part") },
        { type: "image", source: base64("image/jpeg") },
      ],
    },
  },
  { type: "document", source: { type: "content", content: at("document", "content") } },
  { type: "document", source: { type: "url", url: `https://example.com/${at("url", "pdf")}.pdf` } },
  {
    type: "search_result",
    source: `https://example.com/${at("url", "found")}`,
    title: at("document", "found-title"),
    content: [{ type: "text", text: at("document", "found") }],
    citations: { enabled: true },
  },
];

/** What a model says besides plain text, as it stands in a reply and in the next prompt. */
export const said = [
  { type: "thinking", thinking: at("reasoning"), signature: "EqQBCgIYAhIM1gbcDa9GJwZA" },
  { type: "redacted_thinking", data: "EmwKAhgBEgy3va3pzix" },
  {
    type: "text",
    text: at("assistant-text", "cited"),
    citations: [
      {
        type: "char_location",
        cited_text: at("citation"),
        document_index: 0,
        document_title: at("citation", "title"),
        start_char_index: 0,
        end_char_index: 9,
      },
      {
        type: "search_result_location",
        cited_text: at("citation", "searched"),
        source: `https://example.com/${at("url", "searched")}`,
        title: null,
        search_result_index: 0,
        start_block_index: 0,
        end_block_index: 1,
      },
      webCitation("web"),
    ],
  },
  {
    type: "tool_use",
    id: "toolu_01T1x1fJ34qAmk2tNTrN7Up6",
    name: at("tool-name"),
    input: { city: at("tool-arguments"), days: 3, units: [at("tool-arguments", "unit")] },
  },
  {
    type: "server_tool_use",
    id: "srvtoolu_01WYG3ziw53XMcoyKL4XcZmE",
    name: "web_search",
    input: { query: at("tool-arguments", "query") },
  },
  {
    type: "web_search_tool_result",
    tool_use_id: "srvtoolu_01WYG3ziw53XMcoyKL4XcZmE",
    content: [
      {
        type: "web_search_result",
        url: `https://example.com/${at("url", "result")}`,
        title: at("document", "result"),
        encrypted_content: "EqgfCioIARgBIiQ3YTAw",
        page_age: "April 30, 2025",
      },
    ],
  },
  {
    type: "web_search_tool_result",
    tool_use_id: "srvtoolu_02",
    content: { type: "web_search_tool_result_error", error_code: "max_uses_exceeded" },
  },
  {
    type: "web_fetch_tool_result",
    tool_use_id: "srvtoolu_03",
    content: {
      type: "web_fetch_result",
      url: `https://example.com/${at("url", "fetched")}`,
      retrieved_at: "2025-08-25T10:30:00Z",
      content: {
        type: "document",
        source: { type: "text", media_type: "text/plain", data: at("document", "fetched") },
        title: at("document", "fetched-title"),
        citations: { enabled: true },
      },
    },
  },
  {
    type: "bash_code_execution_tool_result",
    tool_use_id: "srvtoolu_04",
    content: {
      type: "bash_code_execution_result",
      stdout: at("tool-result", "stdout"),
      stderr: at("tool-result", "stderr"),
      return_code: 0,
      content: [{ type: "bash_code_execution_output", file_id: "file_011CNha8iCJcU1wXNR6q4V8x" }],
    },
  },
  {
    type: "code_execution_tool_result",
    tool_use_id: "srvtoolu_05",
    content: {
      type: "encrypted_code_execution_result",
      encrypted_stdout: "EqgfCioIARgB",
      stderr: "",
      return_code: 0,
      content: [],
    },
  },
  {
    type: "text_editor_code_execution_tool_result",
    tool_use_id: "srvtoolu_06",
    content: {
      type: "text_editor_code_execution_view_result",
      file_type: "text",
      content: at("tool-result", "view"),
      num_lines: 1,
      start_line: 1,
      total_lines: 1,
    },
  },
  {
    type: "text_editor_code_execution_tool_result",
    tool_use_id: "srvtoolu_07",
    content: {
      type: "text_editor_code_execution_str_replace_result",
      old_start: 1,
      old_lines: 1,
      new_start: 1,
      new_lines: 1,
      lines: [at("tool-result", "line")],
    },
  },
  {
    type: "tool_search_tool_result",
    tool_use_id: "srvtoolu_08",
    content: {
      type: "tool_search_tool_search_result",
      tool_references: [{ type: "tool_reference", tool_name: at("tool-name", "found") }],
    },
  },
  {
    type: "tool_search_tool_result",
    tool_use_id: "srvtoolu_09",
    content: {
      type: "tool_search_tool_result_error",
      error_code: "invalid_tool_input",
      error_message: at("error", "tool"),
    },
  },
  {
    type: "mcp_tool_use",
    id: "mcptoolu_014Q35RayjACSWkSj4X2yov1",
    name: at("tool-name", "mcp"),
    server_name: at("name", "mcp"),
    input: { param1: at("tool-arguments", "mcp") },
  },
  {
    type: "mcp_tool_result",
    tool_use_id: "mcptoolu_014Q35RayjACSWkSj4X2yov1",
    is_error: false,
    content: [{ type: "text", text: at("tool-result", "mcp") }],
  },
  { type: "mcp_tool_listing", mcp_server_name: "house", tools: [{ name: "f", input_schema: {} }] },
  { type: "container_upload", file_id: "file_011CNha8iCJcU1wXNR6q4V8y" },
  { type: "compaction", content: at("assistant-text", "compaction"), encrypted_content: null },
];
