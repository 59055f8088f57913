/** Where text stands in what clients and servers of the Model Context Protocol both send. */
import type { Place, Role } from "../../../domain/segment.ts";
import {
  choice,
  counted,
  each,
  jsonValue,
  list,
  media,
  object,
  type ObjectSpec,
  other,
  partList,
  partText,
  protocol,
  said,
  type Spec,
  text,
  tree,
  url,
  variant,
} from "../../table/spec.ts";

/** `_meta` holds what anyone likes. */
export const meta = { _meta: other };

/** Hosts show it to models as it stands, base64 too. */
export const link = text("url");
/** For people to look at. */
export const icons: Spec = list(
  object({ src: url("url", "data-url"), ...each(["mimeType", "sizes", "theme"], protocol) }),
);
/** `audience`, `priority`, `lastModified`. */
const annotations: Spec = protocol;

/** Who speaks: `clientInfo`, `serverInfo`. */
export const implementation: Spec = object({
  ...each(["name", "title"], text("name")),
  version: protocol,
  websiteUrl: link,
  description: text("metadata"),
  icons,
});

/** A resource that is named, not carried: clients may fetch it by themselves. */
const namedResource = (description: Place): ObjectSpec =>
  object({
    ...meta,
    ...each(["name", "title"], text("name")),
    ...each(["mimeType", "size", "type"], protocol),
    ...each(["uri", "uriTemplate"], counted("remote-url", counted("file", link))),
    description: text(description),
    annotations,
    icons,
  });

/** In lists of resources and of templates of them. */
export const listedResource: Spec = namedResource("metadata");

/** A resource as it is: its text, or its bytes in base64. */
export const contentsOf = (place: Place): Spec =>
  object({ ...meta, uri: link, mimeType: protocol, text: text(place), blob: media("file") });

const blockShared = { ...meta, type: protocol, annotations };

const blocks = (place: Place): Readonly<Record<string, Spec>> => ({
  text: object({ ...blockShared, text: partText(place) }),
  image: object({ ...blockShared, data: media("image"), mimeType: protocol }),
  audio: object({ ...blockShared, data: media("audio"), mimeType: protocol }),
  resource: object({ ...blockShared, resource: contentsOf(place === "content" ? "document" : place) }),
  resource_link: namedResource(place === "content" ? "document" : place),
});

/** One piece of content. */
export const block = (place: Place): Spec => variant("type", blocks(place), other);

/** What a tool's result has, beside what is said of it. */
export const toolResult = {
  content: said("tool", partList(block("tool-result"))),
  structuredContent: said("tool", jsonValue("tool-result")),
  isError: protocol,
};

const sampledBlock: Spec = variant(
  "type",
  {
    ...blocks("content"),
    tool_use: object({
      ...meta,
      ...each(["type", "id"], protocol),
      name: text("tool-name"),
      input: jsonValue("tool-arguments"),
    }),
    tool_result: object({ ...meta, ...each(["type", "toolUseId"], protocol), ...toolResult }),
  },
  other,
);
export const sampledContent: Spec = choice({ object: sampledBlock, list: partList(sampledBlock) });

/** Their own names; there are no others. */
export const speakers: ReadonlyMap<string, Role> = new Map([
  ["user", "user"],
  ["assistant", "assistant"],
]);

/** How far a task is. */
export const taskMembers = {
  ...each(["taskId", "status", "ttl", "createdAt", "lastUpdatedAt", "pollInterval"], protocol),
  statusMessage: text("content"),
};
export const task: Spec = object(taskMembers);

/** Either side may fail. */
export const error: Spec = object({ code: protocol, message: text("error"), data: tree("error") });

/** What each message has. */
export const envelope = each(["jsonrpc", "id", "method"], protocol);

/** Notifications that either side sends. */
export const sharedNotifications = {
  "notifications/cancelled": object({ ...meta, requestId: protocol, reason: text("metadata") }),
  "notifications/progress": object({
    ...meta,
    ...each(["progressToken", "progress", "total"], protocol),
    message: text("content"),
  }),
  "notifications/tasks/status": object({ ...meta, ...taskMembers }),
};

/** Messages by their methods, `params` of each as the table says; without a method it is the response to a request. */
export function messages(params: Readonly<Record<string, Spec>>, result: Spec, by: Role): Spec {
  const withParams = (inner: Spec): Spec => object({ ...envelope, params: inner }, { role: by });
  const cases = Object.fromEntries(Object.entries(params).map(([method, inner]) => [method, withParams(inner)]));
  const response = object({ ...envelope, result, error }, { role: by });
  const message = variant("method", cases, withParams(other), response);
  return choice({ object: message, list: list(message) });
}
