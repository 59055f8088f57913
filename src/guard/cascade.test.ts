/** The order of tiers and of rules changes neither what is written nor what is told. */
import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import fc from "fast-check";
import { createDetector } from "../detectors/index.ts";
import { type Cost, costs, type Detector, type ExchangeDetector, type TextDetector } from "../domain/detector.ts";
import { nothingDeclared } from "../domain/dialect.ts";
import type { Action, DetectSpec } from "../domain/policy.ts";
import { Release } from "../../test/helpers/release.ts";
import { flag, judgeOf, label, planWith, policyOf, ruleOf } from "../../test/helpers/rules.ts";
import { Gaps } from "./gaps.ts";
import { type Asked, isFirst } from "./lane.ts";
import { tierNames } from "./lane-plan.ts";

const place = { call: null, location: { place: "content", role: "assistant", pointer: "" } } as const;
const never = new AbortController().signal;
const memory = { segments: [], left: 0, declared: nothingDeclared };

/** What reads a text, at the cost of a comparison or of a model. */
const dear = (detector: TextDetector, cost: Cost): ExchangeDetector => ({
  kind: "exchange",
  id: detector.id,
  categories: detector.categories,
  cost,
  prompts: true,
  open: () => ({ lane: () => detector }),
});

const keywords = (...list: string[]): DetectSpec => ({
  kind: "keywords",
  list,
  caseSensitive: true,
  wholeWords: false,
});
const specs: readonly DetectSpec[] = [
  keywords("ab", "abab"),
  keywords("bc", "cab"),
  { kind: "pii", kinds: ["email", "phone"], region: "US" },
];
const detectors = specs.map((spec) => createDetector(spec));
const block: Action = { kind: "block", form: "error", status: null, message: null };
const actions: readonly Action[] = [label, { kind: "replace", text: "(gone)" }, flag, block];

type Setting = { readonly spec: number; readonly action: Action; readonly cost: Cost };

async function judged(
  settings: readonly Setting[],
  pieces: readonly string[],
  drive: "at once" | "tier by tier" | "tier after tier",
) {
  const rules = settings.map(({ spec, action }) =>
    ruleOf(`${spec}-${action.kind}`, specs[spec] as DetectSpec, action, { detectKey: `${spec} ${action.kind}` }),
  );
  const made = settings.map(({ spec, cost }): Detector => {
    const detector = detectors[spec] as Detector;
    return detector.kind === "text" && cost !== "scan" ? dear(detector, cost) : detector;
  });
  let next = 0;
  const judge = judgeOf("reply", planWith(policyOf(rules), { create: () => made[next++] as Detector }));
  await judge.remember(never, memory, null);
  const lane = judge.openLane(place);
  const release = new Release();
  const texts = [...pieces, ""].map((added, index) => ({ added, ended: index === pieces.length }));
  const give = async ({ added, ended }: { added: string; ended: boolean }, asked: Asked): Promise<boolean> => {
    if (asked !== "all" && !isFirst(asked) && !lane.waitsFor(asked)) return true;
    const step = await judge.step(never, lane, added, ended, "", asked);
    if (step.kind === "go") release.step(isFirst(asked) ? added : "", step.settled, step.masks);
    return step.kind === "go";
  };
  const rounds = drive === "at once" ? (["all"] as const) : tierNames;
  const turns =
    drive === "tier after tier"
      ? rounds.flatMap((asked) => texts.map((text) => ({ text, asked })))
      : texts.flatMap((text) => rounds.map((asked) => ({ text, asked })));
  for (const { text, asked } of turns) if (!(await give(text, asked))) break;
  const { kind, hits, coverage, unknowns } = judge.verdict("complete");
  const told = hits.map(({ rule, count, categories }) => ({ rule, count, categories }));
  return kind === "block" ? { kind } : { kind, out: release.out, told, unknowns, characters: coverage.characters };
}

const morsels = fc.constantFrom("a", "b", "c", "ab", "cab", " ", "ada@example.org", "(415) 555-2671", "ada@", "\n");
const pieces = fc.array(
  fc.array(morsels, { maxLength: 5 }).map((parts) => parts.join("")),
  { maxLength: 6 },
);
const setting = fc.record({
  spec: fc.nat(specs.length - 1),
  action: fc.constantFrom(...actions),
  cost: fc.constantFrom(...costs),
});
/** One rule of each way to act for each detector, so that none has another's name. */
const settings = fc.uniqueArray(setting, {
  minLength: 1,
  maxLength: 6,
  selector: ({ spec, action }) => `${spec} ${action.kind}`,
});

describe("tiers", () => {
  it("give what judging at once gives, whatever each check costs and however the text came", async () => {
    await fc.assert(
      fc.asyncProperty(settings, pieces, async (list, texts) => {
        const cheap = list.map((each) => ({ ...each, cost: "scan" as const }));
        const plain = await judged(cheap, [texts.join("")], "at once");
        for (const drive of ["at once", "tier by tier", "tier after tier"] as const)
          assert.deepEqual(await judged(list, texts, drive), plain, drive);
      }),
      { numRuns: 400 },
    );
  });

  it("do not depend on the order of the rules, but for two that write over the very same text", async () => {
    // One rule a detector, and no two detectors that find the same spans.
    const apart = fc.uniqueArray(setting, { minLength: 2, maxLength: 3, selector: ({ spec }) => spec });
    await fc.assert(
      fc.asyncProperty(apart, pieces, async (list, texts) => {
        const byRule = (told: readonly { rule: string }[] = []) => told.toSorted((a, b) => (a.rule < b.rule ? -1 : 1));
        const one = await judged(list, texts, "tier by tier");
        const other = await judged(list.toReversed(), texts, "tier by tier");
        assert.deepEqual({ ...other, told: byRule(other.told) }, { ...one, told: byRule(one.told) });
      }),
      { numRuns: 400 },
    );
  });
});

test("of a text what is missed counts once, whoever misses it and in whatever order", () => {
  const span = fc.tuple(fc.nat(200), fc.nat(30)).map(([start, length]) => ({ start, end: start + length }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 30 }), (spans) => {
      const gaps = new Gaps();
      const missed = new Set<number>();
      let counted = 0;
      for (const { start, end } of spans) {
        counted += gaps.add(start, end);
        for (let at = start; at < end; at += 1) missed.add(at);
        assert.equal(counted, missed.size);
      }
    }),
  );
});

test("of very many parts that are missed none counts twice", () => {
  const gaps = new Gaps();
  let counted = 0;
  for (let at = 0; at < 1000; at += 2) counted += gaps.add(at, at + 1);
  assert.equal(counted, 500);
  assert.ok(gaps.add(0, 1000) <= 500);
});
