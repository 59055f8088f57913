/** A prompt may have as many lanes as values: what they wait with is shared, and what is a lane's own is made when it is asked. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDetector } from "../detectors/index.ts";
import type { Cost, LanePlace, TextDetector } from "../domain/detector.ts";
import { nothingDeclared } from "../domain/dialect.ts";
import { score } from "../domain/score.ts";
import type { Place } from "../domain/segment.ts";
import { judgeOf, label, planWith, policyOf, ruleOf, someFacts } from "../../test/helpers/rules.ts";
import { LanePlans, type OpenedCheck } from "./lane-plans.ts";
import { noBreakGlass } from "../domain/break-glass.ts";

const never = new AbortController().signal;
const memory = { segments: [], left: 0, declared: nothingDeclared };
const at = (pointer: string, place: Place = "content"): LanePlace => ({
  call: null,
  location: { place, role: "user", pointer },
});
const word = { kind: "keywords", list: ["acme"], caseSensitive: false, wholeWords: true } as const;
const rule = ruleOf("own", word, label);
const plan = planWith(policyOf([rule]));
const base = (place: LanePlace) =>
  plan.scoped(someFacts, { nowS: 0, out: noBreakGlass }).stages.prompt.lane(place.location);

/** Finds its lane's pointer, and nothing in a tool's result. `made`: the pointers of the lanes that were asked for. */
function ownLanes(cost: Cost) {
  const made: string[] = [];
  const detectorAt = (pointer: string): TextDetector => ({
    ...(createDetector(word) as TextDetector),
    settled: (_text, from) => from,
    detect: (_signal, { text }) => {
      const start = text.indexOf(pointer);
      const span = { start, end: start + pointer.length };
      return { kind: "scored", findings: start < 0 ? [] : [{ category: "keywords/match", score: score(1), span }] };
    },
  });
  const lanes = {
    lane({ location: { place, pointer } }: LanePlace): TextDetector | null {
      made.push(pointer);
      return place === "tool-result" ? null : detectorAt(pointer);
    },
  };
  return { made, lanes, detector: { kind: "exchange", id: "own", categories: [], cost, open: () => lanes } as const };
}

function plansOf(cost: Cost) {
  const { lanes, detector, made } = ownLanes(cost);
  const plans = new LanePlans(plan.views);
  const check: OpenedCheck = { detector, lanes, rules: [rule], order: 1 };
  plans.add(check);
  return { made, of: (place: LanePlace) => plans.of(base(place), place, []) };
}

test("lanes of one place share a plan; a lane without anything to judge has another", () => {
  const { of } = plansOf("model");
  assert.equal(of(at("/a")), of(at("/b")));
  assert.deepEqual(
    of(at("/a")).tiers.map(({ name }) => name),
    ["scan", "model"],
  );
  assert.equal(of(at("/c", "tool-result")), of(at("/d", "tool-result")));
  assert.deepEqual(
    of(at("/c", "tool-result")).tiers.map(({ name }) => name),
    ["scan"],
  );
});

test("what reads a text first is made with the lane, and its plan is its own", () => {
  const { of } = plansOf("scan");
  assert.notEqual(of(at("/a")), of(at("/b")));
});

test("each of many lanes that wait is judged by its own detector, made when it is asked", async () => {
  const { made, detector } = ownLanes("model");
  const own = { ...detector, prompts: true } as const;
  const judge = judgeOf("prompt", planWith(policyOf([rule]), { create: () => own }));
  await judge.remember(never, memory, null);
  const pointers = Array.from({ length: 50 }, (_, index) => `/${index};`);
  const lanes = pointers.map((pointer) => judge.openLane(at(pointer)));
  const text = pointers.join(" ");
  for (const lane of lanes) await judge.step(never, lane, text, true, "", "scan");
  made.length = 0;
  for (const [index, lane] of lanes.entries()) {
    const step = await judge.step(never, lane, text, true, "", "model");
    assert.deepEqual(made.splice(0), [pointers[index]]);
    const spans = step.kind === "go" ? step.masks.map(({ span }) => text.slice(span.start, span.end)) : [];
    assert.deepEqual(spans, [pointers[index]]);
  }
});
