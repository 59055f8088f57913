/**
 * Finds text in a language that is not allowed, unit by unit: about a paragraph, or a few sentences of one.
 *
 * Undecided is no finding: short text, code, numbers, mixed text, and close relatives that cannot be told apart.
 * Does not see languages written in another one's letters, and knows no words of its own: eld does.
 */
import type { Category, Detection, Finding, TextDetector, Window } from "../../domain/detector.ts";
import { score, type Score } from "../../domain/score.ts";
import { scriptOf } from "./scripts.ts";
import { totalWeight, unitEnd, unitLongest, weightLeast, wordsOf } from "./units.ts";

const other: Category = "language/other";

/** `allow`: ISO 639-1 codes. */
export type LanguageSettings = { readonly allow: readonly string[] };

type Teller = typeof import("eld/extrasmall").eld;

/** Of the words of a unit among all its characters; below it, it is code or a table rather than language. */
const wordsShare = 0.65;
/** eld's own figures, not probabilities. What it says of prose is above; of code and of names often below. */
const tellsLeast = 0.66;
/** Where a language is allowed that eld does not know, it names another, and weakly. */
const tellsLeastOfUnknown = 0.74;
/** By so much the language that it names must be above each one that is allowed. */
const marginLeast = 0.02;

/** Measured; see docs/guards/language.md. */
const sureByScript: Score = score(0.99);
const sureByWords: Score = score(0.97);
const lessSure: Score = score(0.9);
const weightOfSure = 80;

/** Languages that eld tells under the name of another. */
const toldAs: Readonly<Record<string, string>> = { id: "ms", nb: "no", nn: "no", bs: "hr" };

/** `load`: for tests. */
export function createLanguageDetector(id: string, { allow }: LanguageSettings, load = loadEld): TextDetector {
  const loading = load();
  let teller: Teller | null | undefined;
  const languages = allow.map((code) => code.toLowerCase());
  const judge = (window: Window): Detection =>
    teller === null || teller === undefined
      ? { kind: "unknown", cause: "backend" }
      : { kind: "scored", findings: findingsIn(teller, languages, window) };
  return {
    kind: "text",
    id,
    categories: [other],
    reach: { longestSpan: unitLongest, leftContext: 0, rightContext: 0 },
    settled(text, from) {
      let settled = from;
      for (let end = unitEnd(text, from); end !== -1; end = unitEnd(text, end)) settled = end;
      return settled;
    },
    detect(_signal, window) {
      if (teller !== undefined) return judge(window);
      return loading.then((loaded) => {
        teller = loaded;
        return judge(window);
      });
    },
  };
}

/** Its tables take a third of a second to read: only where a policy asks for languages. `null`: it cannot be had. */
async function loadEld(): Promise<Teller | null> {
  try {
    return (await import("eld/extrasmall")).eld;
  } catch {
    return null;
  }
}

/** Every window begins where a unit does: only such places are said to be settled. */
function findingsIn(teller: Teller, allow: readonly string[], { text, from, to }: Window): readonly Finding[] {
  const findings: Finding[] = [];
  for (let start = from; start < to; ) {
    const known = unitEnd(text, start);
    const end = known === -1 ? text.length : known;
    const sure = judgeUnit(teller, allow, text.slice(start, end));
    if (sure !== null) findings.push({ category: other, score: sure, span: { start, end } });
    start = end;
  }
  return findings;
}

function judgeUnit(teller: Teller, allow: readonly string[], unit: string): Score | null {
  if (totalWeight(unit) < weightLeast) return null;
  const { words, share } = wordsOf(unit);
  const weight = totalWeight(words);
  if (weight < weightLeast || share < wordsShare) return null;
  const written = scriptOf(words);
  if (written === null) return null;
  if (!written.isLatin && !written.languages.some((code) => allow.includes(code))) return sureByScript;
  // The only one of its script needs no telling.
  if (written.languages.length === 1) return null;
  return tells(teller, allow, words) ? (weight < weightOfSure ? lessSure : sureByWords) : null;
}

/** True where another language than those allowed is told, clearly. */
function tells(teller: Teller, allow: readonly string[], words: string): boolean {
  const told = teller.detect(words);
  const scores = told.getScores();
  const names = allow.map((code) => toldAs[code] ?? code);
  if (told.language === "" || names.includes(told.language) || !told.isReliable()) return false;
  const known = Object.values(teller.info().Languages);
  const least = names.every((name) => known.includes(name)) ? tellsLeast : tellsLeastOfUnknown;
  const top = scores[told.language] ?? 0;
  return top >= least && names.every((name) => top - (scores[name] ?? 0) >= marginLeast);
}
