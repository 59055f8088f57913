import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction } from "../../domain/dialect.ts";
import { runAtOnce } from "../../stdx/paced.ts";
import { leavesOf } from "../coverage/leaves.ts";
import { readReply } from "./extraction.ts";
import { counted, object, protocol, type Spec, text } from "./spec.ts";

function read(spec: Spec, body: unknown): Extraction {
  const extraction = runAtOnce(readReply(JSON.stringify(body), spec, "assistant"));
  assert.ok(extraction.ok);
  return extraction.value;
}

const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location, text: said, mask }) => `${location.place} ${location.pointer} ${said} ${mask.kind}`);

test("what is counted is read as well; what is switched off is not counted", () => {
  const spec = object({ search: counted("provider-tool", object({ size: protocol, city: text("metadata") })) });
  const on = read(spec, { search: { size: "low", city: "Oslo" } });
  assert.deepEqual(told(on), ["metadata /search/city Oslo text"]);
  assert.deepEqual(on.unjudged, { "provider-tool": 1 });
  for (const search of [null, false]) assert.deepEqual(read(spec, { search }).unjudged, {});
  assert.deepEqual(read(spec, { search: [1, true] }).unjudged, { "provider-tool": 2 });
  assert.ok(leavesOf(spec, "none").some(({ location }) => location === "provider-tool"));
});

test("members with ids for keys are read alike; a key that is no id is judged", () => {
  const spec = object({}, { drop: true, rest: object({ word: text("logprob"), rank: protocol }) });
  const body = { "17": { word: "one", rank: 1 }, "a key": { word: "two" }, x: "three" };
  assert.deepEqual(told(read(spec, body)), [
    "logprob /17/word one drop",
    "other  a key drop",
    "logprob /a key/word two drop",
    "other /x three drop",
  ]);
  assert.deepEqual(leavesOf(spec, "none"), [{ pattern: "/*/word", location: "logprob", holds: "judged" }]);
});
