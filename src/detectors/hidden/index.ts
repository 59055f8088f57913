/** The hidden-text detector: one finder a kind, put together. */
import type { Category, Detection, Finding, TextDetector, Window } from "../../domain/detector.ts";
import type { DetectSpec, HiddenKind } from "../../domain/policy.ts";
import { certain, type Score, score } from "../../domain/score.ts";
import type { Steps } from "../../stdx/paced.ts";
import { inSteps } from "../in-steps.ts";
import { createCharacterFinder } from "./finders/characters.ts";
import type { Finder } from "./finders/finder.ts";
import { lookAlikeFinder } from "./finders/look-alike.ts";
import { oddSpaceFinder } from "./finders/odd-space.ts";
import { payloadFinder } from "./finders/payload.ts";
import { surveyOf } from "./finders/survey.ts";

const finders: Readonly<Record<HiddenKind, () => Finder>> = {
  "zero-width": () => createCharacterFinder("zero-width"),
  bidi: () => createCharacterFinder("bidi"),
  tags: () => createCharacterFinder("tags"),
  "look-alike": () => lookAlikeFinder,
  "odd-space": () => oddSpaceFinder,
  control: () => createCharacterFinder("control"),
  payload: () => payloadFinder,
};

/** A character is there or not; that a word or a run is not what it seems is judged by its form. */
const likely = score(0.9);
const scores: Readonly<Record<HiddenKind, Score>> = {
  "zero-width": certain,
  bidi: certain,
  tags: certain,
  "look-alike": likely,
  "odd-space": likely,
  control: certain,
  payload: likely,
};

/** So much is looked at between two breaths, in UTF-16 code units. */
const blockUnits = 1_024;

/** Finds text that a reader does not see as a model reads it. `kinds` is not empty. */
export function createHiddenDetector(id: string, { kinds }: Extract<DetectSpec, { kind: "hidden" }>): TextDetector {
  const parts = [...new Set(kinds)].map((kind) => finders[kind]());
  const most = (pick: (finder: Finder) => number): number => Math.max(...parts.map(pick));
  const reach = {
    leftContext: most((it) => it.leftContext),
    longestSpan: most((it) => it.longestSpan),
    rightContext: most((it) => it.rightContext),
  };
  const settled = (text: string, from: number): number =>
    parts.reduce((least, finder) => Math.min(least, finder.settled(text, from)), text.length);

  /** Those that start in [from, to), in order. */
  const findingsIn = (window: Window): readonly Finding[] => {
    // What lies beyond the reach on both sides would only be searched through.
    const base = Math.max(0, window.from - reach.leftContext);
    const last = Math.min(window.text.length, window.to + reach.longestSpan + reach.rightContext);
    const text = window.text.slice(base, last);
    const ended = window.ended && last === window.text.length;
    const survey = surveyOf(text);
    const findings: Finding[] = [];
    for (const finder of parts) {
      if (!finder.mayFind(survey)) continue;
      const category: Category = `hidden/${finder.kind}`;
      const found = scores[finder.kind];
      finder.find(text, window.from - base, window.to - base, ended, (start, end) => {
        findings.push({ category, score: found, span: { start: start + base, end: end + base } });
      });
    }
    return parts.length > 1 ? findings.sort(byStart) : findings;
  };

  /** A window may begin only where one could in a stream. */
  const blockEnd = (text: string, from: number, to: number): number => {
    for (let units = blockUnits; from + units < to; units *= 2) {
      const end = settled(text.slice(0, from + units), from);
      if (end > from) return end;
    }
    return to;
  };

  return {
    kind: "text",
    id,
    categories: parts.map(({ kind }): Category => `hidden/${kind}`),
    reach,
    settled,
    detect: inSteps(function* ({ text, from, to, ended }): Steps<Detection> {
      const findings: Finding[] = [];
      for (let begin = from; begin < to; ) {
        if (begin > from) yield;
        const end = blockEnd(text, begin, to);
        for (const finding of findingsIn({ text, from: begin, to: end, ended })) findings.push(finding);
        begin = end;
      }
      return { kind: "scored", findings };
    }),
  };
}

function byStart(a: Finding, b: Finding): number {
  const [one, other] = [a.span ?? nowhere, b.span ?? nowhere];
  return one.start - other.start || other.end - one.end;
}

const nowhere = { start: 0, end: 0 };
