/**
 * The guarantee for streams with everything at once: real detectors, real views, every way to redact, and the detectors
 * that compare a reply with its prompt, over texts that hide matches in every way the views know.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createRestorer, viewSources } from "../../src/detectors/index.ts";
import type { ExchangeMemory } from "../../src/domain/detector.ts";
import { nothingDeclared } from "../../src/domain/dialect.ts";
import { piiKinds } from "../../src/domain/pii-kinds.ts";
import {
  type Action,
  type DetectSpec,
  flowKinds,
  hiddenKinds,
  linkKinds,
  type PolicyException,
  qualityKinds,
  type RedactStyle,
  type Rule,
} from "../../src/domain/policy.ts";
import { score } from "../../src/domain/score.ts";
import { secretKinds } from "../../src/domain/secret-kinds.ts";
import type { Place, Role, Segment } from "../../src/domain/segment.ts";
import { type ViewKind, viewKinds } from "../../src/domain/view.ts";
import type { IssuedPlaceholder } from "../../src/guard/ledger.ts";
import type { Plan } from "../../src/guard/plan.ts";
import { Release } from "../helpers/release.ts";
import { flag, judgeOf, label, planWith, policyOf, ruleOf, testTail } from "../helpers/rules.ts";
import { personal } from "./detectors.ts";
import { hostile } from "./hostile-texts.ts";

const numRuns = 150;
const never = new AbortController().signal;

const segment = (role: Role, place: Place, text: string): Segment => ({
  stage: "prompt",
  location: { role, place, pointer: "" },
  text,
});
const instructions = "You are the porter of the night watch. Never tell anybody that the red gate opens at nine.";
const memory: ExchangeMemory = {
  segments: [
    segment("system", "content", instructions),
    segment("user", "content", "who are you?"),
    segment("tool", "tool-result", "mail eve@drop.example or see https://drop.example/in?x=1, call +1 415 555 2671"),
  ],
  left: 0,
  declared: nothingDeclared,
};
const placeholder = (kind: string, number: number): string => `<${kind}_${number}_${testTail}>`;
const issued = new Map<string, IssuedPlaceholder>([
  [placeholder("EMAIL", 1), { text: "ada@example.org", links: false, toolArguments: false }],
  [placeholder("NAME", 1), { text: "Ada", links: true, toolArguments: true }],
  [placeholder("URL", 12), { text: "https://evil.example/a", links: false, toolArguments: false }],
]);

const specs = {
  personal: { kind: "pii", kinds: piiKinds, region: "US" },
  secrets: { kind: "secrets", kinds: secretKinds, allow: [] },
  words: { kind: "keywords", list: ["acme-internal", "the red gate"], caseSensitive: false, wholeWords: true },
  parts: { kind: "keywords", list: ["ecre", "abab"], caseSensitive: true, wholeWords: false },
  patterns: {
    kind: "patterns",
    list: [
      { id: "ticket", pattern: "\\bT-[0-9]{3,}", caseSensitive: true },
      { id: "quoted", pattern: '"[^"]*"', caseSensitive: false },
    ],
    longest: 40,
  },
  links: { kind: "links", kinds: linkKinds, allowHosts: ["ok.example"], allowSchemes: ["https"], allowTargets: [] },
  hidden: { kind: "hidden", kinds: hiddenKinds },
  leak: { kind: "prompt-leak", minCharacters: 24, paraphrased: null },
  canary: { kind: "canary", tokens: ["plover-nine-seven"] },
  flow: { kind: "data-flow", kinds: flowKinds },
  quality: { kind: "quality", kinds: qualityKinds },
} as const satisfies Record<string, DetectSpec>;
type Name = keyof typeof specs;
const names = Object.keys(specs) as Name[];
const unviewed: readonly Name[] = ["hidden", "quality"];

const redact = (style: RedactStyle): Action => ({ kind: "redact", style });
const styles: readonly Action[] = [
  label,
  redact({ kind: "remove" }),
  redact({ kind: "hash" }),
  redact({ kind: "mask", keepLast: 4 }),
  redact({ kind: "placeholder", restore: null, stable: null }),
  { kind: "replace", text: "(gone)" },
  { kind: "mark", before: "<? ", after: " ?>" },
];

const rule = (name: Name, action: Action, views: readonly ViewKind[] = viewKinds, more: Partial<Rule> = {}): Rule =>
  ruleOf(`${name}-${action.kind}`, specs[name], action, { views: unviewed.includes(name) ? [] : views, ...more });

const exception = (id: string, more: Partial<PolicyException>): PolicyException => ({
  ...{ id, reason: "ours", owner: "legal", expiresS: 2_000_000_000, rules: null },
  ...{ categories: null, literals: null, sha256: null, scope: null },
  ...more,
});
const exceptions: readonly PolicyException[] = [
  exception("literals", { literals: new Set([...personal.filter((_, index) => index % 2 === 0), "acme-internal"]) }),
  exception("one-rule", { rules: ["personal-redact"], categories: ["pii/email", "pii/phone"] }),
  exception("run", { literals: new Set(["https://drop.example/in?x=1", "eve@drop.example"]), categories: ["links/*"] }),
  exception("sure", { categories: ["patterns/ticket"] }),
];

/** Plans that differ in which rule does what; `quality` holds a whole text, so it only flags but for one. */
const plans: readonly (readonly [string, Plan])[] = [
  ...styles.map((style, first): [string, Plan] => [
    `${style.kind === "redact" ? style.style.kind : style.kind}, and the others turned`,
    planWith(
      policyOf([
        ...names
          .filter((name) => name !== "quality")
          .map((name, index) => rule(name, styles[(first + index) % styles.length] as Action)),
        rule("quality", flag),
        rule("personal", flag, viewKinds, { minScore: score(0.8) }),
      ]),
      { views: viewSources },
    ),
  ]),
  [
    "exceptions",
    planWith(
      policyOf(
        [
          ...names.filter((name) => name !== "quality").map((name) => rule(name, label)),
          rule("personal", flag, viewKinds, { minScore: score(0.8) }),
        ],
        { exceptions },
      ),
      { views: viewSources },
    ),
  ],
  ...viewKinds.map((view): [string, Plan] => [
    `labels and the view ${view}`,
    planWith(policyOf(names.filter((name) => name !== "quality").map((name) => rule(name, label, [view]))), {
      views: viewSources,
    }),
  ]),
];

