/** Where text stands in OpenAI's audio, images and files, as tables: fields of forms, members of JSON, events of streams. */
import { file } from "../../multipart/read-form.ts";
import {
  choice,
  each,
  list,
  media,
  object,
  type ObjectSpec,
  protocol,
  reference,
  type Spec,
  text,
  unjudged,
  url,
  variant,
} from "../../table/spec.ts";
import { error } from "./message.ts";

/** Names of fields that no table knows are texts of this place. */
const ofForms = { keyPlace: "name" } as const;
const person = { user: text("metadata"), safety_identifier: protocol };

export const audioForm: ObjectSpec = object(
  {
    file: file("audio"),
    prompt: text("input"),
    ...each(["model", "language", "response_format", "temperature", "stream", "include"], protocol),
    ...each(["timestamp_granularities", "chunking_strategy"], protocol),
    known_speaker_names: list(text("name")),
    known_speaker_references: list(media("audio")),
    ...person,
  },
  ofForms,
);

const imageSettings = each(
  [
    ...["model", "n", "size", "quality", "style", "background", "moderation", "stream", "response_format"],
    ...["output_format", "output_compression", "partial_images", "input_fidelity", "complexity"],
    ...["frame_count", "frame_duration_ms"],
  ],
  protocol,
);
const images = { ...imageSettings, prompt: text("input"), ...person };
const imageFiles = each(["image", "mask", "markup"], file("image"));

export const imageForm: ObjectSpec = object({ ...images, ...imageFiles }, ofForms);

const image = url("url", "data-url", "image");
const imageReference: Spec = object({ image_url: image, file_id: reference("image") });
export const imageRequest: Spec = object({
  ...images,
  images: list(choice({ string: image, object: imageReference })),
  mask: choice({ string: image, object: imageReference }),
  svg: object({ model: protocol, reasoning: protocol }),
});

export const fileForm: ObjectSpec = object(
  { file: file("file"), ...each(["purpose", "expires_after"], protocol) },
  ofForms,
);

const tokenScore: Spec = object(
  { token: text("logprob", "logprobs"), ...each(["logprob", "bytes"], protocol) },
  { drop: true },
);
const tokenIds: Spec = choice({ list: list(choice({ number: unjudged("token-ids") })) });

const segment: Spec = object(
  {
    text: text("content", "segments"),
    speaker: text("name"),
    ...each(["id", "type", "start", "end", "seek"], protocol),
    ...each(["temperature", "avg_logprob", "compression_ratio", "no_speech_prob"], protocol),
    tokens: tokenIds,
  },
  { repeats: ["tokens"] },
);

/** Words and scores tell the text again, too small to be judged one by one: they go with what is masked in it. */
export const transcriptionReply: Spec = object(
  {
    text: text("content", "content"),
    segments: list(segment),
    words: list(object({ word: text("content", "words"), ...each(["start", "end"], protocol) })),
    logprobs: list(tokenScore),
    ...each(["task", "language", "languages", "duration", "usage"], protocol),
    error,
  },
  { repeats: ["words", "logprobs"] },
);

const told = { ...each(["type", "usage", "languages", "segment_id"], protocol), logprobs: list(tokenScore), error };
export const transcriptionEvent: Spec = variant(
  "type",
  {
    // The whole text once more, which goes on with nothing.
    "transcript.text.done": object({ ...told, text: text("content", "done") }, { repeats: ["logprobs"] }),
    "transcript.text.segment": segment,
  },
  object({ ...told, delta: text("content", "content") }, { repeats: ["logprobs"], grows: true }),
);

const imageTold = each(
  ["created", "created_at", "type", "background", "output_format", "quality", "size", "usage", "svg_usage"],
  protocol,
);
const picture = { b64_json: media("image"), url: image, revised_prompt: text("content") };
export const imageReply: Spec = object({
  ...imageTold,
  safety_identifier: protocol,
  data: list(object(picture)),
  error,
});
export const imageEvent: Spec = object({
  ...imageTold,
  ...picture,
  ...each(["safety_identifier", "partial_image_index"], protocol),
  error,
});

export const fileReply: Spec = object({
  ...each(["id", "object", "bytes", "created_at", "expires_at", "purpose", "status"], protocol),
  filename: text("name"),
  status_details: text("error"),
  error,
});
