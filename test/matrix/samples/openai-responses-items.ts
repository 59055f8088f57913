// Items of OpenAI's Responses API: https://platform.openai.com/docs/api-reference/responses/object

import { at } from "../sample.ts";

const png = "iVBORw0KGgoAAAANSUhEUg==";
const image = `data:image/png;base64,${png}`;

/** What a client may put into a prompt beside what a model said. */
export const promptItems: readonly object[] = [
  { role: "user", content: at("user-text") },
  { role: "developer", content: at("developer-text") },
  { type: "message", role: "system", content: [{ type: "input_text", text: at("system-text", "item") }] },
  {
    type: "message",
    role: "user",
    status: "completed",
    content: [
      { type: "input_text", text: at("user-text", "part") },
      { type: "input_image", detail: "auto", image_url: `https://example.com/${at("url", "image")}` },
      { type: "input_image", detail: "low", image_url: image },
      { type: "input_image", detail: "high", file_id: "file-9" },
      { type: "input_file", file_id: "file-1", filename: at("name", "file") },
      { type: "input_file", file_data: `data:application/pdf;base64,JVBERi0=`, filename: "b.pdf" },
      { type: "input_file", file_url: `https://example.com/${at("url", "file")}` },
      { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
    ],
  },
  { type: "item_reference", id: "msg_0" },
  { id: "msg_00" },
  { type: "mcp_approval_response", approval_request_id: "mcpr_1", approve: false, reason: at("user-text", "reason") },
  { type: "compaction_trigger" },
  { type: "configuration_update", reasoning: { effort: "low" } },
];

/** What a model says, and calls, and gets: the same in prompts that go on and in replies. */
export const messageItem = {
  id: "msg_1",
  type: "message",
  status: "completed",
  role: "assistant",
  phase: "final_answer",
  content: [
    {
      type: "output_text",
      text: at("assistant-text"),
      annotations: [
        {
          type: "url_citation",
          start_index: 0,
          end_index: 4,
          title: at("annotation"),
          url: `https://example.com/${at("url", "citation")}`,
        },
        { type: "file_citation", index: 3, file_id: "file-1", filename: at("annotation", "file") },
        {
          type: "container_file_citation",
          container_id: "cntr_1",
          file_id: "cfile_1",
          filename: at("annotation", "container"),
          start_index: 0,
          end_index: 1,
        },
        { type: "file_path", file_id: "file-2", index: 1 },
      ],
    },
    {
      type: "output_text",
      text: "Hi",
      annotations: [],
      logprobs: [
        {
          token: at("logprob"),
          bytes: [72, 105],
          logprob: -0.1,
          top_logprobs: [{ token: at("logprob", "alternative"), bytes: [79], logprob: -2.5 }],
        },
      ],
    },
    { type: "refusal", refusal: at("refusal") },
  ],
};

export const reasoningItem = {
  id: "rs_1",
  type: "reasoning",
  status: "completed",
  summary: [
    { type: "summary_text", text: at("reasoning", "summary") },
    { type: "summary_text", text: at("reasoning", "summary-2") },
  ],
  content: [{ type: "reasoning_text", text: at("reasoning") }],
  encrypted_content: "gAAAAABmVGhpcw==",
};

export const functionCallItem = {
  id: "fc_1",
  type: "function_call",
  status: "completed",
  call_id: "call_1",
  name: at("tool-name"),
  arguments: JSON.stringify({ city: at("tool-arguments") }),
};

export const customCallItem = {
  id: "ctc_1",
  type: "custom_tool_call",
  status: "completed",
  call_id: "call_2",
  name: at("tool-name", "custom"),
  input: at("tool-arguments", "custom"),
};

export const codeItem = {
  id: "ci_1",
  type: "code_interpreter_call",
  status: "completed",
  container_id: "cntr_1",
  code: at("tool-arguments", "code"),
  outputs: [
    { type: "logs", logs: at("tool-result", "logs") },
    { type: "image", url: `https://example.com/${at("url", "chart")}` },
  ],
};

export const mcpCallItem = {
  id: "mcp_1",
  type: "mcp_call",
  status: "completed",
  approval_request_id: null,
  server_label: at("name", "server"),
  name: at("tool-name", "mcp"),
  arguments: JSON.stringify({ q: at("tool-arguments", "mcp") }),
  output: at("tool-result", "mcp"),
  error: { type: "mcp_tool_execution_error", content: [{ type: "text", text: at("error", "mcp-content") }] },
};

export const shellItem = {
  id: "sh_1",
  type: "shell_call",
  status: "completed",
  call_id: "call_3",
  environment: { type: "local", skills: [{ name: "s", description: "d", path: "/s" }] },
  action: { commands: [at("tool-arguments", "shell"), "ls -l"], timeout_ms: 1000, max_output_length: null },
};

export const shellOutputItem = {
  id: "sho_1",
  type: "shell_call_output",
  status: "completed",
  call_id: "call_3",
  max_output_length: null,
  output: [
    {
      stdout: at("tool-result", "stdout"),
      stderr: at("tool-result", "stderr"),
      outcome: { type: "exit", exit_code: 1 },
    },
  ],
};

export const imageItem = {
  id: "ig_1",
  type: "image_generation_call",
  status: "completed",
  result: png,
  revised_prompt: at("tool-arguments", "image"),
  output_format: "png",
  size: "1024x1024",
  error: { type: "image_generation_error", code: "moderation_blocked", param: null, message: at("error", "image") },
};

export const searchItems: readonly object[] = [
  {
    id: "fs_1",
    type: "file_search_call",
    status: "completed",
    queries: [at("tool-arguments", "file-query")],
    results: [
      {
        file_id: "file-1",
        filename: at("document", "filename"),
        score: 0.91,
        text: at("document"),
        attributes: { author: at("document", "attribute"), year: 2024 },
      },
    ],
  },
  {
    id: "ws_1",
    type: "web_search_call",
    status: "completed",
    action: {
      type: "search",
      query: at("tool-arguments", "web-query"),
      queries: [at("tool-arguments", "web-queries")],
      sources: [{ type: "url", url: `https://example.com/${at("url", "source")}` }],
    },
  },
  {
    id: "ws_2",
    type: "web_search_call",
    status: "completed",
    action: {
      type: "find_in_page",
      url: `https://example.com/${at("url", "page")}`,
      pattern: at("tool-arguments", "pattern"),
    },
  },
];

/** The others, in the order of the API's own list. */
export const otherItems: readonly object[] = [
  {
    id: "fco_1",
    type: "function_call_output",
    status: "completed",
    call_id: "call_1",
    name: at("tool-name", "output"),
    output: at("tool-result"),
  },
  {
    id: "fco_2",
    type: "function_call_output",
    status: "completed",
    call_id: "call_1",
    output: [
      { type: "input_text", text: at("tool-result", "part") },
      { type: "input_image", detail: "auto", image_url: image },
    ],
  },
  {
    id: "cto_1",
    type: "custom_tool_call_output",
    status: "completed",
    call_id: "call_2",
    output: at("tool-result", "custom"),
  },
  {
    id: "cu_1",
    type: "computer_call",
    status: "completed",
    call_id: "call_4",
    action: { type: "type", text: at("tool-arguments", "typed") },
    actions: [
      { type: "keypress", keys: [at("tool-arguments", "key")] },
      { type: "click", button: "left", x: 1, y: 2 },
    ],
    pending_safety_checks: [{ id: "cu_sc_1", code: "malicious_instructions", message: at("error", "safety") }],
  },
  {
    id: "cuo_1",
    type: "computer_call_output",
    status: "completed",
    call_id: "call_4",
    output: { type: "computer_screenshot", image_url: image },
    acknowledged_safety_checks: [{ id: "cu_sc_1", code: "malicious_instructions", message: at("error", "known") }],
  },
  {
    id: "ls_1",
    type: "local_shell_call",
    status: "completed",
    call_id: "call_5",
    action: {
      type: "exec",
      command: ["sh", "-c", at("tool-arguments", "local-shell")],
      env: { NOTE: at("tool-arguments", "env") },
      timeout_ms: 1000,
      user: null,
      working_directory: at("tool-arguments", "folder"),
    },
  },
  { id: "lso_1", type: "local_shell_call_output", status: "completed", output: at("tool-result", "local-shell") },
  {
    id: "ap_1",
    type: "apply_patch_call",
    status: "completed",
    call_id: "call_6",
    operation: { type: "update_file", path: at("tool-arguments", "path"), diff: at("tool-arguments", "diff") },
  },
  {
    id: "apo_1",
    type: "apply_patch_call_output",
    status: "failed",
    call_id: "call_6",
    output: at("tool-result", "patch"),
  },
  {
    id: "mcpl_1",
    type: "mcp_list_tools",
    server_label: "docs",
    tools: [{ name: "t", description: "d", input_schema: { type: "object" } }],
    error: at("error", "list"),
  },
  {
    id: "mcpr_1",
    type: "mcp_approval_request",
    server_label: "docs",
    name: at("tool-name", "approval"),
    arguments: JSON.stringify({ q: at("tool-arguments", "approval") }),
  },
  {
    id: "ts_1",
    type: "tool_search_call",
    status: "completed",
    call_id: null,
    execution: "server",
    arguments: { goal: at("tool-arguments", "tool-search") },
  },
  { id: "tso_1", type: "tool_search_output", status: "completed", call_id: null, execution: "server", tools: [] },
  { id: "at_1", type: "additional_tools", role: "developer", tools: [{ type: "function", name: "g" }] },
  { id: "pr_1", type: "program", call_id: "call_7", code: at("tool-arguments", "program"), fingerprint: "QUJD" },
  { id: "pro_1", type: "program_output", call_id: "call_7", status: "completed", result: at("tool-result", "program") },
  { id: "cmp_1", type: "compaction", encrypted_content: "gAAAAABm" },
  { id: "new_1", type: "an_item_of_tomorrow", words: at("other", "item") },
];

export const modelItems: readonly object[] = [
  reasoningItem,
  messageItem,
  functionCallItem,
  customCallItem,
  codeItem,
  mcpCallItem,
  shellItem,
  shellOutputItem,
  imageItem,
  ...searchItems,
  ...otherItems,
];
