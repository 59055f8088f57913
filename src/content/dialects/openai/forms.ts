/** OpenAI's operations on audio, images and files, most of which take forms. None has a refusal in its replies: an error says it. */
import type { Operation } from "../../../domain/dialect.ts";
import { atOnce } from "../../../stdx/paced.ts";
import { err } from "../../../stdx/result.ts";
import { cellsOf } from "../../coverage/cells.ts";
import type { JsonNode } from "../../json/parse.ts";
import { readForm } from "../../multipart/read-form.ts";
import { sse } from "../../sse/format.ts";
import { openTableStream, type Track } from "../../stream/table-stream.ts";
import { countItems, readReply, readRequest } from "../../table/extraction.ts";
import { type ObjectSpec, type Spec, text } from "../../table/spec.ts";
import { errorBody, terminator } from "./answers.ts";
import {
  audioForm,
  fileForm,
  fileReply,
  imageEvent,
  imageForm,
  imageReply,
  imageRequest,
  transcriptionEvent,
  transcriptionReply,
} from "./form-locations.ts";

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
    operation({ ...images, id: "openai/images-generations", form: null, json: imageRequest, event: imageEvent }),
  ],
  [
    "/v1/images/edits",
    operation({ ...images, id: "openai/images-edits", form: imageForm, json: imageRequest, event: imageEvent }),
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
      openTableStream({ specOf: () => event ?? reply, terminator, openTrack: () => eachForItself }, asked),
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
