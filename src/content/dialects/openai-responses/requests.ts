/** Where text stands in requests of OpenAI's Responses API, as tables. What a table does not name is judged as `other`. */
import {
  choice,
  counted,
  each,
  flag,
  list,
  object,
  protocol,
  reference,
  said,
  type Spec,
  text,
  toolDefinition,
  tree,
  unjudged,
  variant,
  link,
} from "../../table/spec.ts";
import { content, imageUrl, item, part, textConfig } from "./parts.ts";

const settings: readonly string[] = [
  ...[
    "model",
    "stream",
    "stream_options",
    "temperature",
    "top_p",
    "top_logprobs",
    "max_output_tokens",
    "max_tool_calls",
  ],
  ...["parallel_tool_calls", "truncation", "service_tier", "store", "include", "reasoning", "tool_choice", "generate"],
  ...["prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "safety_identifier", "context_management"],
  ...["moderation", "access_programs", "image", "personality", "frequency_penalty", "presence_penalty"],
];

/** Where code runs: whom it may reach with what secrets, and what it finds there. */
const container = choice({
  string: protocol,
  object: object({
    ...each(["type", "memory_limit", "file_ids", "container_id"], protocol),
    network_policy: tree("metadata"),
    skills: toolDefinition,
  }),
});

/** Run by the provider: what they do is told in part. Links and descriptions in them are read. */
const hosted: Spec = counted(
  "provider-tool",
  object({
    type: protocol,
    ...each(["server_label", "connector_id", "tunnel_id", "vector_store_ids", "model", "size"], protocol),
    ...each(["allowed_tools", "require_approval", "filters", "ranking_options", "search_context_size"], protocol),
    ...each(["container", "environment"], container),
    input_image_mask: object({ image_url: imageUrl, file_id: reference("image") }),
    server_description: toolDefinition,
    server_url: link(),
    user_location: tree("metadata"),
  }),
);

/** What the client runs itself; a search among tools tells of those that it finds. */
const own = ["function", "custom", "namespace", "tool_search"];
const ranByClient = ["computer", "computer_use_preview", "local_shell", "shell", "apply_patch"];
const tools: Spec = list(
  variant("type", { ...each(own, toolDefinition), ...each(ranByClient, toolDefinition) }, hosted),
);

/** Put into a prompt that the provider keeps. */
const variables: Spec = said(
  "user",
  object({}, { keyPlace: "name", rest: choice({ string: text("content"), object: part("whole") }) }),
);

const input: Spec = choice({ string: said("user", text("content")), list: list(item) });

const carried = {
  ...each(settings, protocol),
  input,
  instructions: said("system", content("content", "whole")),
  tools,
  text: textConfig,
  previous_response_id: reference("conversation"),
  conversation: choice({ string: reference("conversation"), object: object({ id: reference("conversation") }) }),
  prompt: object({ id: reference("stored-prompt"), version: protocol, variables }),
  metadata: tree("metadata"),
  user: text("metadata"),
  stop: tree("stop"),
};

export const responsesRequest: Spec = flag(
  "background",
  object({ ...carried, background: unjudged("background") }),
  object({ ...carried, background: protocol }),
);

/** They count tokens, or make a conversation short: of the same body. */
export const inputRequest: Spec = object(carried);
