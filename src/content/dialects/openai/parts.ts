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
  protocol,
  reference,
  type Spec,
  text,
  url,
} from "../../table/spec.ts";

const link = (to: "image" | "audio"): Spec => url("url", to === "image" ? "data-url" : to, to);

/** A part of a message; its members tell what it is. `place` is that of plain text. */
export function part(place: "content" | "tool-result", lane: string | null): Spec {
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
export const spoken = {
  role: protocol,
  refusal: text("refusal", "refusal"),
  reasoning: text("reasoning", "reasoning"),
  reasoning_content: text("reasoning", "reasoning-content"),
  reasoning_details: reasoningDetails,
  tool_calls: toolCalls,
  function_call: object(calledFunction, { within: "function/", call: true }),
};
