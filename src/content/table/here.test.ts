import assert from "node:assert/strict";
import { test } from "node:test";
import { runAtOnce } from "../../stdx/paced.ts";
import { readReply } from "./extraction.ts";
import { object } from "./spec.ts";

const grows = object({}, { grows: true });

function placesOf(body: unknown) {
  const read = runAtOnce(readReply(JSON.stringify(body), grows, "none"));
  assert.ok(read.ok);
  return read.value.pieces.filter(({ lane }) => lane !== null).map(({ lane, location }) => ({ lane, ...location }));
}

test("a long key is not told again for each text below it", () => {
  const key = "k".repeat(100_000);
  const places = placesOf({ [key]: Array.from({ length: 100 }, () => "a") });
  assert.equal(new Set(places.map(({ lane }) => lane)).size, 100);
  for (const { lane, pointer } of places) assert.ok((lane ?? "").length < 1024 && pointer.length < 1024);
});

test("many keys above one another make no long lanes", () => {
  let body: unknown = ["a", "b"];
  for (let depth = 0; depth < 40; depth += 1) body = { ["k".repeat(200)]: body };
  const [first, second] = placesOf(body);
  assert.ok((first?.lane ?? "").length < 1024);
  assert.notEqual(first?.lane, second?.lane);
});

test("long keys that differ at their ends alone are two, and each goes on in the next event", () => {
  const body = { [`${"k".repeat(1000)}a`]: "a", [`${"k".repeat(1000)}b`]: "b" };
  const lanes = placesOf(body).map(({ lane }) => lane);
  assert.equal(new Set(lanes).size, 2);
  assert.deepEqual(
    placesOf(body).map(({ lane }) => lane),
    lanes,
  );
});
