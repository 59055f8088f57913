/**
 * A model's numbers as what its head answers: scores of categories, words of a category, a vector. Pure.
 *
 * A score is a calibrated probability. The bundle's pooling says how windows are joined, and within a token head the parts of a
 * word and the words of a span; in a claim, where it joins windows of the evidence, one part or word is enough. Spans are of the
 * text or claim, in UTF-16 code units.
 */
import type { Span } from "../domain/segment.ts";
import { assert } from "../stdx/assert.ts";
import type { HeadSpec, LabelTag } from "./bundle/bundle.ts";
import { outputOf } from "./bundle/fit.ts";
import type { Pooling } from "./bundle/manifest.ts";
import type { Judged, JudgedPair, JudgedWindow } from "./model.ts";
import { probabilities } from "./scoring.ts";
import type { Tokens } from "./tokens/tokens.ts";
import type { TokenWindow } from "./tokens/windows.ts";

export type Found = { readonly category: string; readonly score: number; readonly span: Span };

type LabelledWindow = Pick<JudgedWindow, "start" | "end" | "outputs">;

/** Every category of a head without regard to its score: of each window where one is enough, else of the whole text. */
export function labelsOf(head: HeadSpec, windows: readonly LabelledWindow[], all: Span): readonly Found[] {
  if (windows.length === 0) return [];
  const byWindow = windows.map((window) => byCategory(head, probabilities(head, numbersOf(head, window).data)));
  return categoriesOf(head).flatMap((category) => {
    const scores = byWindow.map((scoresOfWindow) => scoresOfWindow.get(category) as number);
    if (head.pooling !== "max" || head.task === "pair")
      return [{ category, score: pool(head.pooling, scores), span: all }];
    return windows.map(({ start, end }, at) => ({ category, score: scores[at] as number, span: { start, end } }));
  });
}

/** Of each part of a claim every category; its windows of evidence are joined as the head says. */
export function pairLabelsOf(head: HeadSpec, { parts }: JudgedPair): readonly Found[] {
  return parts.flatMap(({ start, end, windows }) => labelsOf(head, windows, { start, end }));
}

/** Sure enough to belong to the rest of a name of which a part is surer. */
const restFrom = 0.5;

/**
 * What of a text belongs to a category: runs of whole words, as their labels begin and end them, that hold a word which reaches
 * `threshold`. The others of such a run need not reach it: of a name half would stay.
 */
export const wordsOf = (
  head: HeadSpec,
  { tokens, windows }: Judged,
  text: string,
  threshold: number,
): readonly Found[] => runsOf(head, wordsIn(text, tokens, tokensOf(head, windows)), threshold);

/** The same of a claim that is held against evidence. A word's score is joined over windows of the evidence as the head says. */
export const pairWordsOf = (
  head: HeadSpec,
  { tokens, parts }: JudgedPair,
  claim: string,
  threshold: number,
): readonly Found[] => runsOf(head, wordsIn(claim, tokens, pairTokensOf(head, parts)), threshold);

/** Of a claim: its parts, or its words, as the head answers. Of words those that `threshold` makes. */
export const pairFoundOf = (head: HeadSpec, judged: JudgedPair, claim: string, threshold: number): readonly Found[] =>
  head.task === "pair-token" ? pairWordsOf(head, judged, claim, threshold) : pairLabelsOf(head, judged);

function runsOf(head: HeadSpec, words: Iterable<Word>, threshold: number): readonly Found[] {
  const runs: { readonly category: string; span: Span; readonly scores: number[] }[] = [];
  let isOpen = false;
  for (const { span, parts } of words) {
    const { category, score } = best(head, parts);
    if (category === null || score < Math.min(threshold, restFrom)) {
      isOpen = false;
      continue;
    }
    const sure = score >= threshold ? [score] : [];
    const first = tagOf(head, category, parts[0] as Part);
    const last = runs.at(-1);
    if (isOpen && last?.category === category && first !== "B" && first !== "S") {
      last.scores.push(...sure);
      last.span = { start: last.span.start, end: span.end };
    } else runs.push({ category, span, scores: sure });
    const end = tagOf(head, category, parts.at(-1) as Part);
    isOpen = end !== "E" && end !== "S";
  }
  return runs.flatMap(({ category, span, scores }) =>
    scores.length === 0 ? [] : [{ category, score: pool(poolingInWords(head), scores), span }],
  );
}

/** Of a window, of length 1: what the model pooled itself, or its tokens' vectors pooled as the bundle says. */
export function vectorOf(head: HeadSpec, window: JudgedWindow): Float32Array {
  const { data, dims } = numbersOf(head, window);
  const width = dims.at(-1) as number;
  const rows = head.vector === "first" ? 1 : data.length / width;
  const sum = new Float64Array(width);
  for (let at = 0; at < rows * width; at += 1) sum[at % width] = (sum[at % width] as number) + (data[at] as number);
  const length = Math.hypot(...sum) || 1;
  return Float32Array.from(sum, (each) => each / length);
}

/** Of two vectors of length 1: -1 to 1. */
export function cosine(a: Float32Array, b: Float32Array): number {
  assert(a.length === b.length, "vectors of one model are equally long");
  return a.reduce((sum, each, at) => sum + each * (b[at] as number), 0);
}

/** What is said of one token, in each window: probabilities by label. Windows of a text say it once, those of evidence each. */
type Part = readonly Float64Array[];
type Word = { readonly span: Span; readonly parts: readonly Part[] };

