/** One rule: checked, with every field filled in. Pure. */
import { type Action, modelOf, type OnUnknown, type Rule } from "../../domain/policy.ts";
import { score } from "../../domain/score.ts";
import { type Stage, stages } from "../../domain/segment.ts";
import { type ViewKind, viewKinds } from "../../domain/view.ts";
import type { RuleSource } from "../source/rule-source.ts";
import type { PolicyTools } from "../tools.ts";
import { compileAction, headersOf } from "./action.ts";
import { compileDetect, judgesReplyOnly, viewable } from "./detect.ts";
import { judgesPairs } from "./model.ts";
import { type Note, within } from "./note.ts";
import { compileScope, type Named } from "./scope.ts";

export const defaultViews: readonly ViewKind[] = ["clear", "payloads"];

export type RuleDefaults = { readonly onUnknown: OnUnknown; readonly views: readonly ViewKind[] };
export type CompiledRule = {
  readonly rule: Rule;
  readonly headers: readonly string[];
  readonly named: Named | null;
};

/** `null` where no rule can be made of it; notes say why. Notes may also come beside a rule. */
export function compileRule(
  source: RuleSource,
  defaults: RuleDefaults,
  tools: PolicyTools,
  note: Note,
): CompiledRule | null {
  const ruleStages = stagesOf(source.stage);
  const detect = compileDetect(source.detect, tools, within(note, "detect"));
  const where = source.when === undefined ? null : compileScope(source.when, "holds", tools, within(note, "when"));
  if (detect === null) return null;
  if (judgesReplyOnly(detect.kind) && ruleStages.includes("prompt")) {
    note(["stage"], `${detect.kind} judges replies; write stage: reply`);
  }
  const asked = judgesReplyOnly(detect.kind) ? null : modelOf(detect);
  const isOfPairs = asked !== null && judgesPairs(asked, tools.models);
  if (isOfPairs && detect.kind === "injection" && ruleStages.includes("reply")) {
    note(["stage"], "injection against the task judges what tools bring into a prompt; write stage: prompt");
  }
  if (isOfPairs && ruleStages.includes("prompt") && !mayLookAtTools(where?.scope ?? null)) {
    note(["when"], "a model of pairs judges what tools bring into a prompt; write place: tool-result, or stage: reply");
  }
  const located = where !== null && (where.scope.roles !== null || where.scope.places !== null);
  if (detect.kind === "size" && located) {
    note(["when"], "a size limit counts the whole body; leave out role and place");
  }
  if (source.views !== undefined && source.views.length > 0 && !viewable.includes(detect.kind)) {
    note(["views"], `${detect.kind} judges what stands there as it stands; leave out views`);
  }
  const action = compileAction(source.action, { detect: detect.kind, stages: ruleStages }, within(note, "action"));
  if (action === null) return null;
  const hold = source.hold === "reply";
  if (hold) checkHold(ruleStages, action, note);
  const views = viewable.includes(detect.kind) ? inOrder(source.views ?? defaults.views) : [];
  const rule: Rule = {
    id: source.id,
    stages: ruleStages,
    scope: where?.scope ?? null,
    detect,
    views,
    detectKey: JSON.stringify([detect, views]),
    minScore: score(source.minScore ?? 0),
    action,
    hold,
    shadow: source.shadow ?? false,
    onUnknown: source.onUnknown ?? defaults.onUnknown,
  };
  return { rule, headers: [...(where?.headers ?? []), ...headersOf(action)], named: where?.named ?? null };
}

/** To hold what nothing changes or stops would only be slow. */
export function checkHold(of: readonly Stage[], { kind }: Action, note: Note): void {
  if (!of.includes("reply"))
    note(["hold"], "this rule judges no reply that could be held; write stage: reply, or no hold");
  if (kind === "allow" || kind === "flag" || kind === "route")
    note(["hold"], `${kind} lets every reply go; write mark, redact, replace or block, or no hold`);
}

const inOrder = (written: readonly ViewKind[]): readonly ViewKind[] =>
  viewKinds.filter((kind) => written.includes(kind));

function stagesOf(stage: RuleSource["stage"]): readonly Stage[] {
  const written = Array.isArray(stage) ? stage : [stage];
  return stages.filter((each) => written.includes(each));
}

/** What tools bring into a prompt stands in such a place. */
const mayLookAtTools = (scope: Rule["scope"]): boolean =>
  scope === null || scope.places === null || scope.places.includes("tool-result") || scope.places.includes("document");
