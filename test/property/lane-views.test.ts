/**
 * The guarantee for streams holds for texts with views too: what hides from the text itself is masked where it stands,
 * the same however the text was cut. The views here are small ones of the test's own, so that all ways to cut are tried.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Rule } from "../../src/domain/policy.ts";
import type { TextView, ViewSource } from "../../src/domain/view.ts";
import { judgeOf, label, planWith, policyOf, ruleOf } from "../helpers/rules.ts";
import { Release } from "../helpers/release.ts";

const place = { call: null, location: { place: "content", role: "assistant", pointer: "" } } as const;
const never = new AbortController().signal;

/** Leaves "~" out. */
function withoutTildes(base: number): TextView {
  let rawEnd = base;
  let viewEnd = base;
  /** Raw offset of each character of the view, from `base` on. */
  const offsets: number[] = [];
  return {
    append(added) {
      let out = "";
      for (const unit of added) {
        if (unit !== "~") {
          offsets.push(rawEnd);
          out += unit;
          viewEnd += 1;
        }
        rawEnd += 1;
      }
      return out;
    },
    end: () => "",
    rawSpan: ({ start, end }) => ({
      start: offsets[start - base] as number,
      end: (offsets[end - 1 - base] as number) + 1,
    }),
    rawSettled: (offset) => (offset >= viewEnd ? rawEnd : (offsets[offset - base] as number)),
    forget: () => undefined,
    takeUnknown: () => null,
  };
}

/** Shows only what stands in braces, backwards, each behind a NUL. */
function braces(): TextView {
  let raw = "";
  let view = "";
  let read = 0;
  const spans: { raw: { start: number; end: number }; view: { start: number; end: number } }[] = [];
  const open = (): number => {
    const at = raw.indexOf("{", read);
    return at === -1 ? raw.length : at;
  };
  return {
    append(added) {
      raw += added;
      const before = view.length;
      for (let from = open(); from < raw.length; from = open()) {
        const end = raw.indexOf("}", from);
        if (end === -1) break;
        const shown = `\u0000${[...raw.slice(from + 1, end)].toReversed().join("")}`;
        spans.push({
          raw: { start: from, end: end + 1 },
          view: { start: view.length, end: view.length + shown.length },
        });
        view += shown;
        read = end + 1;
      }
      return view.slice(before);
    },
    end: () => "",
    rawSpan(span) {
      const touched = spans.filter((it) => it.view.start < span.end && it.view.end > span.start);
      return { start: touched[0]?.raw.start ?? 0, end: touched.at(-1)?.raw.end ?? 0 };
    },
    rawSettled(offset) {
      const next = spans.find((it) => it.view.end > offset);
      return next === undefined ? open() : next.raw.start;
    },
    forget: () => undefined,
    takeUnknown: () => null,
  };
}

const sources: Readonly<Record<"clear" | "payloads" | "rot13", ViewSource>> = {
  clear: {
    kind: "clear",
    firstChange: (text, from) => text.indexOf("~", Math.max(0, from)),
    open: withoutTildes,
  },
  payloads: { kind: "payloads", firstChange: null, open: braces },
  rot13: { kind: "rot13", firstChange: null, open: braces },
};

const words = (list: readonly string[], action: Rule["action"], views: Rule["views"]): Rule =>
  ruleOf(list.join("-"), { kind: "keywords", list, caseSensitive: false, wholeWords: false }, action, { views });

const policy = policyOf([
  words(["secret", "cab"], label, ["clear", "payloads"]),
  words(["ecre"], { kind: "redact", style: { kind: "remove" } }, []),
  words(["bad"], { kind: "redact", style: { kind: "mask", keepLast: 1 } }, ["clear"]),
]);
const plan = planWith(policy, { views: sources });

async function run(pieces: readonly string[], onStep: (out: string) => void = () => undefined): Promise<string> {
  const judge = judgeOf("reply", plan);
  const lane = judge.openLane(place);
  const release = new Release();
  for (const [index, piece] of [...pieces, ""].entries()) {
    const step = await judge.step(never, lane, piece, index === pieces.length);
    assert.equal(step.kind, "go");
    if (step.kind === "go") release.step(piece, step.settled, step.masks);
    onStep(release.out);
  }
  return release.out;
}

const cutAt = (text: string, cuts: readonly number[]): string[] => {
  const at = [...new Set([0, ...cuts, text.length])].filter((cut) => cut <= text.length).sort((a, b) => a - b);
  return at.slice(1).map((end, index) => text.slice(at[index], end));
};

describe("views of a lane", () => {
  const rows: readonly (readonly [text: string, out: string])[] = [
    ["a s~e~c~r~e~t b", "a [KEYWORD] b"],
    ["a secret b~", "a [KEYWORD] b~"],
    ["x {terces} y", "x [KEYWORD] y"],
    ["x {no} y", "x {no} y"],
    ["b~~ad", "****d"],
    ["secre~t s~ecret", "[KEYWORD] [KEYWORD]"],
    ["{bac", "{bac"],
    ["~", "~"],
  ];
  for (const [text, out] of rows) {
    it(`${text} becomes ${out}, however it is cut`, async () => {
      assert.equal(await run([text]), out);
      assert.equal(await run([...text]), out);
      for (let at = 0; at <= text.length; at += 1) assert.equal(await run(cutAt(text, [at])), out, `cut at ${at}`);
    });
  }

  it("masks the same in pieces as in one, and lets out only the beginning of that", async () => {
    const text = fc
      .array(
        fc.constantFrom("secret", "s", "e", "cret", "~", "{", "}", "terces", "bad", "ab", "c", " ", "b~ad", "bac"),
        {
          maxLength: 14,
        },
      )
      .map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(60), { maxLength: 8 }), async (whole, cuts) => {
        const masked = await run([whole]);
        const out = await run(cutAt(whole, cuts), (released) => assert.ok(masked.startsWith(released)));
        assert.equal(out, masked);
        assert.doesNotMatch(masked.replaceAll("~", ""), /secret|bad(?!\w)/);
      }),
      { numRuns: 3000 },
    );
  });

  it("counts what the text and a view both show once", async () => {
    const judge = judgeOf("reply", plan);
    await judge.step(never, judge.openLane(place), "secret ~ s~ecret", true);
    const hit = judge.verdict("complete").hits.find(({ rule }) => rule === "secret-cab");
    assert.equal(hit?.count, 2);
  });
});