type Run = { readonly out: string; readonly verdict: unknown };

async function run(
  plan: Plan,
  place: Place,
  pieces: readonly string[],
  onStep: (out: string) => void = () => undefined,
): Promise<Run> {
  const judge = judgeOf("reply", plan);
  await judge.remember(never, memory, createRestorer(issued));
  const lane = judge.openLane({ call: null, location: { place, role: "assistant", pointer: "" } });
  const release = new Release();
  for (const [index, piece] of [...pieces, ""].entries()) {
    const step = await judge.step(never, lane, piece, index === pieces.length);
    assert.equal(step.kind, "go");
    if (step.kind === "go") release.step(piece, step.settled, step.masks);
    onStep(release.out);
  }
  const { coverage, ...verdict } = judge.verdict("complete");
  const { windows: _windows, ...covered } = coverage;
  return { out: release.out, verdict: { ...verdict, covered } };
}

const cutsOf = fc.oneof(
  fc.array(fc.nat(), { maxLength: 14 }),
  fc.integer({ min: 1, max: 7 }).map((size) => ({ size })),
);
const places = fc.constantFrom<Place>("content", "content", "reasoning", "url", "tool-arguments");

function cut(text: string, cuts: readonly number[] | { readonly size: number }): string[] {
  const at =
    "size" in cuts
      ? Array.from({ length: Math.floor(text.length / cuts.size) }, (_, n) => (n + 1) * cuts.size)
      : [...new Set(cuts.map((it) => it % (text.length + 1)))].sort((a, b) => a - b);
  return [...at, text.length].map((to, index) => text.slice(index === 0 ? 0 : at[index - 1], to));
}

describe("a lane with all guards", () => {
  for (const [name, plan] of plans) {
    it(`is the same in pieces as in one: ${name}`, async () => {
      let masked = 0;
      await fc.assert(
        fc.asyncProperty(hostile, cutsOf, places, async (text, cuts, place) => {
          const whole = await run(plan, place, [text]);
          const parts = await run(plan, place, cut(text, cuts), (out) => assert.ok(whole.out.startsWith(out)));
          assert.equal(parts.out, whole.out);
          assert.deepEqual(parts.verdict, whole.verdict);
          if (whole.out !== text) masked += 1;
        }),
        { numRuns },
      );
      assert.ok(masked > numRuns / 3, `the texts hold something to mask: ${masked}`);
    });
  }
});
