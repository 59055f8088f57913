/**
 * Each tool that a reply calls must be one that its request offered, with arguments that meet that tool's schema.
 *
 * Invariant: the name and the arguments of a call may end in either order; whichever ends last is judged with the other.
 * Does not judge a call whose name never comes, nor empty arguments: nobody can run either.
 */
import type {
  Category,
  Detection,
  ExchangeDetector,
  LaneDetectors,
  LanePlace,
  TextDetector,
} from "../../domain/detector.ts";
import type { Declared } from "../../domain/dialect.ts";
import type { Result } from "../../stdx/result.ts";
import { Once, type Steps } from "../../stdx/paced.ts";
import { compileSchema, type Schema, type SchemaFault } from "../schema/compile.ts";
import { compileMatcher } from "../schema/ecma-pattern.ts";
import { inSteps } from "../in-steps.ts";
import { unknowing } from "../memory.ts";
import { allOf, nothingFound, wholeLane } from "../whole-lane.ts";

const unknownTool: Category = "tool-calls/unknown-tool";
const badArguments: Category = "tool-calls/bad-arguments";
const categories: readonly Category[] = [unknownTool, badArguments];

export function createToolCallsDetector(id: string): ExchangeDetector {
  return {
    kind: "exchange",
    cost: "compare",
    id,
    categories,
    open(_signal, { declared, unread }) {
      if (unread === true) return unasked(id);
      const calls = new Calls(declared);
      return { lane: (place) => laneOf(id, calls, place) };
    },
  };
}

/** Nobody knows which tools were offered. */
function unasked(id: string): LaneDetectors {
  const lane = unknowing(id, categories, "no-prompt");
  return { lane: ({ call }) => (call === null ? null : lane) };
}

/** Arguments are judged as they are written: with their escapes decoded they would be JSON no more. */
function laneOf(id: string, calls: Calls, { location, call }: LanePlace): TextDetector | null {
  if (call === null) return null;
  switch (location.place) {
    case "tool-name":
      return {
        ...wholeLane(
          id,
          categories,
          inSteps(({ text }) => calls.named(call, text)),
        ),
        raw: true,
      };
    case "tool-arguments":
      return {
        ...wholeLane(
          id,
          categories,
          inSteps(({ text }) => calls.argued(call, text)),
        ),
        raw: true,
      };
    default:
      return null;
  }
}

type Call = { readonly names: string[]; readonly arguments: string[] };

/** The calls of one reply. A repeated key gives a call two names or arguments; then each must do with each. */
class Calls {
  /** By name; `null` for tools that take any text. Of two tools of one name the last counts. */
  readonly #schemas: ReadonlyMap<string, string | null>;
  readonly #compiling = new Map<string, Once<Result<Schema, SchemaFault>>>();
  readonly #calls = new Map<string, Call>();

  constructor({ tools }: Declared) {
    this.#schemas = new Map(tools.map(({ name, schema }) => [name, schema]));
  }

  *named(call: string, name: string): Steps<Detection> {
    const parts = this.#partsOf(call);
    parts.names.push(name);
    if (!this.#schemas.has(name)) return allOf(name, unknownTool);
    const detections: Detection[] = [];
    for (const text of parts.arguments) detections.push(yield* this.#judge(name, text, name));
    return worst(detections);
  }

  *argued(call: string, text: string): Steps<Detection> {
    const parts = this.#partsOf(call);
    parts.arguments.push(text);
    const detections: Detection[] = [];
    for (const name of parts.names) detections.push(yield* this.#judge(name, text, text));
    return worst(detections);
  }

  /** A finding spans `shown`, the text of the lane that is judged. */
  *#judge(name: string, text: string, shown: string): Steps<Detection> {
    const schema = this.#schemas.get(name) ?? null;
    if (schema === null) return nothingFound;
    const compiling = this.#compiling.get(name) ?? new Once(compileSchema(schema, compileMatcher));
    this.#compiling.set(name, compiling);
    const compiled = yield* compiling;
    if (!compiled.ok) return { kind: "unknown", cause: compiled.error };
    const answer = yield* compiled.value.check(text);
    if (answer === "too-long") return { kind: "unknown", cause: answer };
    return answer === "met" ? nothingFound : allOf(shown, badArguments);
  }

  #partsOf(call: string): Call {
    const parts = this.#calls.get(call) ?? { names: [], arguments: [] };
    this.#calls.set(call, parts);
    return parts;
  }
}

/** What was found outweighs what is not known. */
function worst(detections: readonly Detection[]): Detection {
  const found = detections.find((each) => each.kind === "scored" && each.findings.length > 0);
  return found ?? detections.find((each) => each.kind === "unknown") ?? nothingFound;
}
