import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Registry } from "prom-client";
import { createMeter } from "./instruments.ts";
import { allOf, Names } from "./labels.ts";

const stages = ["prompt", "reply"] as const;

test("names: known ones, and other for what has not their form or is one too many", () => {
  const names = new Names({ about: "a rule", form: /^[a-z-]{1,8}$/, most: 2 });
  assert.deepEqual(
    ["one", "Some words of a user", "two", "three", "one", ""].map((text) => String(names.of(text))),
    ["one", "other", "two", "other", "one", "other"],
  );
  names.forget("one");
  assert.deepEqual(
    ["three", "one"].map((text) => String(names.of(text))),
    ["three", "other"],
  );
  names.keep(new Set(["three"]));
  assert.equal(String(names.of("one")), "one");
});

test("all that closed lists can say", () => {
  assert.deepEqual(allOf({}), [{}]);
  assert.equal(allOf({ stage: stages, shadow: ["true", "false"] })?.length, 4);
  assert.equal(allOf({ stage: stages, rule: new Names({ about: "", form: /a/, most: 1 }) }), null);
});

describe("what does not compile", () => {
  const meter = createMeter(new Registry());
  const rules = new Names({ about: "a rule", form: /^[a-z]+$/, most: 10 });
  const counter = meter.counter("seen_total", "Seen", { stage: stages, rule: rules });
  const rule = rules.of("one");
  const free: string = "what a client wrote";

  test("a free string, for a closed list and for names", () => {
    // @ts-expect-error a free string is no word of the list
    counter.of({ stage: free, rule });
    // @ts-expect-error nor is another word
    counter.of({ stage: "both", rule });
    // @ts-expect-error a free string has not been through Names
    counter.of({ stage: "prompt", rule: free });
    // @ts-expect-error a label is missing
    counter.of({ stage: "prompt" });
    counter.of({ stage: "prompt", rule }).inc();
  });

  test("a list that the compiler does not know word by word", () => {
    const words: readonly string[] = ["one", "two"];
    const loose = meter.counter("loose_total", "Loose", { word: words });
    // @ts-expect-error its label takes nothing
    loose.of({ word: "one" });
  });

  test("a counter whose name does not say that it is one", () => {
    // @ts-expect-error OpenMetrics wants it
    meter.counter("seen", "Seen", {});
  });
});
