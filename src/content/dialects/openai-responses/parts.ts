/**
 * Where text stands in the items of OpenAI's Responses API: messages, calls and what they gave, reasoning. Prompts, replies and
 * events of a stream all carry items.
 *
 * Lanes: `item/N/part/M/...` and the like, N the item's place in the output. A text that grows from event to event has one; told
 * whole again at its end it has another, under `told/`, which ends at once.
 */
import {
  choice,
  dropList,
  each,
  jsonText,
  jsonValue,
  list,
  media,
  object,
  type ObjectSpec,
  partList,
  partText,
  protocol,
  reference,
  said,
  type Spec,
  text,
  toolDefinition,
  tree,
  url,
  variant,
  link,
} from "../../table/spec.ts";

/** `grows`: what later events add to. `whole`: complete as it stands. */
export type Form = "grows" | "whole";
export const laneOf = (form: Form, name: string): string => (form === "grows" ? name : `told/${name}`);

/** How an item is named and where it is in its life; who made it. */
const shared = each(["type", "id", "call_id", "status", "created_by", "caller", "namespace", "async"], protocol);

const scored = each(["logprob", "bytes"], protocol);
/** Alternatives are texts of their own: no reader joins them. */
export const logprobs = (form: Form): Spec =>
  dropList(
    object({
      token: text("logprob", laneOf(form, "logprobs")),
      ...scored,
      top_logprobs: list(object({ token: text("logprob"), ...scored })),
    }),
  );

export const annotation: Spec = object({
  ...each(["type", "index", "start_index", "end_index", "file_id", "container_id"], protocol),
  ...each(["title", "filename"], text("annotation")),
  url: link(),
});

export const imageUrl = url("url", "data-url", "image");
/** Of plain text in a part. */
type Spoken = "content" | "tool-result";

/** A part of a message or of what a tool gave; its members tell what it is. */
function partOf(place: Spoken, form: Form): ObjectSpec {
  return object(
    {
      ...each(["type", "detail", "prompt_cache_breakpoint"], protocol),
      text: partText(place, laneOf(form, "text")),
      refusal: text("refusal", laneOf(form, "refusal")),
      annotations: list(annotation),
      logprobs: logprobs(form),
      image_url: choice({ string: imageUrl, object: object({ url: imageUrl, detail: protocol }) }),
      file_id: reference("file"),
      file_data: media("file"),
      file_url: url("url", "file", "file"),
      filename: text("name"),
      input_audio: object({ data: media("audio"), format: protocol }),
      // A part in sound.
      data: media("audio"),
      transcript: text(place, laneOf(form, "transcript")),
    },
    { repeats: ["logprobs"] },
  );
}

export const thought = (form: Form): ObjectSpec =>
  object({ type: protocol, text: text("reasoning", laneOf(form, "text")) });

/** A part by itself, as events of a stream have it. */
export const part = (form: Form): Spec => variant("type", { reasoning_text: thought(form) }, partOf("content", form));

const within = (spec: ObjectSpec, name: string): Spec => ({ ...spec, within: name });
const parts = (place: Spoken, form: Form): Spec => partList(within(partOf(place, form), "part/"), "");

export const content = (place: Spoken, form: Form): Spec =>
  choice({ string: text(place, laneOf(form, "text")), list: parts(place, form) });

/** An item whose type nobody knows is read as one too: what has no name there is judged as `other`. */
const message = (form: Form, id: Spec): Spec =>
  object({ ...shared, id, ...each(["role", "phase"], protocol), content: content("content", form) }, { role: "own" });

const callArguments = (form: Form): Spec => jsonText("tool-arguments", laneOf(form, "arguments"));
const given = text("tool-result");
const asked = text("tool-arguments");

const reasoning = (form: Form): Spec =>
  object({
    ...shared,
    summary: list(within(thought(form), "summary/"), ""),
    content: choice({ list: list(within(thought(form), "part/"), "") }),
    encrypted_content: media("encrypted"),
  });

const calls = (form: Form) => ({
  function_call: object({ ...shared, name: text("tool-name"), arguments: callArguments(form) }, { call: true }),
  custom_tool_call: object(
    { ...shared, name: text("tool-name"), input: text("tool-arguments", laneOf(form, "input")) },
    { call: true },
  ),
  tool_search_call: object({ ...shared, execution: protocol, arguments: jsonValue("tool-arguments") }),
});

const results = {
  function_call_output: object(
    { ...shared, name: text("tool-name"), output: content("tool-result", "whole") },
    { role: "tool" },
  ),
  custom_tool_call_output: object({ ...shared, output: content("tool-result", "whole") }, { role: "tool" }),
  tool_search_output: object({ ...shared, execution: protocol, tools: toolDefinition }, { role: "tool" }),
  additional_tools: object({ ...shared, role: protocol, tools: toolDefinition }),
};

const searches = {
  file_search_call: object({
    ...shared,
    queries: list(asked),
    results: list(
      object(
        {
          ...each(["file_id", "score", "vector_store_id"], protocol),
          ...each(["filename", "text"], text("document")),
          attributes: tree("document"),
        },
        { role: "tool" },
      ),
    ),
  }),
  web_search_call: object({
    ...shared,
    action: object({
      type: protocol,
      ...each(["query", "pattern"], asked),
      queries: list(asked),
      url: link(),
      sources: list(object({ ...each(["type", "name"], protocol), title: text("document"), url: link() })),
    }),
    results: said("tool", tree("document")),
  }),
};

