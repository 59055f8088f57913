/** Where text stands in replies of OpenAI's Responses API, whole and event by event, as tables. */
import {
  choice,
  each,
  jsonText,
  list,
  media,
  object,
  type ObjectSpec,
  protocol,
  said,
  type Spec,
  text,
  toolDefinition,
  tree,
  variant,
} from "../../table/spec.ts";
import {
  annotation,
  content,
  error,
  type Form,
  item,
  laneOf,
  logprobs,
  part,
  shellOutput,
  textConfig,
  thought,
  toldItem,
} from "./parts.ts";

const counters: readonly string[] = [
  ...["id", "object", "created_at", "completed_at", "status", "model", "usage", "incomplete_details", "background"],
  ...["parallel_tool_calls", "temperature", "top_p", "top_logprobs", "tool_choice", "max_output_tokens", "store"],
  ...["max_tool_calls", "truncation", "service_tier", "reasoning", "previous_response_id", "conversation", "deleted"],
  ...["prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "prompt_cache_diagnostics", "moderation"],
  ...[
    "safety_identifier",
    "access_programs",
    "image",
    "tool_usage",
    "frequency_penalty",
    "presence_penalty",
    "billing",
  ],
];

/** A response says again what was asked for. */
const asked = {
  instructions: said("system", choice({ string: text("content"), list: list(item, "instruction") })),
  prompt: object({
    ...each(["id", "version"], protocol),
    variables: said("user", object({}, { keyPlace: "name", rest: content("content", "whole") })),
  }),
  tools: toolDefinition,
  text: textConfig,
  metadata: tree("metadata"),
  user: text("metadata"),
};

const response = {
  ...each(counters, protocol),
  ...asked,
  error,
  output: list(toldItem("whole"), "item"),
  output_text: text("content"),
};

export const responsesReply: Spec = object(response);

const errorOnly = { error };

export const inputTokensReply: Spec = object({ ...each(["object", "input_tokens"], protocol), ...errorOnly });

export const compactReply: Spec = object({
  ...each(["id", "object", "created_at", "usage", "image", "model", "status"], protocol),
  output: list(toldItem("whole"), "item"),
  ...errorOnly,
});

/** A response that is fetched later, its end, or the items that it was asked with. */
export const itemReply: Spec = object({
  ...response,
  ...each(["first_id", "last_id", "has_more"], protocol),
  data: list(toldItem("whole"), "data"),
});

const eventIds = each(
  [
    ...["type", "sequence_number", "item_id", "output_index", "content_index", "summary_index", "annotation_index"],
    ...["command_index", "partial_image_index", "obfuscation", "stream_id"],
  ],
  protocol,
);

type EventOptions = Pick<Partial<ObjectSpec>, "ends" | "call" | "repeats">;
type Members = Readonly<Record<string, Spec>>;

const inItem = (members: Members, options: EventOptions = {}): Spec =>
  object({ ...eventIds, ...members }, { numbered: { as: "item", by: ["output_index"] }, grows: true, ...options });

/** Of a part of an item, which `index` numbers. */
const inPart = (index: string, within: string, members: Members, options: EventOptions = {}): Spec =>
  object(
    { ...eventIds, ...members },
    { numbered: { as: "item", by: ["output_index", index] }, within: `${within}/`, grows: true, ...options },
  );

const ended = { ends: true } as const;
const grown = (place: Parameters<typeof text>[0], form: Form = "grows", lane = "text"): Spec =>
  text(place, laneOf(form, lane));

const ofText = (form: Form): Spec =>
  inPart(
    "content_index",
    "part",
    { [form === "grows" ? "delta" : "text"]: grown("content", form), logprobs: logprobs(form) },
    { repeats: ["logprobs"], ends: form === "whole" },
  );

const inContent = (members: Members, options?: EventOptions): Spec => inPart("content_index", "part", members, options);
const inSummary = (members: Members, options?: EventOptions): Spec =>
  inPart("summary_index", "summary", members, options);
const inCommand = (within: string, members: Members, options?: EventOptions): Spec =>
  inPart("command_index", within, members, options);

const messages = {
  "response.output_item.added": inItem({ item: toldItem("grows") }),
  "response.output_item.done": inItem({ item: toldItem("whole") }, ended),
  "response.content_part.added": inContent({ part: part("grows") }),
  "response.content_part.done": inContent({ part: part("whole") }, ended),
  "response.output_text.delta": ofText("grows"),
  "response.output_text.done": ofText("whole"),
  "response.output_text.annotation.added": inContent({ annotation }),
  "response.refusal.delta": inContent({ delta: grown("refusal", "grows", "refusal") }),
  "response.refusal.done": inContent({ refusal: grown("refusal", "whole", "refusal") }, ended),
  "response.reasoning_text.delta": inContent({ delta: grown("reasoning") }),
  "response.reasoning_text.done": inContent({ text: grown("reasoning", "whole") }, ended),
  "response.reasoning_summary_part.added": inSummary({ part: thought("grows") }),
  "response.reasoning_summary_part.done": inSummary({ status: protocol, part: thought("whole") }, ended),
  "response.reasoning_summary_text.delta": inSummary({ delta: grown("reasoning") }),
  "response.reasoning_summary_text.done": inSummary({ text: grown("reasoning", "whole") }, ended),
};

const argued = (form: Form): Spec => jsonText("tool-arguments", laneOf(form, "arguments"));
const toTool = (form: Form, lane: string): Spec => grown("tool-arguments", form, lane);
const called = { call: true } as const;

const calls = {
  "response.function_call_arguments.delta": inItem({ delta: argued("grows") }, called),
  "response.function_call_arguments.done": inItem(
    { name: text("tool-name"), arguments: argued("whole") },
    { ...called, ...ended },
  ),
  "response.custom_tool_call_input.delta": inItem({ delta: toTool("grows", "input") }, called),
  "response.custom_tool_call_input.done": inItem({ input: toTool("whole", "input") }, { ...called, ...ended }),
  "response.mcp_call_arguments.delta": inItem({ delta: argued("grows") }),
  "response.mcp_call_arguments.done": inItem({ arguments: argued("whole") }, ended),
  "response.code_interpreter_call_code.delta": inItem({ delta: toTool("grows", "code") }),
  "response.code_interpreter_call_code.done": inItem({ code: toTool("whole", "code") }, ended),
  "response.shell_call_command.added": inCommand("command", { command: toTool("grows", "text") }),
  "response.shell_call_command.delta": inCommand("command", { delta: toTool("grows", "text") }),
  "response.shell_call_command.done": inCommand("command", { command: toTool("whole", "text") }, ended),
  "response.shell_call_output_content.delta": inCommand("output", { delta: byTool(shellOutput("grows")) }),
  "response.shell_call_output_content.done": inCommand("output", { output: list(byTool(shellOutput("whole"))) }, ended),
  "response.image_generation_call.partial_image": inItem({
    ...each(["background", "output_format", "quality", "size"], protocol),
    partial_image_b64: media("image"),
  }),
};

function byTool(spec: Spec): Spec {
  return said("tool", spec);
}

/** Sound belongs to no item. */
const sounds = {
  "response.audio.delta": object({ ...eventIds, delta: media("audio") }),
  "response.audio.transcript.delta": object(
    { ...eventIds, delta: text("content", "transcript") },
    { within: "audio/", grows: true },
  ),
  "response.audio.transcript.done": object(
    { ...eventIds, transcript: text("content") },
    { within: "audio/", ends: true },
  ),
};

/** The whole response, as it stands by then. */
const told: Spec = object({ ...eventIds, response: object(response, { within: "told/", ends: true }) });
const lifecycle = each(
  ["created", "queued", "in_progress", "completed", "failed", "incomplete"].map((name) => `response.${name}`),
  told,
);

/** Of an event of a type that nobody knows, strings in one place may go on from event to event. */
const unknown: Spec = object(
  { ...eventIds, response: object(response, { within: "told/", ends: true }), error },
  { numbered: { as: "item", by: ["output_index", "content_index"] }, within: "event/", grows: true },
);

export const responseEvent: Spec = variant(
  "type",
  {
    ...messages,
    ...calls,
    ...sounds,
    ...lifecycle,
    error: object({ ...eventIds, ...each(["code", "param", "status"], protocol), message: text("error"), error }),
  },
  unknown,
);
