import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import * as z from "zod";
import { unknownCauses } from "../domain/detector.ts";
import { actions } from "../domain/policy.ts";
import { score } from "../domain/score.ts";
import { unjudgedKinds } from "../domain/segment.ts";
import { type BlockCause, type StageVerdict, unreadables, verdictKinds } from "../domain/verdict.ts";
import { toldPointer } from "../domain/segment.ts";
import { exchangeReport, stageVerdict } from "../../test/helpers/report.ts";
import { listedIdsMax, verdictFields, verdictJsonSchema } from "./verdict-fields.ts";
import { verdictRecord } from "./verdict-record.ts";

const refusal = { kind: "block", form: "refusal", status: null, message: null } as const;

const stage = stageVerdict;

/** As the place of these steps is told. */
const pointerTo = (steps: readonly string[]): string =>
  toldPointer({
    place: "other",
    role: "none",
    pointer: steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
  });

const report = exchangeReport;

const hit = (rule: string, action: (typeof actions)[number], shadow = false): StageVerdict["hits"][number] => ({
  rule,
  action,
  shadow,
  categories: ["pii/email"],
  scores: [score(0.75)],
  count: 1,
  topScore: score(0.75),
});

const schema = z.fromJSONSchema(verdictJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);

test("claims are told by what became of them, and evidence by its place, without a client's names", () => {
  const counts = { supported: 5, unsupported: 1, "not-checkable": 2 };
  const evidence = [["messages", "2", "content"], ["metadata", "ada@example.org", "0"], Array<string>(20).fill("text")];
  const reply = stage("reply", { claims: { counts, evidence: evidence.map(pointerTo) } });
  const record = verdictRecord(report({ reply }));
  assert.deepEqual(
    [record.claims_supported, record.claims_unsupported, record.claims_not_checkable, record.evidence],
    [5, 1, 2, `/messages/2/content,/metadata/*/0${",".concat("/text".repeat(8))}`],
  );
});

test("a rule of both stages is told once, with all that it found", () => {
  const prompt = stage("prompt", { kind: "redact", hits: [hit("masked", "redact"), hit("seen", "flag")] });
  const reply = stage("reply", { kind: "redact", hits: [hit("masked", "redact")] });
  assert.equal(verdictRecord(report({ prompt, reply })).actions, "masked:redact:2,seen:flag:1");
});

test("a plain allow", () => {
  assert.deepEqual(verdictRecord(report()), {
    schema: 1,
    verdict: "allow",
    stage: "reply",
    prompt_verdict: "allow",
    reply_verdict: "allow",
    rule: "",
    action: "",
    cause: "",
    categories: "",
    score: 0,
    scores: "",
    actions: "",
    shadow: "",
    unknown: "",
    degraded: false,
    degraded_why: "",
    excepted: "",
    coverage: 1,
    coverage_segments: 2,
    coverage_characters: 20,
    unjudged: "",
    coverage_unjudged: 0,
    claims_supported: 0,
    claims_unsupported: 0,
    claims_not_checkable: 0,
    evidence: "",
    policy: "house@0123456789ab",
    exchange: "0123456789abcdef01234567",
    dialect: "openai",
    operation: "openai/chat-completions",
    stream: true,
    local: false,
    route: "",
    model: "",
    tools: "",
    path: "",
    tenant: "",
    user: "",
    models: "",
    placeholders: 0,
    restored: 0,
    prompt_ms: 1.235,
    reply_ms: 2,
    window_ms: 0.5,
    read_ms: 0.5,
    queue_ms: 0,
    tokenise_ms: 0,
    infer_ms: 0,
    decide_ms: 0.25,
    hold_ms: 0.5,
    added_ms: 1.5,
  });
});

test("the graver stage names verdict, rule and cause; findings of both are told", () => {
  const prompt = stage("prompt", { kind: "redact", hits: [hit("mask", "redact"), hit("try-out", "block", true)] });
  const masked = verdictRecord(report({ prompt }));
  assert.deepEqual(
    [masked.verdict, masked.stage, masked.rule, masked.action, masked.shadow],
    ["redact", "prompt", "mask", "redact", "try-out"],
  );
  assert.deepEqual([masked.categories, masked.score], ["pii/email", 0.75]);

  const cause: BlockCause = { kind: "rule", rule: "no-cards", block: refusal };
  const blocked = verdictRecord(
    report({ prompt, reply: stage("reply", { kind: "block", cause, hits: [hit("no-cards", "block")] }) }),
  );
  assert.deepEqual(
    [blocked.verdict, blocked.stage, blocked.rule, blocked.action, blocked.cause],
    ["block", "reply", "no-cards", "block", "rule"],
  );
  assert.equal(blocked.prompt_verdict, "redact");
});

test("rules that could not answer are told with the cause", () => {
  const unknowns = [
    { rule: "slow", cause: "deadline" },
    { rule: "deep", cause: "too-long" },
  ] as const;
  const told = verdictRecord(report({ prompt: stage("prompt", { unknowns }), reply: null }));
  assert.equal(told.unknown, "deep:too-long,slow:deadline");
});

test("a block that is no rule's word on content names no action", () => {
  const cases: readonly (readonly [BlockCause, string, string])[] = [
    [{ kind: "unknown", rule: "slow", cause: "deadline" }, "slow", "unknown:deadline"],
    [{ kind: "unreadable", why: "not-json" }, "", "unreadable:not-json"],
    [{ kind: "too-large", limitBytes: 1 }, "", "too-large"],
    [{ kind: "overloaded" }, "", "overloaded"],
  ];
  for (const [cause, rule, told] of cases) {
    const record = verdictRecord(
      report({ prompt: stage("prompt", { kind: "block", cause, hits: [hit("seen", "flag")] }), reply: null }),
    );
    assert.deepEqual([record.rule, record.action, record.cause, record.reply_verdict], [rule, "", told, "none"]);
  }
});

