// The Model Context Protocol over streamable HTTP: https://modelcontextprotocol.io/specification/2025-11-25

import { at, type Sample, type SampleEvent, type SamplePrompt } from "../sample.ts";

const path = "/mcp";
const headers = { accept: "application/json, text/event-stream", "mcp-protocol-version": "2025-11-25" };
const send = { dialect: "mcp/send", operation: "mcp/send", path, headers } as const;
const listen = { dialect: "mcp/listen", operation: "mcp/listen", method: "GET", path, headers } as const;
const leave = { dialect: "mcp/leave", operation: "mcp/leave", method: "DELETE", path, headers } as const;

const message = (rest: object): object => ({ jsonrpc: "2.0", ...rest });
const request = (id: number | string, method: string, params: object): object => message({ id, method, params });
const notification = (method: string, params: object): object => message({ method, params });
const response = (id: number | string, result: object): object => message({ id, result });
const json = (body: unknown): SamplePrompt => ({ kind: "json", body });
const event = (data: object): SampleEvent => ({ name: "message", data });

/** Places of one kind that come more than once in a sample have names. */
const icons = (name: string) => [
  { src: `https://example.com/${at("url", `${name}-icon`)}`, mimeType: "image/png", sizes: ["48x48"], theme: "light" },
  { src: "data:image/png;base64,AAAA" },
];
const implementation = (name: string) => ({
  name: at("name", name),
  title: at("name", `${name}-title`),
  version: "1.0.0",
  websiteUrl: `https://example.com/${at("url", name)}`,
  description: at("metadata", name),
  icons: icons(name),
});
const annotations = { audience: ["user", "assistant"], priority: 0.8, lastModified: "2025-01-12T15:00:58Z" };
const resource = (name: string) => ({
  uri: `https://example.com/${at("url", name)}`,
  name: at("name", name),
  title: at("name", `${name}-title`),
  mimeType: "text/x-rust",
  size: 512,
  annotations,
  icons: icons(name),
});
const task = (name: string) => ({
  taskId: "786512e2-9e0d-44bd-8f29-789f320fe840",
  status: "working",
  statusMessage: at("tool-text", name),
  createdAt: "2025-11-25T10:30:00Z",
  lastUpdatedAt: "2025-11-25T10:40:00Z",
  ttl: 60000,
  pollInterval: 5000,
});

const toolCall = request(1, "tools/call", {
  name: at("tool-name"),
  arguments: { city: at("tool-arguments"), days: 2 },
  task: { ttl: 60000 },
  _meta: { progressToken: 1, note: at("other", "meta") },
});

/** A body each: a client sends one message at a time since 2025-06-18. */
const prompts: readonly object[] = [
  toolCall,
  request(0, "initialize", {
    protocolVersion: "2025-11-25",
    capabilities: { roots: { listChanged: true }, sampling: { tools: {} }, elicitation: { form: {}, url: {} } },
    clientInfo: implementation("client"),
  }),
  request(2, "prompts/get", { name: at("name"), arguments: { code: at("input") } }),
  request(3, "resources/read", { uri: `file:///${at("url")}` }),
  request("a-1", "resources/subscribe", { uri: `file:///${at("url")}` }),
  request(4, "completion/complete", {
    ref: { type: "ref/prompt", name: at("name"), title: at("name", "title") },
    argument: { name: at("name", "argument"), value: at("input") },
    context: { arguments: { owner: at("input", "context") } },
  }),
  request(5, "completion/complete", {
    ref: { type: "ref/resource", uri: `file:///${at("url")}` },
    argument: { name: "path", value: "" },
  }),
  request(6, "tools/list", { cursor: "eyJwYWdlIjogMn0", a_new_field: at("other") }),
  request(7, "a/new-method", { text: at("other") }),
  notification("notifications/cancelled", { requestId: 1, reason: at("metadata") }),
  notification("notifications/progress", { progressToken: "t", progress: 1, total: 2, message: at("text") }),
  notification("notifications/tasks/status", { ...task("x"), statusMessage: at("text") }),
  // What the server asked for.
  response(1, {
    role: "assistant",
    content: { type: "text", text: at("assistant-text"), annotations },
    model: "claude-3-sonnet-20240307",
    stopReason: "endTurn",
  }),
  response(2, {
    role: "assistant",
    content: [
      { type: "text", text: at("assistant-text") },
      { type: "tool_use", id: "call_1", name: at("tool-name"), input: { city: at("tool-arguments") } },
      { type: "image", data: "AAAA", mimeType: "image/png" },
      { type: "audio", data: "AAAA", mimeType: "audio/wav" },
      { type: "a_new_kind", text: at("other") },
    ],
    model: "m",
    stopReason: "toolUse",
  }),
  response(3, {
    role: "user",
    content: [
      {
        type: "tool_result",
        toolUseId: "call_1",
        content: [
          { type: "text", text: at("tool-result") },
          { type: "resource_link", ...resource("link"), description: at("tool-result", "link") },
          { type: "resource", resource: { uri: "file:///a", text: at("tool-result", "embedded") } },
        ],
        structuredContent: { temperature: at("tool-result", "structured") },
        isError: false,
      },
      { type: "text", text: at("user-text") },
      { type: "resource", resource: { uri: "file:///a", mimeType: "text/plain", text: at("document") } },
      { type: "resource", resource: { uri: "file:///a", blob: "AAAA" } },
      { type: "resource_link", uri: "file:///b", name: "b", description: at("document", "link") },
    ],
    model: "m",
  }),
  response(4, { action: "accept", content: { email: at("input"), newsletters: [at("input", "choice")] } }),
  response(5, { roots: [{ uri: `file:///${at("url")}`, name: at("name") }] }),
  response(6, { task: { ...task("x"), statusMessage: at("text") } }),
  message({ id: 7, error: { code: -1, message: at("error"), data: { reason: at("error", "data") } } }),
];

