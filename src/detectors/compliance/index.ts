/**
 * Whether a reply goes along with what the user asked last (`complied`), or refuses it (`refused`), told by its beginning: it refuses
 * where it begins as refusals do, and goes along where it does not and is, to a model, about what was asked. Else it is neither.
 *
 * Invariant: what follows the first stretch changes nothing, so a stream is held back by one stretch. All of the reply is then
 * found, stretch by stretch. Opened once an exchange; a lane keeps what its beginning said.
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
} from "../../domain/detector.ts";
import { type ComplianceKind, type ComplianceSpec, modelOf } from "../../domain/policy.ts";
import { certain, type Score, score } from "../../domain/score.ts";
import { assert } from "../../stdx/assert.ts";
import { missingOf } from "../memory.ts";
import { passesOf } from "../model/passes.ts";
import { stretchesOf } from "../model/reply-lane.ts";
import type { ModelSource } from "../model/served.ts";
import { settledStretches, stretchMost } from "../model/stretches.ts";
import { Nearness, nearest, type PromptVectors } from "../nearness/vectors.ts";
import { headUnits } from "../refusal/index.ts";
import { plain, refuses, warmPhrases } from "../refusal/phrases.ts";
import { nothingFound, wholeLane } from "../whole-lane.ts";

const categoryOf = (kind: ComplianceKind): Category => `compliance/${kind}`;

/** As the guard of refusals has them. */
const sure: Score = score(0.95);
const likely: Score = score(0.7);
/** Fewer letters and digits go along with nothing: "Hello!" */
const lettersMin = 20;
/** Of what was asked, from its beginning; in UTF-16 code units. */
const askedUnitsMax = 8_192;

const places: readonly string[] = ["content", "input", "prefix"];

export function createComplianceDetector(id: string, spec: ComplianceSpec, models: ModelSource): ExchangeDetector {
  const asked = modelOf({ kind: "compliance", ...spec });
  assert(asked !== null, "a model answers it");
  warmPhrases();
  const categories = spec.kinds.map(categoryOf);
  const said = wholeLane(id, categories, (_signal, { text }) =>
    text.trim() === "" || !spec.kinds.includes("refused")
      ? nothingFound
      : {
          kind: "scored",
          findings: [{ category: categoryOf("refused"), score: certain, span: { start: 0, end: text.length } }],
        },
  );
  return {
    kind: "exchange",
    id,
    cost: "model",
    categories,
    open(signal, memory, _pace, stage, whole): LaneDetectors {
      const nearness = new Nearness({ spec: asked, models, passes: passesOf(whole, stage) }, signal);
      const request = requestOf(memory);
      const prompt = request === null ? null : nearness.texts([request]);
      if (spec.kinds.includes("complied")) prompt?.begin();
      const missing = missingOf(memory) ?? (request === null ? "no-evidence" : null);
      const held: Held = { nearness, prompt, missing, spec };
      return {
        lane({ location: { place } }) {
          if (place === "refusal") return said;
          return place === "content" ? headLane(id, categories, held) : null;
        },
      };
    },
  };
}

function requestOf({ segments }: ExchangeMemory): string | null {
  const last = segments.findLast(
    ({ location, text }) => location.role === "user" && places.includes(location.place) && text.trim() !== "",
  );
  return last?.text.slice(0, askedUnitsMax) ?? null;
}

type Held = {
  readonly nearness: Nearness;
  /** What was asked; `null`: nothing. */
  readonly prompt: PromptVectors | null;
  /** Why it is not, or may not be what was asked last; `null`: it is. */
  readonly missing: UnknownCause | null;
  readonly spec: ComplianceSpec;
};

type Word =
  | { readonly kind: ComplianceKind; readonly score: Score }
  | { readonly kind: "neither" }
  | { readonly kind: "unknown"; readonly cause: UnknownCause };

/** One for each lane. Windows come in order, and each begins where a stretch does. */
function headLane(id: string, categories: readonly Category[], held: Held): TextDetector {
  let word: Word = { kind: "unknown", cause: "deadline" };
  return {
    kind: "text",
    id,
    categories,
    fromStart: true,
    // With one unit before it, a window that begins at 0 is the text's first.
    reach: { longestSpan: stretchMost, leftContext: 1, rightContext: stretchMost },
    settled: settledStretches,
    async detect(signal, window): Promise<Detection> {
      const stretches = stretchesOf(window);
      const [first] = stretches;
      if (first?.start === 0) word = await wordOn(signal, window.text.slice(0, first.end), held);
      if (word.kind === "unknown") return word;
      if (word.kind === "neither" || !held.spec.kinds.includes(word.kind)) return nothingFound;
      const { kind, score: sureness } = word;
      const findings = stretches.map((span): Finding => ({ category: categoryOf(kind), score: sureness, span }));
      return { kind: "scored", findings };
    },
  };
}

async function wordOn(signal: AbortSignal, head: string, { nearness, prompt, missing, spec }: Held): Promise<Word> {
  const beginning = plain(head.slice(0, headUnits));
  if (refuses(beginning, "sure")) return { kind: "refused", score: sure };
  if (refuses(beginning, "likely")) return { kind: "refused", score: likely };
  if (!spec.kinds.includes("complied") || (head.match(/[\p{L}\p{N}]/gu)?.length ?? 0) < lettersMin)
    return { kind: "neither" };
  if (prompt === null) return { kind: "unknown", cause: missing ?? "no-evidence" };
  const [own, asked] = await Promise.all([nearness.of(signal, head), prompt.of(signal)]);
  if (own.kind === "unknown") return own;
  if (asked.kind === "unknown") return asked;
  const similarity = nearest(own.vectors, asked.each);
  if (similarity >= spec.minSimilarity) return { kind: "complied", score: score(Math.min(1, Math.max(0, similarity))) };
  const cause = missing ?? asked.missing;
  return cause === null ? { kind: "neither" } : { kind: "unknown", cause };
}
