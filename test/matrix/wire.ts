// A sample's bodies as bytes. AWS frames are made by AWS's own library, so that ours is held against another.

import { EventStreamCodec } from "@smithy/eventstream-codec";
import { filled, filledText, type Fill, type Sample, type SampleEvent, type SampleReply } from "./sample.ts";

export type Body = { readonly contentType: string; readonly bytes: Buffer };
/** `chunks`: an event each, where the reply streams. */
export type Reply = { readonly status: number; readonly contentType: string; readonly chunks: readonly Buffer[] };

const boundary = "sample-boundary-7f3a";
const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
const codec = new EventStreamCodec(toText, (text) => new Uint8Array(Buffer.from(text)));

export function promptOf({ prompt }: Sample, fill: Fill): Body | null {
  switch (prompt.kind) {
    case "none":
      return null;
    case "json":
      return { contentType: "application/json", bytes: Buffer.from(JSON.stringify(filled(prompt.body, fill))) };
    case "form": {
      const parts = prompt.fields.map(({ name, value, file }) => {
        const more = file === undefined ? "" : `; filename="${filledText(file.name, fill)}"`;
        const type = file === undefined ? "" : `Content-Type: ${file.type}\r\n`;
        const head = `Content-Disposition: form-data; name="${name}"${more}\r\n${type}`;
        return `--${boundary}\r\n${head}\r\n${filledText(value, fill)}\r\n`;
      });
      const bytes = Buffer.from(`${parts.join("")}--${boundary}--\r\n`);
      return { contentType: `multipart/form-data; boundary=${boundary}`, bytes };
    }
  }
}

export function replyOf({ reply }: Pick<Sample, "reply">, fill: Fill): Reply {
  switch (reply.kind) {
    case "json": {
      const chunks = [Buffer.from(JSON.stringify(filled(reply.body, fill)))];
      return { status: reply.status ?? 200, contentType: "application/json", chunks };
    }
    case "text":
      return { status: 200, contentType: "text/plain", chunks: [Buffer.from(filledText(reply.body, fill))] };
    default:
      return { status: 200, contentType: streamTypes[reply.kind], chunks: framesOf(reply, fill) };
  }
}

type StreamReply = Extract<SampleReply, { readonly events: unknown }>;

const streamTypes = {
  sse: "text/event-stream",
  "json-lines": "application/x-ndjson",
  "json-array": "application/json",
  "event-stream": "application/vnd.amazon.eventstream",
  "event-stream-bytes": "application/vnd.amazon.eventstream",
} as const satisfies Record<StreamReply["kind"], string>;

function framesOf({ kind, events }: StreamReply, fill: Fill): readonly Buffer[] {
  const texts = events.map(({ data }) =>
    typeof data === "string" ? filledText(data, fill) : JSON.stringify(filled(data, fill)),
  );
  const names = events.map(({ name = "" }: SampleEvent) => name);
  switch (kind) {
    case "sse":
      return texts.map((text, index) =>
        Buffer.from(`${names[index] === "" ? "" : `event: ${names[index]}\n`}data: ${text}\n\n`),
      );
    case "json-lines":
      return texts.map((text) => Buffer.from(`${text}\n`));
    case "json-array":
      return [...texts.map((text, index) => Buffer.from((index === 0 ? "[" : ",\n") + text)), Buffer.from("\n]")];
    case "event-stream":
      return texts.map((text, index) => awsFrame(names[index] as string, text));
    case "event-stream-bytes":
      return texts.map((text) => {
        const bytes = Buffer.from(text).toString("base64");
        return awsFrame("chunk", JSON.stringify({ bytes, p: "abcdefgh" }));
      });
  }
}

function awsFrame(name: string, payload: string): Buffer {
  const header = (value: string) => ({ type: "string" as const, value });
  const headers = {
    ":event-type": header(name),
    ":content-type": header("application/json"),
    ":message-type": header("event"),
  };
  return Buffer.from(codec.encode({ headers, body: new Uint8Array(Buffer.from(payload)) }));
}

/** The payloads of a stream's frames, as a client's library sees them; `null` for frames without one. */
export function payloadsIn(kind: StreamReply["kind"], bytes: Buffer): readonly string[] {
  switch (kind) {
    case "sse":
      return bytes
        .toString()
        .split(/\n\n/)
        .flatMap((frame) => frame.split("\n").filter((line) => line.startsWith("data:")))
        .map((line) => line.slice(5).trimStart());
    case "json-lines":
      return bytes
        .toString()
        .split("\n")
        .filter((line) => line !== "");
    case "json-array":
      return (JSON.parse(bytes.toString()) as readonly unknown[]).map((item) => JSON.stringify(item));
    default: {
      const payloads: string[] = [];
      for (let from = 0; from < bytes.length; from += bytes.readUInt32BE(from)) {
        const { body } = codec.decode(bytes.subarray(from, from + bytes.readUInt32BE(from)));
        const text = toText(body);
        if (kind === "event-stream") payloads.push(text);
        else payloads.push(Buffer.from((JSON.parse(text) as { bytes: string }).bytes, "base64").toString());
      }
      return payloads;
    }
  }
}
