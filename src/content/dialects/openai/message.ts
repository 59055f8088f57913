/**
 * Where text stands in a message of OpenAI's chat, on its way in and out. Lanes have meaning only in replies.
 */
import {
  choice,
  each,
  jsonText,
  list,
  media,
  object,
  type ObjectSpec,
  protocol,
  reference,
  type Spec,
  text,
  url,
  variant,
} from "../../table/spec.ts";

const link = (to: "image" | "audio"): Spec => url("url", to === "image" ? "data-url" : to, to);

/** A part of a message; its members tell what it is. `place` is that of plain text. */
function part(place: "content" | "tool-result", lane: string | null): Spec {
  return object({
    ...each(["type", "cache_control"], protocol),
    text: text(place, lane),
    refusal: text("refusal", lane === null ? null : "refusal"),
    image_url: choice({
      string: link("image"),
      object: object({ url: link("image"), detail: protocol, alt: text("alt-text"), alt_text: text("alt-text") }),
    }),
    video_url: choice({ string: link("image"), object: object({ url: link("image") }) }),
    audio_url: choice({ string: link("audio"), object: object({ url: link("audio") }) }),
    input_audio: object({ data: media("audio"), format: protocol }),
    file: object({ file_data: media("file"), file_id: reference("file"), filename: text("name") }),
  });
}

export const content = (place: "content" | "tool-result", lane: string | null): Spec =>
  choice({ string: text(place, lane), list: list(part(place, lane)) });

const calledFunction = {
  name: text("tool-name", "name"),
  arguments: jsonText("tool-arguments", "arguments"),
};

const toolCalls = list(
  object(
    {
      ...each(["id", "type", "index"], protocol),
      function: object(calledFunction),
      custom: object({ name: text("tool-name", "custom/name"), input: text("tool-arguments", "custom/input") }),
    },
    { call: true },
  ),
  "tool",
);

const reasoningDetails = list(
  object({
    ...each(["type", "id", "format", "index"], protocol),
    text: text("reasoning", "text"),
    summary: text("reasoning", "summary"),
    data: media("binary"),
    signature: media("binary"),
  }),
  "reasoning-details",
);

/** Members that a message has both ways. */
const spoken = {
  role: protocol,
  refusal: text("refusal", "refusal"),
  reasoning: text("reasoning", "reasoning"),
  reasoning_content: text("reasoning", "reasoning-content"),
  reasoning_details: reasoningDetails,
  tool_calls: toolCalls,
  function_call: object(calledFunction, { within: "function/", call: true }),
};

const message = (place: "content" | "tool-result"): Spec =>
  object(
    {
      ...spoken,
      content: content(place, null),
      name: text("name"),
      tool_call_id: protocol,
      audio: object({ id: protocol }),
    },
    { role: "own" },
  );

export const anyMessage = variant(
  "role",
  { tool: message("tool-result"), function: message("tool-result") },
  message("content"),
);

/** Prompt and answer refer to sources in this form. */
const annotation: Spec = object({
  type: protocol,
  url_citation: object({
    ...each(["start_index", "end_index"], protocol),
    title: text("annotation"),
    content: text("annotation"),
    url: url("url", "data-url"),
  }),
});

/** A whole message, or what an event adds to one. */
export const replyMessage: ObjectSpec = object(
  {
    ...spoken,
    content: content("content", "content"),
    audio: object({
      ...each(["id", "expires_at", "format"], protocol),
      data: media("audio"),
      transcript: text("content", "audio-transcript"),
    }),
    annotations: list(annotation),
    images: list(part("content", null)),
  },
  { role: "own", grows: true },
);

/** `{error: {...}}`, or an error in a choice. */
export const error: Spec = choice({
  string: text("error"),
  object: object({ ...each(["type", "code", "param", "status"], protocol), message: text("error") }),
});