const safetyChecks = list(object({ ...each(["id", "code"], protocol), message: text("error") }));
const computerAction = object({
  ...each(["type", "button", "x", "y", "scroll_x", "scroll_y", "path"], protocol),
  text: asked,
  keys: list(asked),
  url: link(),
});

/** What runs on the client's machine. */
const machines = (form: Form) => ({
  computer_call: object({
    ...shared,
    action: computerAction,
    actions: list(computerAction),
    pending_safety_checks: safetyChecks,
  }),
  computer_call_output: object(
    {
      ...shared,
      output: object({ type: protocol, image_url: imageUrl, file_id: reference("file") }),
      acknowledged_safety_checks: safetyChecks,
    },
    { role: "tool" },
  ),
  local_shell_call: object({
    ...shared,
    action: object({
      ...each(["type", "timeout_ms"], protocol),
      command: list(asked),
      env: tree("tool-arguments"),
      ...each(["user", "working_directory"], asked),
    }),
  }),
  local_shell_call_output: object({ ...shared, output: given }, { role: "tool" }),
  shell_call: object({
    ...shared,
    action: object({
      ...each(["timeout_ms", "max_output_length"], protocol),
      commands: list(text("tool-arguments", laneOf(form, "command/text")), ""),
    }),
    environment: object({ ...each(["type", "container_id"], protocol), skills: toolDefinition }),
  }),
  shell_call_output: object(
    { ...shared, max_output_length: protocol, output: list(within(shellOutput(form), "output/"), "") },
    { role: "tool" },
  ),
  apply_patch_call: object({ ...shared, operation: object({ type: protocol, ...each(["path", "diff"], asked) }) }),
  apply_patch_call_output: object({ ...shared, output: given }, { role: "tool" }),
});

/** What one command wrote. */
export function shellOutput(form: Form): ObjectSpec {
  return object({
    stdout: text("tool-result", laneOf(form, "stdout")),
    stderr: text("tool-result", laneOf(form, "stderr")),
    ...each(["outcome", "created_by"], protocol),
  });
}

export const error: Spec = choice({
  string: text("error"),
  object: object({
    ...each(["type", "code", "param", "moderation_details"], protocol),
    message: text("error"),
    content: tree("error"),
    misalignment: tree("error"),
  }),
});

/** What runs on the provider's side, and is told in part. */
const hosted = (form: Form) => ({
  image_generation_call: object({
    ...shared,
    ...each(["action", "background", "output_format", "quality", "size", "svg_usage"], protocol),
    result: media("image"),
    revised_prompt: asked,
    error,
  }),
  code_interpreter_call: object({
    ...shared,
    container_id: protocol,
    code: text("tool-arguments", laneOf(form, "code")),
    outputs: list(object({ type: protocol, logs: given, url: url("url", "data-url") }, { role: "tool" })),
  }),
  program: object({ ...shared, code: asked, fingerprint: media("encrypted") }),
  program_output: object({ ...shared, result: given }, { role: "tool" }),
  // No request says which tools a server has, so these are not among the calls that one must have offered.
  mcp_call: object({
    ...shared,
    approval_request_id: protocol,
    server_label: text("name"),
    name: text("tool-name"),
    arguments: callArguments(form),
    output: said("tool", given),
    error,
  }),
  mcp_list_tools: object({ ...shared, server_label: text("name"), tools: toolDefinition, error }),
  mcp_approval_request: object({
    ...shared,
    server_label: text("name"),
    name: text("tool-name"),
    arguments: callArguments(form),
  }),
  mcp_approval_response: object(
    { ...shared, ...each(["approval_request_id", "approve"], protocol), reason: text("content") },
    { role: "user" },
  ),
});

/** The form of the text that is asked for. */
export const textConfig: Spec = object({
  verbosity: protocol,
  format: object({
    ...each(["type", "name", "strict"], protocol),
    ...each(["schema", "description"], toolDefinition),
  }),
});

const sealed = object({ ...shared, encrypted_content: media("encrypted") });

/** What the model made; results of tools among it say so themselves. */
const byModel = (specs: Readonly<Record<string, Spec>>): Readonly<Record<string, Spec>> =>
  Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, said("assistant", spec)]));

const made = (form: Form): Readonly<Record<string, Spec>> => ({
  ...results,
  ...byModel({ ...calls(form), ...searches, ...machines(form), ...hosted(form), reasoning: reasoning(form) }),
  compaction: sealed,
  compaction_summary: sealed,
  compaction_trigger: object(shared),
  configuration_update: object({ ...shared, reasoning: protocol, text: textConfig }),
});

/** Of what was asked. */
export const item: Spec = variant(
  "type",
  { ...made("whole"), item_reference: object({ ...shared, id: reference("conversation") }) },
  message("whole", protocol),
  // Without a word of what it is: a message in short, or the id alone of an item that is kept elsewhere.
  message("whole", reference("conversation")),
);

/** Of what was made, or is kept. */
export const toldItem = (form: Form): Spec => variant("type", made(form), message(form, protocol));
