import assert from "node:assert/strict";
import { test } from "node:test";
import { readMediaType } from "./media-type.ts";

for (const [header, kind] of [
  [null, "none"],
  ["", "none"],
  ["application/json", "json"],
  ["Application/JSON; charset=UTF-8", "json"],
  ['application/json;charset="utf-8"', "json"],
  ["application/json; charset=us-ascii", "json"],
  ["application/problem+json", "json"],
  ["application/json; charset=utf-16", "other"],
  ["application/json; charset=utf-7", "other"],
  ["application/json; charset=utf-8; charset=utf-7", "other"],
  ["application/jsonp", "other"],
  ["text/event-stream; charset=utf-8", "event-stream"],
  ["application/x-ndjson", "json-lines"],
  ["application/ndjson; charset=utf-8", "json-lines"],
  ["application/jsonl", "json-lines"],
  ["application/x-jsonlines", "json-lines"],
  ["application/x-ndjson; charset=utf-16", "other"],
  ["application/json-seq", "other"],
  ["application/vnd.amazon.eventstream", "aws-event-stream"],
  ["text/plain", "text"],
  ["text/html; charset=iso-8859-1", "other"],
  ["multipart/form-data; boundary=x", "form"],
  ["application/octet-stream", "other"],
  ["; charset=utf-8", "other"],
] as const) {
  test(`media type: ${header}`, () => assert.equal(readMediaType(header), kind));
}
