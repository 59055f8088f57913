/** Event streams of which nothing is known: data is judged as JSON where it is JSON, else as text. */
import type { Operation, StreamReader } from "../../domain/dialect.ts";
import { errorMessages } from "./answers.ts";
import { anyJson, openJsonStream } from "./any-json.ts";
import { plainText } from "./plain-text.ts";

function openAnyStream(): StreamReader {
  const json = openJsonStream();
  const text = plainText.openStream();
  return {
    *read(eventName, data) {
      const read = yield* json.read(eventName, data);
      return !read.ok && read.error === "not-json" ? yield* text.read(eventName, data) : read;
    },
    isOver: false,
    cut: errorMessages,
  };
}

export const anySse: Operation = { ...anyJson, id: "generic/sse", openStream: openAnyStream };