const results: readonly object[] = [
  {
    content: [
      { type: "text", text: at("tool-result"), annotations, _meta: { note: at("other", "meta") } },
      { type: "image", data: "AAAA", mimeType: "image/png" },
      { type: "audio", data: "AAAA", mimeType: "audio/wav" },
      { type: "resource_link", ...resource("link"), description: at("tool-result", "link") },
      {
        type: "resource",
        resource: { uri: `file:///${at("url", "embedded")}`, mimeType: "text/x-rust", text: at("tool-result", "text") },
      },
      { type: "resource", resource: { uri: "file:///b", mimeType: "application/pdf", blob: "AAAA" } },
      { type: "a_new_kind", text: at("other") },
    ],
    structuredContent: { temperature: 22.5, conditions: at("tool-result", "structured") },
    isError: false,
  },
  { toolResult: { temperature: at("tool-result") } },
  { tools: [{ name: "f", description: "d", inputSchema: { type: "object" } }], nextCursor: "eyJwYWdlIjogM30" },
  {
    prompts: [
      {
        name: at("name"),
        title: at("name", "title"),
        description: at("metadata"),
        arguments: [{ name: at("name", "argument"), description: at("metadata", "argument"), required: true }],
        icons: icons("prompt"),
      },
    ],
  },
  {
    description: at("metadata"),
    messages: [
      { role: "user", content: { type: "text", text: at("user-text") } },
      { role: "assistant", content: { type: "text", text: at("assistant-text") } },
      { role: "user", content: { type: "resource", resource: { uri: "file:///a", text: at("document") } } },
    ],
  },
  { resources: [{ ...resource("listed"), description: at("metadata") }] },
  {
    resourceTemplates: [{ uriTemplate: `file:///${at("url")}/{path}`, name: at("name"), description: at("metadata") }],
  },
  {
    contents: [
      { uri: `file:///${at("url")}`, mimeType: "text/x-rust", text: at("document") },
      { uri: "file:///b", blob: "AAAA" },
    ],
  },
  { completion: { values: [at("tool-text"), "pytorch"], total: 10, hasMore: true } },
  {
    protocolVersion: "2025-11-25",
    capabilities: { logging: {}, prompts: { listChanged: true }, tools: { listChanged: true } },
    serverInfo: implementation("server"),
    instructions: at("system-text"),
  },
  { task: task("task") },
  { ...task("task"), a_new_field: at("other") },
  { tasks: [task("task")], nextCursor: "n" },
];

const failed = message({ id: 1, error: { code: -32602, message: at("error"), data: { reason: at("error", "data") } } });