function* wordsIn(
  text: string,
  { starts, ends }: Tokens,
  tokens: Iterable<{ readonly at: number; readonly part: Part }>,
): Generator<Word> {
  let word: { span: Span; parts: Part[] } | null = null;
  for (const { at, part } of tokens) {
    const span = trimmed(text, starts[at] as number, ends[at] as number);
    if (span.end <= span.start) continue;
    if (word !== null && isOneWord(text, word.span.end, span.start)) {
      word.span = { start: word.span.start, end: Math.max(word.span.end, span.end) };
      word.parts.push(part);
      continue;
    }
    if (word !== null) yield word;
    word = { span, parts: [part] };
  }
  if (word !== null) yield word;
}

function* tokensOf(head: HeadSpec, windows: Judged["windows"]): Generator<{ at: number; part: Part }> {
  for (const { at, window } of oncePerToken(windows))
    yield { at, part: [sharesOf(head, window, at - window.tokens.from)] };
}

function* pairTokensOf(head: HeadSpec, parts: JudgedPair["parts"]): Generator<{ at: number; part: Part }> {
  for (const { at, window } of oncePerToken(parts))
    yield { at, part: window.windows.map((each) => sharesOf(head, each, at - window.tokens.from)) };
}

/** Of the token that is the `at`th of the text in a window. */
function sharesOf(head: HeadSpec, window: Pick<JudgedWindow, "before" | "outputs">, at: number): Float64Array {
  const { data, dims } = numbersOf(head, window);
  const width = dims[1] as number;
  const row = window.before + at;
  return probabilities(head, data.subarray(row * width, (row + 1) * width));
}

/** A token that stands in two windows counts in the one whose middle is nearer. Windows of one text are equally long. */
function* oncePerToken<T extends { readonly tokens: TokenWindow }>(
  windows: readonly T[],
): Generator<{ at: number; window: T }> {
  for (const [index, window] of windows.entries()) {
    const before = windows[index - 1];
    const next = windows[index + 1];
    const { from, to } = window.tokens;
    const first = before === undefined ? from : Math.ceil((from + before.tokens.to) / 2);
    const last = next === undefined ? to : Math.ceil((next.tokens.from + to) / 2);
    for (let at = first; at < last; at += 1) yield { at, window };
  }
}

/** Some tokenizers count the white space before a word to its token. */
function trimmed(text: string, start: number, end: number): Span {
  const part = text.slice(start, end);
  return { start: start + part.length - part.trimStart().length, end: end - part.length + part.trimEnd().length };
}

/** Scripts that put no space between words: there a token is the smallest word. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const ofWords = /[\p{L}\p{N}\p{M}]/u;

/** Whether a token that begins at `start` is a part of the word that ends at `end`. */
function isOneWord(text: string, end: number, start: number): boolean {
  if (start < end) return true; // two tokens of one character's bytes
  if (start > end) return false;
  const joins = (character: string): boolean => ofWords.test(character) && !unspaced.test(character);
  // Characters, not code units: a slice of two may hold one and a half.
  return (
    joins(text.slice(Math.max(0, end - 2), end).match(/.$/su)?.[0] ?? "") &&
    joins(text.slice(start, start + 2).match(/^./su)?.[0] ?? "")
  );
}

const categoriesOf = ({ labels }: HeadSpec): readonly string[] => [
  ...new Set(labels.filter((label) => label !== null)),
];

/** Labels of one category count together: exclusive ones add up, others do not. */
function byCategory(head: HeadSpec, shares: Float64Array): Map<string, number> {
  const scores = new Map<string, number>();
  for (const [label, category] of head.labels.entries()) {
    // A model with one number says how sure it is of its last label.
    const share = shares.length > 1 ? shares[label] : label === head.labels.length - 1 ? shares[0] : 0;
    if (category === null) continue;
    const before = scores.get(category) ?? 0;
    scores.set(
      category,
      head.task === "multi-label" ? Math.max(before, share ?? 0) : Math.min(1, before + (share ?? 0)),
    );
  }
  return scores;
}

function best(head: HeadSpec, parts: readonly Part[]): { category: string | null; score: number } {
  const all = parts.map((part) => part.map((shares) => byCategory(head, shares)));
  let most: { category: string | null; score: number } = { category: null, score: 0 };
  for (const category of categoriesOf(head)) {
    const scoreIn = (part: (typeof all)[number]): number =>
      pool(
        head.pooling,
        part.map((scores) => scores.get(category) as number),
      );
    const score = pool(poolingInWords(head), all.map(scoreIn));
    if (score > most.score) most = { category, score };
  }
  return most;
}

/** Where in a span a token stands, by the most probable label of the category. */
function tagOf({ labels, tags, pooling }: HeadSpec, category: string, part: Part): LabelTag {
  const shareOf = (label: number): number =>
    pool(
      pooling,
      part.map((shares) => shares[label] as number),
    );
  let at = -1;
  for (const [label, each] of labels.entries()) {
    if (each === category && (at < 0 || shareOf(label) > shareOf(at))) at = label;
  }
  return tags[at] ?? null;
}

/** Of the parts of a word and the words of a span: what is wrong in one part of a word is wrong of it. */
const poolingInWords = ({ task, pooling }: HeadSpec): Pooling => (task === "pair-token" ? "max" : pooling);

/** Of at least one score. */
function pool(pooling: Pooling, scores: readonly number[]): number {
  if (pooling === "mean") return scores.reduce((sum, each) => sum + each, 0) / scores.length;
  return pooling === "min" ? Math.min(...scores) : Math.max(...scores);
}

function numbersOf(head: HeadSpec, { outputs }: Pick<JudgedWindow, "outputs">) {
  const found = outputOf(head, outputs);
  assert(found !== null, "a model has the outputs that its heads read: it was looked at when it was loaded");
  return found;
}
