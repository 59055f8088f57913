/** Which rules of a policy match an exchange, where, and why. Tells places and categories, never text. */
import { readFile } from "node:fs/promises";
import type { ModelSettings } from "../config/models.ts";
import { standardLimits } from "../config/limits.ts";
import type { Location, Stage } from "../domain/segment.ts";
import type { ClaimVerdict, StageVerdict } from "../domain/verdict.ts";
import type { RequestContext } from "../exchange/parts.ts";
import type { Plan, RunOrder } from "../guard/plan.ts";
import { defaultPolicySource } from "../policy/default-policy.ts";
import { explainScope, type ScopeAnswer } from "../policy/explain-scope.ts";
import { ok, type Result } from "../stdx/result.ts";
import { causeOf } from "../telemetry/verdict-record.ts";
import { PolicyPlans } from "./policy-plans.ts";
import { type ScanOutcome, scan } from "./scan.ts";

export type ExplainInput = {
  /** `null`: the built-in one. */
  readonly policyFile: string | null;
  readonly path: string;
  readonly request: Uint8Array | null;
  readonly reply: Uint8Array | null;
  readonly context: RequestContext;
  readonly models: ModelSettings;
};

/** What became of one rule in one stage. */
export type RuleStory = {
  readonly rule: string;
  readonly stage: Stage;
  readonly action: string;
  /** Nothing of the reply leaves before all of it was judged. */
  readonly hold: boolean;
  /** `not-here`: a condition on the exchange does not hold. `not-reached`: it was not asked; a cheaper one had blocked, or nothing was read. */
  readonly came: "not-here" | "no-match" | "matched" | "shadow" | "unknown" | "not-reached";
  readonly scope: readonly ScopeAnswer[];
  readonly count: number;
  readonly categories: readonly string[];
  readonly topScore: number;
  /** Why it could not answer. */
  readonly unknown: string | null;
};

export type Explanation = {
  readonly policy: string;
  readonly operation: string;
  readonly model: string;
  readonly stages: readonly {
    readonly stage: Stage;
    readonly verdict: string;
    /** As the record's `cause`. */
    readonly cause: string | null;
    readonly decidedBy: string | null;
    readonly coverage: Pick<StageVerdict["coverage"], "characters" | "present" | "unjudged">;
    readonly excepted: readonly { readonly exception: string; readonly count: number }[];
    readonly rules: readonly RuleStory[];
    /** Which rules are asked first; a block among them ends it. */
    readonly order: RunOrder;
    /** The first of many. */
    readonly findings: readonly {
      readonly category: string;
      readonly place: string;
      readonly score: number;
      /** Where the evidence stands that it was held against, the best first. */
      readonly evidence: readonly string[];
    }[];
    readonly claims: StageVerdict["claims"];
  }[];
};

const findingsShown = 20;
const evidenceShown = 5;

export async function explainPolicy(input: ExplainInput): Promise<Result<Explanation, readonly string[]>> {
  const path = input.policyFile ?? "built-in policy";
  const bytes = input.policyFile === null ? Buffer.from(defaultPolicySource) : await readFile(input.policyFile);
  await using plans = new PolicyPlans(input.models);
  const planned = await plans.plan({ path, bytes }, "skip");
  if (!planned.ok) return planned;
  const { policy, plan } = planned.value;
  const outcome = await scan({
    plan,
    limits: standardLimits,
    head: { method: "POST", path: input.path },
    request: input.request,
    reply: input.reply,
    context: input.context,
  });
  const { report, facts } = outcome;
  const stages = (
    [
      ["prompt", input.request],
      ["reply", input.reply],
    ] as const
  ).flatMap(([stage, body]) => (body === null ? [] : [storyOf(stage, report[stage], outcome, plan)]));
  const model = facts?.model.kind === "named" ? facts.model.name : "unclear: rules of every model count";
  return ok({ policy: policy.version, operation: report.operation, model, stages });
}

