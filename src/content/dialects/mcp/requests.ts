/**
 * Where text stands in what a client of the Model Context Protocol sends: requests, notifications, and its answers to what the
 * server asks. What a table does not name is judged as `other`: a new method too.
 */
import { each, jsonValue, list, object, protocol, said, type Spec, text, tree, variant } from "../../table/spec.ts";
import { implementation, link, messages, meta, sampledContent, sharedNotifications, speakers, task } from "./parts.ts";

const ofResource: Spec = object({ ...meta, uri: link });
const ofTask: Spec = object({ ...meta, taskId: protocol });
const page: Spec = object({ ...meta, cursor: protocol });
const bare: Spec = object(meta);

const params: Readonly<Record<string, Spec>> = {
  ...sharedNotifications,
  initialize: object({ ...meta, ...each(["protocolVersion", "capabilities"], protocol), clientInfo: implementation }),
  // The client's model wrote them.
  "tools/call": said(
    "assistant",
    object(
      { ...meta, name: text("tool-name"), arguments: jsonValue("tool-arguments"), task: protocol },
      { call: true },
    ),
  ),
  "prompts/get": said("user", object({ ...meta, name: text("name"), arguments: tree("input") })),
  "completion/complete": said(
    "user",
    object({
      ...meta,
      ref: object({ type: protocol, ...each(["name", "title"], text("name")), uri: link }),
      argument: object({ name: text("name"), value: text("input") }),
      context: object({ arguments: tree("input") }),
    }),
  ),
  "resources/read": ofResource,
  "resources/subscribe": ofResource,
  "resources/unsubscribe": ofResource,
  ...each(["tools/list", "prompts/list", "resources/list", "resources/templates/list", "tasks/list"], page),
  ...each(["tasks/get", "tasks/result", "tasks/cancel"], ofTask),
  "logging/setLevel": object({ ...meta, level: protocol }),
  ...each(["ping", "notifications/initialized", "notifications/roots/list_changed"], bare),
};

const sampled: Spec = object(
  { ...meta, ...each(["role", "model", "stopReason"], protocol), content: sampledContent },
  { role: "own", roleNames: speakers },
);
const elicited: Spec = said("user", object({ ...meta, action: protocol, content: tree("input") }));
const otherResult: Spec = object({
  ...meta,
  roots: list(object({ ...meta, uri: link, name: text("name") })),
  task,
  tasks: list(task),
  nextCursor: protocol,
  ...each(["taskId", "status", "ttl", "createdAt", "lastUpdatedAt", "pollInterval"], protocol),
  statusMessage: text("content"),
});

/** What the client was asked for is told by the members alone: the question came in another exchange. */
const result: Spec = variant("action", {}, elicited, variant("role", {}, sampled, otherResult));

export const clientMessage: Spec = messages(params, result, "none");