/** Requests and notifications of the server. */
const asked: readonly object[] = [
  request(0, "sampling/createMessage", {
    messages: [
      { role: "user", content: { type: "text", text: at("user-text") } },
      {
        role: "assistant",
        content: [
          { type: "text", text: at("assistant-text") },
          { type: "tool_use", id: "call_1", name: at("tool-name"), input: { city: at("tool-arguments") } },
        ],
      },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            toolUseId: "call_1",
            content: [{ type: "text", text: at("tool-result") }],
            structuredContent: { temperature: at("tool-result", "structured") },
          },
        ],
      },
    ],
    modelPreferences: { hints: [{ name: "claude-3-sonnet" }], intelligencePriority: 0.8 },
    systemPrompt: at("system-text"),
    includeContext: "thisServer",
    temperature: 0.1,
    maxTokens: 100,
    stopSequences: [at("stop")],
    metadata: { note: at("metadata") },
    tools: [{ name: "f", description: "d", inputSchema: { type: "object" } }],
    toolChoice: { mode: "auto" },
  }),
  request(1, "elicitation/create", {
    mode: "form",
    message: at("tool-text"),
    requestedSchema: {
      type: "object",
      properties: { name: { type: "string", title: at("metadata"), description: at("metadata", "description") } },
      required: ["name"],
    },
  }),
  request(2, "elicitation/create", {
    mode: "url",
    elicitationId: "550e8400-e29b-41d4-a716-446655440000",
    url: `https://mcp.example.com/${at("url")}`,
    message: at("tool-text"),
  }),
  request(3, "roots/list", {}),
  notification("notifications/message", {
    level: "error",
    logger: at("name"),
    data: { error: at("tool-text"), details: { host: at("tool-text", "details") } },
  }),
  notification("notifications/progress", { progressToken: "abc123", progress: 50, message: at("tool-text") }),
  notification("notifications/resources/updated", { uri: `file:///${at("url")}`, title: at("name") }),
  notification("notifications/tasks/status", task("task")),
  notification("notifications/elicitation/complete", { elicitationId: "550e8400-e29b-41d4-a716-446655440000" }),
  notification("notifications/cancelled", { requestId: 0, reason: at("metadata") }),
  notification("notifications/tools/list_changed", {}),
  notification("notifications/a_new_one", { text: at("other") }),
];

const call = json(request(1, "tools/call", { name: "get_weather", arguments: { location: at("tool-arguments") } }));
const nothing: SamplePrompt = { kind: "none" };
const plainReply = {
  kind: "json",
  body: response(1, { content: [{ type: "text", text: at("tool-result") }], isError: false }),
} as const;
const media = ["image", "audio", "file", "remote-url", "data-url"] as const;
/** Answers of a server to a batch, as 2025-03-26 has them. */
const batch = results.map((result, index) => response(index, result));

export const samples: readonly Sample[] = [
  ...prompts.map((body): Sample => ({ ...send, mode: "prompt-json", prompt: json(body), reply: plainReply })),
  {
    ...send,
    mode: "prompt-json",
    prompt: json([toolCall, notification("notifications/cancelled", { requestId: 9, reason: at("metadata") })]),
    reply: { kind: "json", body: [response(1, { content: [{ type: "text", text: at("tool-result") }] })] },
  },
  ...results.map(
    (result): Sample => ({
      ...send,
      mode: "reply-json",
      prompt: call,
      reply: { kind: "json", body: response(1, result) },
    }),
  ),
  { ...send, mode: "reply-json", prompt: call, reply: { kind: "json", body: failed } },
  {
    ...send,
    mode: "reply-json",
    prompt: call,
    reply: { kind: "json", body: [...batch, ...asked] },
    unjudged: [...media, "tool-definition"],
  },
  {
    ...send,
    mode: "reply-sse",
    prompt: call,
    reply: { kind: "sse", events: [...asked.map(event), ...batch.map(event)] },
    unjudged: [...media, "tool-definition"],
  },
  { ...send, mode: "reply-sse", prompt: call, reply: { kind: "sse", events: [...asked, failed].map(event) } },
  {
    ...listen,
    mode: "reply-sse",
    prompt: nothing,
    reply: { kind: "sse", events: [...asked.map(event), ...batch.map(event), event(failed)] },
    unjudged: [...media, "tool-definition"],
  },
  ...[listen, leave].map(
    (operation): Sample => ({
      ...operation,
      mode: "reply-json",
      prompt: nothing,
      reply: {
        kind: "json",
        status: 405,
        body: message({ id: null, error: { code: -32000, message: at("error") }, a_new_field: at("other") }),
      },
    }),
  ),
];