function storyOf(
  stage: Stage,
  verdict: StageVerdict | null,
  { facts, findings, report }: ScanOutcome,
  { policy: { rules }, order }: Plan,
): Explanation["stages"][number] {
  const cause = verdict?.cause ?? null;
  const why = verdict === null ? "" : causeOf(verdict);
  const isJudged = verdict !== null && (why === "" || cause?.kind === "rule" || cause?.kind === "unknown");
  const asked = order(stage);
  const tierAt = (rule: string): number => asked.findIndex((tier) => tier.rules.includes(rule));
  // A block among those asked first leaves the others out. A stream goes through all of them event by event.
  const lastTier =
    cause !== null && "rule" in cause && !(stage === "reply" && report.stream) ? tierAt(cause.rule) : Infinity;
  return {
    stage,
    verdict: verdict?.kind ?? "not-reached",
    cause: why === "" ? null : why,
    decidedBy:
      cause !== null && "rule" in cause ? cause.rule : (verdict?.hits.find(({ shadow }) => !shadow)?.rule ?? null),
    coverage: verdict?.coverage ?? { characters: 0, present: 0, unjudged: {} },
    excepted: verdict?.excepted ?? [],
    order: asked,
    rules: rules
      .filter((rule) => rule.stages.includes(stage))
      .map((rule) => {
        const scope = facts === null ? [] : explainScope(rule, facts, null).filter(isOfExchange);
        const hit = verdict?.hits.find((each) => each.rule === rule.id);
        const unknown = verdict?.unknowns.find((each) => each.rule === rule.id)?.cause ?? null;
        const matched = rule.shadow ? "shadow" : "matched";
        const came = !scope.every(({ holds }) => holds)
          ? "not-here"
          : hit !== undefined
            ? matched
            : unknown !== null
              ? "unknown"
              : isJudged && tierAt(rule.id) <= lastTier
                ? "no-match"
                : "not-reached";
        return {
          rule: rule.id,
          stage,
          action: rule.action.kind,
          hold: stage === "reply" && rule.hold && !rule.shadow,
          came,
          scope,
          count: hit?.count ?? 0,
          categories: hit?.categories ?? [],
          topScore: hit?.topScore ?? 0,
          unknown,
        };
      }),
    findings: findings[stage].slice(0, findingsShown).map(({ finding, location }) => ({
      category: finding.category,
      place: location === null ? "the body" : placeOf(location),
      score: finding.score,
      evidence: (finding.basis ?? []).map(placeOf),
    })),
    claims: verdict?.claims ?? null,
  };
}

const placeOf = ({ place, role, pointer }: Location): string => `${place} of ${role} at ${pointer}`;

/** Role and place are asked for each text, not for the exchange. */
const isOfExchange = ({ field }: ScopeAnswer): boolean => field !== "role" && field !== "place";

type Style = "bold" | "dim" | "green" | "yellow" | "red";
type Paint = (style: Style, text: string) => string;

const marks: Readonly<Record<RuleStory["came"], readonly [string, Style]>> = {
  matched: ["match", "yellow"],
  shadow: ["shadow", "yellow"],
  unknown: ["unknown", "red"],
  "no-match": ["-", "dim"],
  "not-here": ["not here", "dim"],
  "not-reached": ["not asked", "dim"],
};

const markWidth = 10;

/** For a terminal. */
export function explainLines({ policy, operation, model, stages }: Explanation, paint: Paint): string[] {
  const lines = [`${paint("bold", policy)}  ${operation}, model ${model}`];
  for (const { stage, verdict, cause, decidedBy, coverage, excepted, order, rules, findings, claims } of stages) {
    const by = decidedBy === null ? "" : ` by ${decidedBy}`;
    const why = cause === null || cause === "rule" ? "" : ` (${cause})`;
    const unread = Object.entries(coverage.unjudged).map(([kind, count]) => `${count} x ${kind}`);
    const unjudged = unread.length === 0 ? "" : `, not judged: ${unread.join(", ")}`;
    lines.push(
      "",
      `${paint("bold", stage)}: ${verdict}${why}${by}; ${coverage.characters} of ${coverage.present} characters judged${unjudged}`,
    );
    const asked = order.map((tier) => `${tier.name} ${tier.rules.join(", ")}`);
    if (asked.length > 0) lines.push(paint("dim", `  asked in this order: ${asked.join("; ")}`));
    const holding = rules.filter(({ hold, came }) => hold && came !== "not-here").map(({ rule }) => rule);
    if (holding.length > 0) lines.push(paint("dim", `  held back until all of it is judged: ${holding.join(", ")}`));
    const wide = Math.max(0, ...rules.map(({ rule }) => rule.length));
    for (const { rule, action, came, scope, count, categories, topScore, unknown } of rules) {
      const [mark, style] = marks[came];
      const found = count === 0 ? "" : `${count} x ${categories.join(", ")}, score ${topScore}`;
      const failed = scope.filter(({ holds }) => !holds).map(({ field }) => field);
      const reason = came === "not-here" ? `${failed.join(", ")} does not fit` : (unknown ?? found);
      lines.push(
        `  ${paint(style, mark.padEnd(markWidth))}${rule.padEnd(wide)}  ${action.padEnd(8)} ${paint("dim", reason)}`.trimEnd(),
      );
    }
    for (const { exception, count } of excepted)
      lines.push(`  ${paint("yellow", "excepted".padEnd(markWidth))}${exception}  ${count} x taken out`);
    if (claims !== null) lines.push(`  ${paint("dim", claimLine(claims))}`);
    for (const { category, place, score, evidence } of findings) {
      const against = evidence.length === 0 ? "" : `, held against ${evidence.join(" and ")}`;
      lines.push(`  ${paint("dim", `found ${category} (${score}) in ${place}${against}`)}`);
    }
  }
  return lines;
}

function claimLine({ counts, evidence }: ClaimVerdict): string {
  const held = evidence.length === 0 ? "" : `; evidence at ${evidence.slice(0, evidenceShown).join(", ")}`;
  const { supported, unsupported, "not-checkable": open } = counts;
  return `claims: ${supported} supported, ${unsupported} unsupported, ${open} not checkable${held}`;
}
