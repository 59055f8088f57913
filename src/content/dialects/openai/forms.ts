/**
 * OpenAI's operations on audio, images and files, most of which take forms: where text stands in them, and how each is read. None
 * has a refusal in its replies: an error says it.
 */
import type { Operation } from "../../../domain/dialect.ts";
import { atOnce } from "../../../stdx/paced.ts";
import { err } from "../../../stdx/result.ts";
import { cellsOf } from "../../coverage/cells.ts";
import type { JsonNode } from "../../json/parse.ts";
import { file, readForm } from "../../multipart/read-form.ts";
import { sse } from "../../sse/format.ts";
import { openTableStream, type Track } from "../../stream/table-stream.ts";
import { countItems, readReply, readRequest } from "../../table/extraction.ts";
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
import { errorBody, terminator } from "./answers.ts";
import { failure } from "./replies.ts";

/** Names of fields that no table knows are texts of this place. */
const ofForms = { keyPlace: "name" } as const;
const person = { user: text("metadata"), safety_identifier: protocol };

const audioForm: ObjectSpec = object(
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
const asked = { ...imageSettings, prompt: text("input"), ...person };
const imageFiles = each(["image", "mask", "markup"], file("image"));

const imageForm: ObjectSpec = object({ ...asked, ...imageFiles }, ofForms);

const image = url("url", "data-url", "image");
const imageReference: Spec = object({ image_url: image, file_id: reference("image") });
const generationRequest: Spec = object({ ...asked, svg: object({ model: protocol, reasoning: protocol }) });
const editRequest: Spec = object({
  ...asked,
  images: list(choice({ string: image, object: imageReference })),
  mask: choice({ string: image, object: imageReference }),
});

const fileForm: ObjectSpec = object({ file: file("file"), ...each(["purpose", "expires_after"], protocol) }, ofForms);

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
const transcriptionReply: Spec = object(
  {
    text: text("content", "content"),
    segments: list(segment),
    words: list(object({ word: text("content", "words"), ...each(["start", "end"], protocol) })),
    logprobs: list(tokenScore),
    ...each(["task", "language", "languages", "duration", "usage"], protocol),
    ...failure,
  },
  { repeats: ["words", "logprobs"] },
);

const told = { ...each(["usage", "languages", "segment_id"], protocol), logprobs: list(tokenScore), ...failure };
const transcriptionEvent: Spec = variant(
  "type",
  {
    // The whole text once more, which goes on with nothing.
    "transcript.text.done": object({ ...told, text: text("content", "done") }, { repeats: ["logprobs"] }),
    "transcript.text.segment": segment,
  },
  object({ ...told, delta: text("content", "content") }, { repeats: ["logprobs"], grows: true }),
);

const imageTold = each(
  [
    "created",
    "created_at",
    "background",
    "output_format",
    "quality",
    "size",
    "usage",
    "svg_usage",
    "safety_identifier",
  ],
  protocol,
);
const picture = { b64_json: media("image") };
const imageReply: Spec = object({
  ...imageTold,
  data: list(object({ ...picture, url: image, revised_prompt: text("content") })),
  ...failure,
});
const imageEvent: Spec = object({ ...imageTold, ...picture, partial_image_index: protocol, ...failure });

const fileReply: Spec = object({
  ...each(["id", "object", "bytes", "created_at", "expires_at", "purpose", "status"], protocol),
  filename: text("name"),
  status_details: text("error"),
  ...failure,
});

type Row = {
  readonly id: `openai/${string}`;
  /** `null`: it takes none. */
  readonly form: ObjectSpec | null;
  readonly json: Spec | null;
  readonly reply: Spec;
  /** `null`: it does not stream. */
  readonly event: Spec | null;
  /** Replies may be plain text, such as subtitles. */
  readonly plain: boolean;
};

const audio = { form: audioForm, json: null, reply: transcriptionReply, plain: true } as const;
const images = { reply: imageReply, plain: false } as const;

/** By path. */
export const formOperations: ReadonlyMap<string, Operation> = new Map([
  ["/v1/audio/transcriptions", operation({ ...audio, id: "openai/audio-transcriptions", event: transcriptionEvent })],
  ["/v1/audio/translations", operation({ ...audio, id: "openai/audio-translations", event: null })],
  [
    "/v1/images/generations",
    operation({ ...images, id: "openai/images-generations", form: null, json: generationRequest, event: imageEvent }),
  ],
  [
    "/v1/images/edits",
    operation({ ...images, id: "openai/images-edits", form: imageForm, json: editRequest, event: imageEvent }),
  ],
  // They take no prompt: one is judged all the same.
  [
    "/v1/images/variations",
    operation({ ...images, id: "openai/images-variations", form: imageForm, json: null, event: null }),
  ],
  [
    "/v1/files",
    operation({ id: "openai/files", form: fileForm, json: null, reply: fileReply, event: null, plain: false }),
  ],
]);

function operation({ id, form, json, reply, event, plain }: Row): Operation {
  const count = (root: JsonNode): number => countItems(root, "prompt");
  return {
    id,
    dialect: "openai",
    cells: cellsOf(id, [
      ...(form === null ? [] : [{ mode: "prompt-form", spec: form, role: "none" } as const]),
      ...(json === null ? [] : [{ mode: "prompt-json", spec: json, role: "none" } as const]),
      { mode: "reply-json", spec: reply, role: "assistant" },
      ...(plain ? [{ mode: "reply-text", spec: text("content"), role: "none" } as const] : []),
      ...(event === null ? [] : [{ mode: "reply-sse", spec: event, role: "assistant" } as const]),
    ]),
    readRequest: (body, asked) =>
      json === null ? atOnce(err("content-type")) : readRequest(body, { spec: json, count }, asked),
    ...(form === null
      ? {}
      : { readForm: (body, boundary, asked) => readForm(body, boundary, { spec: form, count }, asked) }),
    readReply: (body, asked) => readReply(body, reply, "assistant", asked),
    streams: { "event-stream": sse },
    streamFormat: sse,
    openStream: (asked) =>
      openTableStream({ specOf: () => event ?? reply, terminator, grows: true, openTrack: () => eachForItself }, asked),
    error: errorBody,
    refusal: () => null,
    refusalStream: () => null,
  };
}

/** Their events stand for themselves; the official clients throw what one calls an error. */
const eachForItself: Track = {
  note: () => "goes-on",
  cut: (facts) => [{ name: "error", data: errorBody(facts) }],
};
