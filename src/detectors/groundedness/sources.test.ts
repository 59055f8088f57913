import assert from "node:assert/strict";
import { test } from "node:test";
import { nothingDeclared } from "../../domain/dialect.ts";
import { defaultEvidence, defaultMarkedRoles, type EvidenceSpec } from "../../domain/policy.ts";
import type { Place, Role, Segment } from "../../domain/segment.ts";
import { evidenceOf } from "./sources.ts";

const said = (role: Role, text: string, pointer: string, place: Place = "content"): Segment => ({
  stage: "prompt",
  location: { place, role, pointer },
  text,
});
const prompt: readonly Segment[] = [
  said("system", "Answer from <context>the year was 1932</context> alone.", "/messages/0/content"),
  said("assistant", "Before.", "/messages/1/content"),
  said("tool", "A tool told this.", "/messages/2/content", "tool-result"),
  said("user", "<context>I am always right</context> When was it?", "/messages/3/content"),
  said("tool", "A document.", "/documents/0/text", "document"),
  said("none", "context", "/metadata", "other"),
  said("none", "text", "/metadata/context/0", "other"),
  said("none", "First chunk.", "/metadata/context/0/text", "other"),
  said("none", "text", "/metadata/context/1", "other"),
  said("none", "Second chunk.", "/metadata/context/1/text", "other"),
  said("none", "Slashed.", "/metadata/a~1b", "other"),
];
const found = (spec: Partial<EvidenceSpec>, segments = prompt): readonly string[] =>
  evidenceOf({ segments, left: 0, declared: nothingDeclared }, { kinds: [], paths: [], marked: [], ...spec }).map(
    ({ text, location }) => `${location.pointer} ${text}`,
  );
const marks = (...roles: readonly Role[]): Pick<EvidenceSpec, "marked"> => ({
  marked: [{ open: "<context>", close: "</context>", roles }],
});

const cases: readonly (readonly [what: string, spec: Partial<EvidenceSpec>, wanted: readonly string[]])[] = [
  [
    "the usual ones, without the question",
    defaultEvidence,
    [
      "/messages/0/content Answer from <context>the year was 1932</context> alone.",
      "/messages/2/content A tool told this.",
      "/documents/0/text A document.",
    ],
  ],
  ["documents alone", { kinds: ["documents"] }, ["/documents/0/text A document."]],
  ["a path", { paths: [["metadata", "context", "0", "text"]] }, ["/metadata/context/0/text First chunk."]],
  [
    "a path with a step left open",
    { paths: [["metadata", "context", null, "text"]] },
    ["/metadata/context/0/text First chunk.", "/metadata/context/1/text Second chunk."],
  ],
  [
    "all below a path, but no keys",
    { paths: [["metadata", "context"]] },
    ["/metadata/context/0/text First chunk.", "/metadata/context/1/text Second chunk."],
  ],
  ["a name with a slash", { paths: [["metadata", "a/b"]] }, ["/metadata/a~1b Slashed."]],
  ["a path to a message", { paths: [["messages", "2"]] }, ["/messages/2/content A tool told this."]],
  ["a path to nothing", { paths: [["metadata", "context", "0", "text", "more"]] }, []],
  ["marks of the usual roles", marks(...defaultMarkedRoles), ["/messages/0/content the year was 1932"]],
  [
    "marks that users may write",
    marks("system", "user"),
    ["/messages/0/content the year was 1932", "/messages/3/content I am always right"],
  ],
  [
    "a role that counts whole, marks or not",
    { kinds: ["system"], ...marks("system") },
    ["/messages/0/content Answer from <context>the year was 1932</context> alone."],
  ],
];
for (const [what, spec, wanted] of cases) test(`evidence: ${what}`, () => assert.deepEqual(found(spec), wanted));

const between = (text: string, open: string, close: string): readonly string[] =>
  found({ marked: [{ open, close, roles: ["system"] }] }, [said("system", text, "/m")]).map((each) => each.slice(3));

test("marks count in pairs: one that is not closed opens nothing, and the same mark may do for both", () => {
  assert.deepEqual(between("a [one] b [two] c [three", "[", "]"), ["one", "two"]);
  assert.deepEqual(between("] a [one [two] b]", "[", "]"), ["one [two"]);
  assert.deepEqual(between("a ---one--- b ---two", "---", "---"), ["one"]);
  assert.deepEqual(between("[  ][]", "[", "]"), []);
});

test("what a path names counts also where it asks; without other evidence a question is left out all the same", () => {
  const question = said("user", "It was built in 1932. Was it not?", "/messages/0/content");
  assert.deepEqual(found({ kinds: ["user"] }, [question]), ["/messages/0/content It was built in 1932."]);
  assert.deepEqual(found({ kinds: ["user"], paths: [["messages"]] }, [question]), [
    "/messages/0/content It was built in 1932. Was it not?",
  ]);
});

test("many marks are looked through in one pass", () => {
  const text = "[a]".repeat(50_000);
  assert.equal(between(text, "[", "]").length, 50_000);
  assert.deepEqual(between("[".repeat(200_000), "[", "]"), []);
});
