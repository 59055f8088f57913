/**
 * Where text stands in a message of OpenAI's chat, on its way in and out, also as its vendors write it. Lanes have meaning only in
 * replies.
 */
import {
  choice,
  each,
  jsonText,
  jsonValue,
  list,
  media,
  object,
  partList,
  partText,
  protocol,
  reference,
  type Spec,
  text,
  tree,
  url,
} from "../../table/spec.ts";

const link = (to: "image" | "audio" | "video" | "file"): Spec => url("url", to === "image" ? "data-url" : to, to);
const linked = (to: "audio" | "video"): Spec => choice({ string: link(to), object: object({ url: link(to) }) });

export const imageLink: Spec = choice({
  string: link("image"),
  object: object({ url: link("image"), detail: protocol, alt: text("alt-text"), alt_text: text("alt-text") }),
});

/** Mistral's reasoning stands in a part, as a text or as parts. */
const thought: Spec = choice({
  string: text("reasoning", "thinking"),
  list: list(object({ ...each(["type", "reference_ids"], protocol), text: text("reasoning", "thinking") })),
});

/** Where plain text of a part stands. */
type Spoken = "content" | "tool-result" | "document";

/** Whoever says it: its members tell what it is. */
const partMembers = (place: Spoken, lane: string | null) => ({
  ...each(["type", "cache_control", "prompt_cache_breakpoint", "uuid", "closed", "reference_ids"], protocol),
  text: partText(place, lane),
  refusal: text("refusal", lane === null ? null : "refusal"),
  thinking: thought,
  signature: media("encrypted"),
  image_url: imageLink,
  document_url: link("file"),
  document_name: text("name"),
  file: object({ file_data: media("file"), file_id: reference("file"), filename: text("name") }),
  file_id: reference("file"),
  // Groq: what the model is to answer from.
  document: object({ id: protocol, data: tree("document") }, { role: "tool" }),
});

/** Of a reply, with its lane. */
export const toldPart = (place: Spoken, lane: string | null): Spec => object(partMembers(place, lane));

const askedPart = (place: Spoken): Spec =>
  object({
    ...partMembers(place, null),
    video_url: linked("video"),
    audio_url: linked("audio"),
    input_audio: choice({ string: link("audio"), object: object({ data: media("audio"), format: protocol }) }),
    image_embeds: media("image"),
    audio_embeds: media("audio"),
  });

export const askedContent = (place: "content" | "tool-result"): Spec =>
  choice({ string: text(place), list: partList(askedPart(place)) });
export const toldContent = (lane: string): Spec =>
  choice({ string: text("content", lane), list: partList(toldPart("content", lane)) });

const calledFunction = {
  name: text("tool-name", "name"),
  // A JSON text; some servers have the value itself.
  arguments: choice({ string: jsonText("tool-arguments", "arguments"), object: jsonValue("tool-arguments") }),
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
    ...each(["data", "signature"], media("encrypted")),
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
