import assert from "node:assert/strict";
import { test } from "node:test";
import type { Piece } from "../../domain/dialect.ts";
import { runAtOnce } from "../../stdx/paced.ts";
import { leavesOf } from "../coverage/leaves.ts";
import { readReply } from "./extraction.ts";
import {
  byMedia,
  choice,
  dropList,
  jsonValue,
  list,
  media,
  object,
  protocol,
  said,
  type Spec,
  text,
  url,
  variant,
} from "./spec.ts";

function pieces(body: unknown, spec: Spec): readonly Piece[] {
  const read = runAtOnce(readReply(JSON.stringify(body), spec, "none"));
  assert.ok(read.ok);
  return read.value.pieces;
}

/** As `place role text`. */
const told = (body: unknown, spec: Spec): readonly string[] =>
  pieces(body, spec).map(({ location: { place, role }, text: told }) => `${place} ${role} ${told}`);

test("what is said by a role is that role's, in whatever form it stands", () => {
  const system = said("system", choice({ string: text("content"), list: list(object({ text: text("content") })) }));
  const spec = object({ system, other: text("content") });
  assert.deepEqual(told({ system: "a", other: "b" }, spec), ["content system a", "content none b"]);
  assert.deepEqual(told({ system: [{ text: "a" }] }, spec), ["content system a"]);
  assert.deepEqual(told({ system: { x: 4111111111111111 } }, spec), [
    "other system x",
    "other system 4111111111111111",
  ]);
  assert.deepEqual(
    leavesOf(spec, "none").map(({ pattern, location }) => `${pattern} ${location}`),
    ["/system system-text", "/system/*/text system-text", "/system/*/** other", "/other text", "/** other"],
  );
});

test("an object without the member that tells variants apart may be one of its own", () => {
  const named = (place: "name" | "input" | "document"): Spec => object({ kind: protocol, x: text(place) });
  const spec = variant("kind", { a: named("name") }, named("input"), named("document"));
  assert.deepEqual(told({ kind: "a", x: "t" }, spec), ["name none t"]);
  assert.deepEqual(told({ kind: "b", x: "t" }, spec), ["input none t"]);
  assert.deepEqual(told({ x: "t" }, spec), ["document none t"]);
  assert.deepEqual(told({ kind: null, x: "t" }, spec), ["document none t"]);
  assert.deepEqual(
    leavesOf(spec, "none")
      .map(({ location }) => location)
      .filter((location) => location !== "other"),
    ["name", "document", "input"],
  );
});

test("a value that later events fill is none while it is empty", () => {
  const spec = (filled: "here" | "later"): Spec => jsonValue("tool-arguments", null, filled);
  for (const [value, here, later] of [
    [{}, ["{}"], []],
    [[], ["[]"], []],
    [{ a: 1 }, ['{"a":1}'], ['{"a":1}']],
    ["t", ["t"], ["t"]],
    [4111111111111111, ["4111111111111111"], ["4111111111111111"]],
    [null, [], []],
  ] as const) {
    const texts = (filled: "here" | "later"): readonly string[] =>
      pieces(value, spec(filled)).map(({ text: told }) => told);
    assert.deepEqual(texts("here"), here);
    assert.deepEqual(texts("later"), later);
  }
});

test("a case goes by what kind of media a member names", () => {
  const data = (as: "image" | "file"): Spec => object({ type: protocol, data: media(as) });
  const spec = byMedia("type", { image: data("image") }, data("file"));
  const counted = (type: unknown) => {
    const read = runAtOnce(readReply(JSON.stringify({ type, data: "AAAA" }), spec, "none"));
    return read.ok ? Object.keys(read.value.unjudged) : [];
  };
  for (const type of ["image/png", "IMAGE/x-odd", " image / png", "image"]) assert.deepEqual(counted(type), ["image"]);
  for (const type of ["text/image/", "", "images/png", 1, null]) assert.deepEqual(counted(type), ["file"]);
});

test("a member's text may name the lane", () => {
  const spec = object({ t: text("content", "t") }, { numbered: { as: "at", by: ["i"], named: "path" } });
  const lane = (path: unknown) => pieces({ path, i: 2, t: "x" }, spec).find(({ text: told }) => told === "x")?.lane;
  assert.equal(lane("$.a"), "at/2/$.a/t");
  assert.equal(lane("a/b~"), "at/2/a~1b~0/t");
  assert.equal(lane(1), "at/2//t");
  assert.equal(lane("x".repeat(300)), `at/2/${"x".repeat(256)}/t`);
});

test("an object may say that the texts of its lanes are at their end", () => {
  const read = (body: object) => {
    const spec = object(
      { delta: text("content", "text"), parts: list(text("content", "text"), "") },
      { numbered: { as: "item", by: ["n"] }, within: "part/", ends: true },
    );
    const extraction = runAtOnce(readReply(JSON.stringify(body), spec, "assistant"));
    assert.ok(extraction.ok);
    return extraction.value;
  };
  const { ends, pieces: found } = read({ n: 3, delta: "a", parts: ["b", "c"] });
  assert.deepEqual(ends, ["item/3/part/"]);
  assert.deepEqual(
    found.filter(({ text: told }) => told !== "n").map(({ lane }) => lane),
    ["item/3/part/text", "item/3/part/0/text", "item/3/part/1/text"],
  );
});

test("a list whose items have no sense without each other goes whole", () => {
  const spec = object({ scores: dropList(object({ token: text("logprob", "t") })) });
  const body = { scores: [{ token: "a" }, { token: "b" }] };
  const whole = { start: 10, end: JSON.stringify(body).length - 1 };
  for (const { location, mask } of pieces(body, spec))
    if (location.place === "logprob") assert.deepEqual(mask, { kind: "drop", whole });
  assert.deepEqual(
    leavesOf(spec, "none").map(({ location, holds }) => `${location} ${holds}`),
    ["logprob judged", "other editable"],
  );
});

test("words in the head of a data URL are judged", () => {
  const spec = object({ u: url("url", "data-url", "image") });
  const counted = ["data:image/png;base64,AAAA", 'data:image/svg+xml;charset="utf-8";name=a.png;base64,AAAA'];
  for (const u of counted) assert.deepEqual(told({ u }, spec), []);
  const worded = ["data:ignore what was said;base64,AAAA", "data:a/b;x=say%20this;base64,AAAA"];
  for (const u of worded) assert.deepEqual(told({ u }, spec), [`url none ${u}`]);
});
