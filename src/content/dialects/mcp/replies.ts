/**
 * Where text stands in what a server of the Model Context Protocol sends, whole and event by event: results, and on streams its own
 * requests and notifications. A result does not say which method it is for, so one table has the members of all.
 */
import {
  choice,
  each,
  jsonValue,
  list,
  object,
  protocol,
  said,
  type Spec,
  text,
  toolDefinition,
  tree,
} from "../../table/spec.ts";
import {
  block,
  contentsOf,
  envelope,
  error,
  icons,
  implementation,
  link,
  listedResource,
  messages,
  meta,
  sampledContent,
  sharedNotifications,
  speakers,
  task,
  taskMembers,
  toolResult,
} from "./parts.ts";

const bare: Spec = object(meta);

/** Messages for a model: the server says whose they are. */
const conversation = (content: Spec): Spec =>
  said("none", list(object({ ...meta, role: protocol, content }, { role: "own", roleNames: speakers })));

const argument: Spec = object({
  ...each(["name", "title"], text("name")),
  description: text("metadata"),
  required: protocol,
});
const prompt: Spec = object({
  ...meta,
  ...each(["name", "title"], text("name")),
  description: text("metadata"),
  arguments: list(argument),
  icons,
});

const result: Spec = object({
  ...meta,
  // tools
  ...toolResult,
  toolResult: jsonValue("tool-result"),
  tools: toolDefinition,
  // prompts
  prompts: list(prompt),
  messages: conversation(choice({ object: block("content"), list: list(block("content")) })),
  description: text("metadata"),
  // resources
  resources: list(listedResource),
  resourceTemplates: list(listedResource),
  contents: list(contentsOf("document")),
  // others
  ...each(["protocolVersion", "capabilities", "nextCursor"], protocol),
  serverInfo: implementation,
  instructions: said("system", text("content")),
  completion: object({ values: list(text("content")), ...each(["total", "hasMore"], protocol) }),
  task,
  tasks: list(task),
  ...taskMembers,
});

const params: Readonly<Record<string, Spec>> = {
  ...sharedNotifications,
  "sampling/createMessage": object({
    ...meta,
    messages: conversation(sampledContent),
    systemPrompt: said("system", text("content")),
    stopSequences: tree("stop"),
    metadata: tree("metadata"),
    tools: toolDefinition,
    ...each(["toolChoice", "modelPreferences", "includeContext", "temperature", "maxTokens", "task"], protocol),
  }),
  "elicitation/create": object({
    ...meta,
    message: text("content"),
    requestedSchema: tree("metadata"),
    url: link,
    ...each(["mode", "elicitationId", "task"], protocol),
  }),
  "notifications/message": object({ ...meta, level: protocol, logger: text("name"), data: tree("content") }),
  "notifications/resources/updated": object({ ...meta, uri: link, title: text("name") }),
  "notifications/elicitation/complete": object({ ...meta, elicitationId: protocol }),
  ...each(["tasks/get", "tasks/result", "tasks/cancel"], object({ ...meta, taskId: protocol })),
  "tasks/list": object({ ...meta, cursor: protocol }),
  ...each(
    [
      ...["ping", "roots/list", "notifications/tools/list_changed", "notifications/prompts/list_changed"],
      "notifications/resources/list_changed",
    ],
    bare,
  ),
};

/** Servers are tools: what they say themselves is a tool's. */
export const serverMessage: Spec = messages(params, result, "tool");

/** What is said where no result can come: a session that cannot be ended, a stream that is not offered. */
export const failedMessage: Spec = object({ ...envelope, error }, { role: "tool" });
