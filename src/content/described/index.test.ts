import assert from "node:assert/strict";
import { test } from "node:test";
import type { DescribedOperation } from "../../domain/described.ts";
import type { Extraction } from "../../domain/dialect.ts";
import { runAtOnce } from "../../stdx/paced.ts";
import { createDescribed } from "./index.ts";

const content = { place: "content", role: "assistant" } as const;
const head = { method: "POST", path: "/run", query: "", contentType: "application/json", contentEncoding: null };

/** What each event tells, as `place text lane`. */
function streamed(places: NonNullable<DescribedOperation["events"]>["places"], ...events: readonly string[]): string[] {
  const operation = createDescribed({
    id: "mine",
    operations: [
      {
        id: "mine/run",
        path: ["run"],
        stream: true,
        prompt: [],
        reply: [],
        events: { form: "sse", end: null, places },
        answers: { error: null, refusal: null, events: null },
      },
    ],
  }).match(head);
  assert.ok(operation !== null);
  const reader = operation.openStream();
  const told = (data: string): Extraction => {
    const read = runAtOnce(reader.read("", data));
    assert.ok(read.ok);
    return read.value;
  };
  return events.flatMap((data) =>
    told(data).pieces.map(({ location: { place }, text, lane }) => `${place} ${text} ${lane ?? "-"}`),
  );
}

test("what no pointer of a stream names goes on from event to event", () => {
  assert.deepEqual(streamed([], '{"a":"x"}', '"y"', '"z"'), [
    ...["other a -", "other x other/a"],
    ...["other y other", "other z other"],
  ]);
  const named = [{ at: ["text"], as: content, json: false, continues: true }];
  assert.deepEqual(streamed(named, '{"text":"x","more":["y"]}', '{"text":{"a":"x"}}', '["z"]'), [
    ...["content x place-0", "other more -", "other y other/more/0"],
    'content {"a":"x"} -',
    "other z other/0",
  ]);
});
