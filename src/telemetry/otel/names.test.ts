import assert from "node:assert/strict";
import { test } from "node:test";
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import { verdictFields } from "../verdict-fields.ts";
import { contentNames, conventionNames, eventNames, isAttributeName, ownNames } from "./names.ts";

const theirs: ReadonlySet<string> = new Set(Object.values(conventions).filter((value) => typeof value === "string"));

test("a name of the conventions is one, and ours are none of theirs", () => {
  assert.ok(theirs.size > 500);
  assert.deepEqual(
    Object.keys(conventionNames).filter((name) => !theirs.has(name)),
    [],
  );
  assert.ok(theirs.has(eventNames.finding));
  for (const name of Object.keys(ownNames)) assert.match(name, /^sallyport\.[a-z_]+(\.[a-z_]+)?$/);
});

test("no name for texts may be set, nor one that nobody wrote down", () => {
  for (const name of contentNames) assert.ok(!isAttributeName(name), name);
  for (const name of ["sallyport.prompt", "sallyport.text", "x", "", "sallyport.", "sallyport.log.", "toString"])
    assert.ok(!isAttributeName(name), name);
  for (const field of Object.keys(verdictFields)) assert.ok(isAttributeName(`sallyport.${field}`), field);
});

test("what the conventions have for messages, texts and arguments is in the list of names for texts", () => {
  const listed = new Set(contentNames);
  const texts =
    /^gen_ai\.(prompt|completion|.*(messages|instructions|arguments|result|query\.text|documents|definitions|explanation))$/;
  const missing = [...theirs].filter((name) => texts.test(name) && !listed.has(name) && name !== eventNames.finding);
  assert.deepEqual(missing, []);
});

test("a name is no name space of another", () => {
  const all = [...Object.keys(ownNames), ...Object.keys(verdictFields).map((field) => `sallyport.${field}`)];
  for (const name of all)
    assert.deepEqual(
      all.filter((other) => other.startsWith(`${name}.`)),
      [],
      `${name} is a name and a name space`,
    );
});
