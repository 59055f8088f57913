import assert from "node:assert/strict";
import { test } from "node:test";
import { createFormats } from "../app/formats.ts";
import type { Operation, StreamFormat } from "../domain/dialect.ts";
import { promptReading, replyReading } from "./reading.ts";

const formats = createFormats();
const everything = { coverage: { dialects: null }, dialects: [], dialectPaths: [] };
const chat = { method: "POST", path: "/v1/chat/completions", query: "", contentEncoding: null };

for (const [contentType, wanted] of [
  ["application/json", "read"],
  ["application/json; charset=utf-8", "read"],
  ["application/vnd.api+json", "read"],
  [null, "content-type"],
  ["text/plain", "content-type"],
  ["application/json; charset=utf-16", "content-type"],
  ["multipart/form-data; boundary=x", "content-type"],
] as const) {
  test(`a prompt of type ${contentType}: ${wanted}`, () => {
    const head = { ...chat, contentType };
    const reading = promptReading(formats.match(head, everything), head);
    assert.equal(reading.ok ? "read" : reading.error, wanted);
  });
}

test("a prompt at an unknown path is not read, whatever its type", () => {
  const head = { ...chat, path: "/v1/unknown", contentType: "application/json" };
  assert.deepEqual(promptReading(formats.match(head, everything), head), { ok: false, error: "unknown-path" });
});

for (const [contentType, wanted] of [
  ["application/json", "whole"],
  ["text/event-stream; charset=utf-8", "stream"],
  ["application/x-ndjson", "stream"],
  ["application/vnd.amazon.eventstream", "stream"],
  ["text/plain", "whole"],
  ["text/html", "whole"],
  ["image/png", "content-type"],
  [null, "content-type"],
] as const) {
  test(`a part (206) of a reply of type ${contentType} is not read`, () => {
    const reading = replyReading(null, formats, { status: 206, contentType, contentEncoding: null });
    assert.deepEqual(reading, { kind: "whole", result: { ok: false, error: "truncated" } });
  });
  test(`a reply of type ${contentType}: ${wanted}`, () => {
    const reading = replyReading(null, formats, { status: 200, contentType, contentEncoding: null });
    const seen = reading.kind === "whole" && !reading.result.ok ? reading.result.error : reading.kind;
    assert.equal(seen, wanted);
  });
}

test("a stream is in the form that the operation says, else in that of its media type, and read by the operation's reader", () => {
  const operation = formats.match({ ...chat, contentType: "application/json" }, everything);
  assert.ok(operation !== null);
  const other: StreamFormat = { ...formats.fallback.streamFormat, contentType: "test/other" };
  const formOf = (known: Operation, contentType: string): unknown => {
    const reading = replyReading(known, formats, { status: 200, contentType, contentEncoding: null });
    if (reading.kind === "whole") return reading.kind;
    assert.equal(reading.operation, known);
    return reading.format;
  };
  assert.equal(formOf(operation, "text/event-stream"), operation.streams["event-stream"]);
  assert.equal(formOf({ ...operation, streams: { "event-stream": other } }, "text/event-stream"), other);
  assert.equal(formOf({ ...operation, streams: { json: other } }, "application/json"), other);
  assert.equal(formOf({ ...operation, streams: {} }, "text/event-stream"), formats.fallback.streams["event-stream"]);
  assert.equal(formOf({ ...operation, streams: {} }, "application/json"), "whole");
});
