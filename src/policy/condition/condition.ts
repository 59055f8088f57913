/**
 * A condition in CEL, compiled. The only file that knows the library. No expression runs on V8's own regular expressions,
 * none is evaluated as code, and its cost is bounded before it runs (survey.ts). Holds no state between exchanges.
 */
import { Environment, EvaluationError, ParseError, TypeError as CelTypeError } from "@marcbachmann/cel-js";
import type { ExchangeFacts } from "../../domain/facts.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { factText } from "../facts.ts";
import type { LinearMatcher, PolicyTools } from "../tools.ts";
import { type ConditionMistake, listElementsMax, survey } from "./survey.ts";
import { globals, replaced, splitPartsMax } from "./words.ts";

/** Of the parsed expression. */
export const conditionNodesMax = 500;
export const conditionDepthMax = 24;
/** Of one fact, in UTF-16 code units; about a longer one a condition says nothing. */
export const factLengthMax = 8192;

export type Condition = {
  /** `null`: it cannot be worked out, because a fact is not known, or the expression fails on it. */
  judge(facts: ExchangeFacts): boolean | null;
  readonly headers: readonly string[];
};

/** The error holds every mistake of the first step that finds one: syntax, words and cost, types. */
export function compileCondition(
  text: string,
  tools: Pick<PolicyTools, "linearMatcher">,
): Result<Condition, readonly ConditionMistake[]> {
  const matchers = new Map<string, LinearMatcher>();
  const environment = environmentOf(matchers);
  let parsed: ReturnType<Environment["parse"]>;
  try {
    parsed = environment.parse(text);
  } catch (error) {
    return err([explain(error)]);
  }
  const { mistakes, headers, patterns } = survey(parsed.ast);
  if (mistakes.length > 0) return err(mistakes);
  const bad: ConditionMistake[] = [];
  for (const [pattern, offset] of patterns) {
    const made = tools.linearMatcher(pattern);
    if (made.ok) matchers.set(pattern, made.value);
    else bad.push({ offset, message: `matches cannot use this expression: ${made.error}` });
  }
  if (bad.length > 0) return err(bad);
  const checked = parsed.check();
  if (!checked.valid) return err([explain(checked.error)]);
  if (checked.type !== "bool") {
    return err([
      {
        offset: 0,
        message: `a condition is true or false, and this is of type ${checked.type}; compare it with something`,
      },
    ]);
  }
  return ok({ headers: [...headers], judge: (facts) => judge(parsed, facts, headers) });
}

function environmentOf(matchers: ReadonlyMap<string, LinearMatcher>): Environment {
  const environment = new Environment({
    limits: {
      maxAstNodes: conditionNodesMax,
      maxDepth: conditionDepthMax,
      maxListElements: listElementsMax,
      maxMapEntries: listElementsMax,
      maxCallArguments: 4,
    },
  }).registerVariable("request", {
    schema: { method: "string", path: "string", headers: "map<string, string>" },
  });
  for (const name of globals) environment.registerVariable(name, "string");
  const sync = { async: false };
  const matches = (text: string, pattern: string): boolean => {
    const matcher = matchers.get(pattern);
    if (matcher === undefined) throw new EvaluationError("no such matcher");
    return matcher.test(text);
  };
  const split = (text: string, by: string): readonly string[] => {
    const parts = text.split(by, splitPartsMax + 1);
    if (parts.length > splitPartsMax) throw new EvaluationError("too many parts");
    return parts;
  };
  return environment
    .registerFunction(`string.${replaced["matches"]}(string): bool`, matches, sync)
    .registerFunction(`string.${replaced["split"]}(string): list<string>`, split, sync);
}

function judge(
  program: (context: Record<string, unknown>) => unknown,
  facts: ExchangeFacts,
  headers: ReadonlySet<string>,
): boolean | null {
  const sent = new Map<string, string>();
  for (const name of headers) {
    const value = facts.headers.get(name);
    if (value !== undefined) sent.set(name, value);
  }
  const context: Record<string, unknown> = { request: { method: facts.method, path: facts.path, headers: sent } };
  for (const name of globals) {
    const value = factText(name, facts);
    if (value !== null) context[name] = value; // one that is missing is an error where it is looked at, as it should be
  }
  if (longest([facts.method, facts.path, ...sent.values()]) > factLengthMax) return null;
  try {
    const answer = program(context);
    return typeof answer === "boolean" ? answer : null;
  } catch {
    return null; // whatever it failed on: not knowing is an answer here, and the strict one follows from it
  }
}

const longest = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length));

const example = '; write it like tenant == "acme" && request.path.startsWith("/v1/")';

/** The library's words are good; they get the place, and for limits a way to mend. */
function explain(error: unknown): ConditionMistake {
  if (!(error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError)) throw error;
  const offset = error.range?.start ?? 0;
  const summary = `${error.summary.slice(0, 1).toLowerCase()}${error.summary.slice(1, 200)}`;
  const mend: Readonly<Record<string, string>> = {
    limit_exceeded: "; write less in one condition, or two rules",
    no_such_overload: "; the two sides are of different types",
    unterminated_string: "; close the quotes",
  };
  return { offset, message: `not a CEL expression: ${summary}${mend[error.code] ?? example}` };
}
