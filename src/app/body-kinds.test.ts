import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "../../test/matrix/sample.ts";
import { samples } from "../../test/matrix/samples/index.ts";
import { promptOf, replyOf } from "../../test/matrix/wire.ts";
import { readMediaType } from "../content/media-type.ts";
import { boundaryOf } from "../content/multipart/parameters.ts";
import { replyContentType, requestContentType } from "./body-kinds.ts";

const request = (text: string): string => requestContentType(Buffer.from(text));
const reply = (text: string): string => replyContentType(Buffer.from(text));

test("the request of each sample is told by how it begins", () => {
  const seen = new Set<string>();
  for (const sample of samples) {
    const body = promptOf(sample, plain);
    if (body === null) continue;
    const told = requestContentType(body.bytes);
    assert.equal(readMediaType(told), readMediaType(body.contentType), sample.operation);
    assert.equal(boundaryOf(told), boundaryOf(body.contentType), sample.operation);
    seen.add(readMediaType(told));
  }
  assert.deepEqual([...seen].sort(), ["form", "json"]);
});

test("the reply of each sample is told by how it begins", () => {
  const seen = new Set<string>();
  for (const sample of samples.filter(({ reply: { kind } }) => kind !== "text")) {
    const { contentType, chunks } = replyOf(sample, plain);
    // One line of JSON is JSON: both are read alike.
    const wanted = sample.reply.kind === "json-lines" && chunks.length === 1 ? "application/json" : contentType;
    assert.equal(replyContentType(Buffer.concat(chunks)), wanted, `${sample.operation} ${sample.mode}`);
    seen.add(readMediaType(wanted));
  }
  assert.deepEqual([...seen].sort(), ["aws-event-stream", "event-stream", "json", "json-lines"]);
});

test("what is no form is JSON", () => {
  for (const body of ["", "{}", "--", "--\r\n", "--a\n", "--a b\u00e4\r\n", '--a"b\r\n', `--${"a".repeat(71)}\r\n`])
    assert.equal(request(body), "application/json", JSON.stringify(body));
  for (const boundary of ["a", "----WebKitFormBoundary7MA4", "a b:c", "a".repeat(70)])
    assert.equal(boundaryOf(request(`--${boundary}\r\n`)), boundary);
});

test("blanks, marks and names before a stream hide it not", () => {
  for (const body of ["data: x\n\n", "\ufeffdata: x\n\n", "\n\nevent: x\n", ": ping\n\n", "id:1\n", "retry: 5\n"])
    assert.equal(reply(body), "text/event-stream", JSON.stringify(body));
  for (const body of ["{}\n{}", '\r\n{"a":1}\r\n\r\n{"a":2}\r\n', '{"a":1}\n{"a'])
    assert.equal(reply(body), "application/x-ndjson", JSON.stringify(body));
  for (const body of [
    "",
    "\n",
    "{}",
    "{}\n \n",
    '{\n"a": 1\n}',
    "[{},\n{}]",
    '{"data": "data: x"}',
    "{}}\n{}",
    "text\nmore",
  ])
    assert.equal(reply(body), "application/json", JSON.stringify(body));
  assert.equal(reply("\0\0\0\x10"), "application/vnd.amazon.eventstream", "also where its checksum is wrong");
});
