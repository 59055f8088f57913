/**
 * A reply that tells the system prompt in other words: one of its sentences is, to a model, near one of the system prompt, and
 * nearer than to anything that the user wrote.
 *
 * Opened once an exchange. Sentences are cut as claims are; short ones and code are left out.
 */
import type {
  Category,
  Detection,
  ExchangeDetector,
  ExchangeMemory,
  Finding,
  LaneDetectors,
  TextDetector,
  UnknownCause,
  Window,
} from "../../domain/detector.ts";
import { modelOf, type NearnessSpec } from "../../domain/policy.ts";
import { score } from "../../domain/score.ts";
import type { Role, Span } from "../../domain/segment.ts";
import { assert } from "../../stdx/assert.ts";
import { settledUnits, unitEnd, unitReach } from "../groundedness/claims.ts";
import { missingOf, unknowing } from "../memory.ts";
import { passesOf } from "../model/passes.ts";
import type { ModelSource } from "../model/served.ts";
import { Nearness, nearest, type PromptVectors } from "../nearness/vectors.ts";

const category: Category = "prompt-leak/paraphrased";

/** A shorter sentence may stand in any reply. In letters. */
const lettersMin = 25;
/** Of the system prompt, and of what the user wrote. */
export const sentencesMax = 400;

export function createParaphraseDetector(id: string, spec: NearnessSpec, models: ModelSource): ExchangeDetector {
  const asked = modelOf({ kind: "prompt-leak", minCharacters: 0, paraphrased: spec });
  assert(asked !== null, "a model answers it");
  return {
    kind: "exchange",
    id,
    cost: "model",
    categories: [category],
    open(signal, memory, _pace, stage, whole): LaneDetectors | null {
      const secret = sentencesOf(memory, ["system", "developer"]);
      const missing = missingOf(memory) ?? (secret.length > sentencesMax ? "too-long" : null);
      if (secret.length === 0) return missing === null ? null : lanesOf(unknowing(id, [category], missing));
      const nearness = new Nearness({ spec: asked, models, passes: passesOf(whole, stage) }, signal);
      const prompt = nearness.texts(secret.slice(0, sentencesMax));
      prompt.begin();
      const user = nearness.texts(sentencesOf(memory, ["user"]).slice(0, sentencesMax));
      return lanesOf(leakLane(id, { nearness, prompt, user, missing, minSimilarity: spec.minSimilarity }));
    },
  };
}

const lanesOf = (lane: TextDetector): LaneDetectors => ({
  lane: ({ location }) => (location.place === "name" ? null : lane),
});

function sentencesOf({ segments }: ExchangeMemory, roles: readonly Role[]): readonly string[] {
  const texts = segments.filter(({ location }) => roles.includes(location.role) && location.place !== "name");
  const sentences = new Set<string>();
  for (const { text } of texts) {
    for (const { start, end } of sentencesIn({ text, from: 0, to: text.length, ended: true })) {
      sentences.add(text.slice(start, end));
      if (sentences.size > sentencesMax) return [...sentences];
    }
  }
  return [...sentences];
}

/** Without blanks around them. Every window begins where a unit does: only such places are said to be settled. */
function* sentencesIn({ text, from, to, ended }: Window): Generator<Span> {
  for (let start = from; start < to; ) {
    const { end, kind } = unitEnd(text, start, ended) ?? { end: to, kind: "prose" };
    const written = text.slice(start, Math.min(end, to));
    const body = written.trim();
    const begin = start + written.length - written.trimStart().length;
    if (kind === "prose" && (body.match(/\p{L}/gu)?.length ?? 0) >= lettersMin)
      yield { start: begin, end: begin + body.length };
    start = end;
  }
}

type Held = {
  readonly nearness: Nearness;
  readonly prompt: PromptVectors;
  readonly user: PromptVectors;
  /** Why not all that was said is held against the reply; `null`: it is. */
  readonly missing: UnknownCause | null;
  readonly minSimilarity: number;
};

const leakLane = (id: string, held: Held): TextDetector => ({
  kind: "text",
  id,
  categories: [category],
  fromStart: true,
  reach: { longestSpan: unitReach, leftContext: 0, rightContext: unitReach },
  settled: settledUnits,
  async detect(signal, window): Promise<Detection> {
    const spans = [...sentencesIn(window)];
    if (spans.length === 0) return { kind: "scored", findings: [] };
    const [prompt, ...sentences] = await Promise.all([
      held.prompt.of(signal),
      ...spans.map(({ start, end }) => held.nearness.of(signal, window.text.slice(start, end))),
    ]);
    if (prompt.kind === "unknown") return prompt;
    const findings: Finding[] = [];
    for (const [at, span] of spans.entries()) {
      const own = sentences[at];
      if (own === undefined || own.kind === "unknown") return unseenFrom(findings, span.start, own?.cause ?? "backend");
      const similarity = nearest(own.vectors, prompt.each);
      if (similarity >= held.minSimilarity) {
        const said = await held.user.of(signal);
        if (said.kind === "unknown") return unseenFrom(findings, span.start, said.cause);
        if (nearest(own.vectors, said.each) < similarity)
          findings.push({ category, score: score(Math.min(1, similarity)), span });
        continue;
      }
      const missing = held.missing ?? prompt.missing;
      if (missing !== null) return unseenFrom(findings, span.start, missing);
    }
    return { kind: "scored", findings };
  },
});

const unseenFrom = (findings: readonly Finding[], from: number, cause: UnknownCause): Detection => ({
  kind: "scored",
  findings,
  unseen: { from, cause },
});
