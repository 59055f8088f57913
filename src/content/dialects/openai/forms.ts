/** OpenAI's operations on audio, images and files, most of which take forms. None has a refusal in its replies: an error says it. */
import type { Asked, Operation, StreamReader } from "../../../domain/dialect.ts";
import { atOnce } from "../../../stdx/paced.ts";
import { err, ok } from "../../../stdx/result.ts";
import { cellsOf } from "../../coverage/cells.ts";
import type { JsonNode } from "../../json/parse.ts";
import { readForm } from "../../multipart/read-form.ts";
import { sse } from "../../sse/format.ts";
import { countItems, nothing, readReply, readRequest } from "../../table/extraction.ts";
import { LaneCount } from "../../table/lane-count.ts";
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
    openStream: (asked) => openEvents(event ?? reply, asked),
    error: errorBody,
    refusal: () => null,
    refusalStream: () => null,
  };
}

/** Events of one kind each, with a terminator or without. */
function openEvents(spec: Spec, asked: Asked | undefined): StreamReader {
  const lanes = new LaneCount();
  let events = 0;
  let endedBy: number | null = null;
  const isTerminator = (data: string): boolean => data.length < 256 && data.trim() === terminator;
  return {
    *read(_eventName, data) {
      events += 1;
      if (data === "") return ok(nothing);
      if (endedBy !== null) return err("after-terminator");
      if (!isTerminator(data)) return lanes.check(yield* readReply(data, spec, "assistant", asked));
      endedBy = events;
      return ok(nothing);
    },
    isTerminator,
    // The official clients throw what an event calls an error.
    cut: (facts, released) =>
      endedBy !== null && endedBy <= released ? [] : [{ name: "error", data: errorBody(facts) }],
  };
}