test("coverage never rounds up to whole, and a body that was not read covers nothing", () => {
  const part = stage("prompt", {
    coverage: { segments: 1, characters: 99_999, present: 100_000, windows: 1, unjudged: { image: 2, audio: 1 } },
  });
  const record = verdictRecord(report({ prompt: part, reply: null }));
  assert.deepEqual([record.coverage, record.coverage_unjudged], [0.9999, 3]);
  assert.equal(
    verdictRecord(report({ reply: stage("reply", { kind: "not-inspected", unread: "encoding" }) })).coverage,
    0,
  );
});

test("lists of ids are cut", () => {
  const hits = (count: number) =>
    Array.from({ length: count }, (_, index) => hit(`s${String(index).padStart(2, "0")}`, "flag", true));
  const shadowOf = (count: number) =>
    String(verdictRecord(report({ prompt: stage("prompt", { hits: hits(count) }) })).shadow).split(",");
  assert.equal(shadowOf(listedIdsMax - 1).length, listedIdsMax - 1);
  assert.equal(shadowOf(listedIdsMax).at(-1), "s15");
  assert.deepEqual(shadowOf(listedIdsMax + 1).slice(-2), ["s15", "..."]);
});

test("every report gives a record that the published schema takes, with all fields", () => {
  const id = fc.stringMatching(/^[a-z0-9-]{1,64}$/);
  const cause = fc.oneof(
    fc.constant(null),
    fc.record({ kind: fc.constant("rule" as const), rule: id, block: fc.constant(refusal) }),
    fc.record({ kind: fc.constant("unknown" as const), rule: id, cause: fc.constantFrom(...unknownCauses) }),
    fc.record({ kind: fc.constant("unreadable" as const), why: fc.constantFrom(...unreadables) }),
    fc.record({ kind: fc.constant("too-large" as const), limitBytes: fc.nat() }),
    fc.constant({ kind: "overloaded" as const }),
    fc.constant({ kind: "route-too-late" as const }),
  );
  const anyHit = fc.record({
    rule: id,
    action: fc.constantFrom(...actions),
    shadow: fc.boolean(),
    categories: fc.array(fc.constantFrom("pii/email" as const, "secrets/jwt" as const)),
    scores: fc.array(fc.double({ min: 0, max: 1, noNaN: true }).map(score)),
    count: fc.nat(),
    topScore: fc.double({ min: 0, max: 1, noNaN: true }).map(score),
  });
  const anyStage = (of: StageVerdict["stage"]) =>
    fc.option(
      fc.record({
        stage: fc.constant(of),
        kind: fc.constantFrom(...verdictKinds.filter((kind) => kind !== "pending")),
        cause,
        hits: fc.array(anyHit, { maxLength: 20 }),
        coverage: fc.record({
          segments: fc.nat(),
          characters: fc.nat(),
          present: fc.nat(),
          windows: fc.nat(),
          unjudged: fc.dictionary(fc.constantFrom(...unjudgedKinds), fc.nat()),
        }),
        unread: fc.option(fc.constantFrom(...unreadables)),
        excepted: fc.array(fc.record({ exception: id, count: fc.nat() }), { maxLength: 20 }),
        unknowns: fc.array(fc.record({ rule: id, cause: fc.constantFrom(...unknownCauses) }), { maxLength: 20 }),
        degraded: fc.boolean(),
        shortages: fc.uniqueArray(fc.constantFrom(...unknownCauses)),
        claims: fc.option(
          fc.record({
            counts: fc.record({ supported: fc.nat(), unsupported: fc.nat(), "not-checkable": fc.nat() }),
            evidence: fc.array(fc.array(fc.string()).map(pointerTo), { maxLength: 20 }),
          }),
        ),
      }),
    );
  fc.assert(
    fc.property(
      anyStage("prompt"),
      anyStage("reply"),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      (prompt, reply, ms) => {
        const record = verdictRecord(report({ prompt, reply, promptMs: ms, replyMs: ms, windowMaxMs: ms }));
        const checked = schema.safeParse(record);
        assert.ok(checked.success, JSON.stringify([record, checked.error?.issues]));
        assert.deepEqual(Object.keys(record).sort(), Object.keys(verdictFields).sort());
      },
    ),
  );
});

test("the schema refuses text that no list holds, and takes what Envoy writes ahead", () => {
  assert.ok(schema.safeParse({ verdict: "pending", stage: "none" }).success);
  const record = verdictRecord(report());
  const bad: readonly object[] = [
    { ...record, verdict: "maybe" },
    { ...record, rule: "some words of a prompt" },
    { ...record, categories: "words" },
    { ...record, extra: "x" },
    { ...record, coverage: 1.5 },
  ];
  for (const each of bad) assert.ok(!schema.safeParse(each).success, JSON.stringify(each));
});

test("the guide tells every field, and its example is a record", async () => {
  const guide = await readFile(new URL("../../docs/verdict-schema.md", import.meta.url), "utf8");
  for (const name of Object.keys(verdictFields)) assert.match(guide, new RegExp(`^\\| \`${name}\` \\|`, "m"), name);
  const [, example = ""] = /```json\n(.*?)```/s.exec(guide) ?? [];
  const parsed: unknown = JSON.parse(example);
  assert.deepEqual(schema.safeParse(parsed).error?.issues, undefined);
  assert.deepEqual(Object.keys(parsed as object).sort(), Object.keys(verdictFields).sort());
});
