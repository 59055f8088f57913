// Counters of Envoy and of the guard before and after one exchange, and what they are to have counted by the row of a table.

import type { Bench } from "./bench.ts";
import type { Row } from "./row.ts";
import type { Facts } from "./told.ts";

/** By name and labels, as they are written. */
export type Counts = Readonly<Record<string, number>>;
export type Counters = { readonly envoy: Counts; readonly guard: Counts };

export async function countersOf({ system }: Bench, hasGuard = true): Promise<Counters> {
  const url = `http://127.0.0.1:${system.envoy.adminPort}/stats?format=json&type=Counters&filter=^sallyport`;
  const { stats } = (await (await fetch(url)).json()) as { stats: readonly { name: string; value: number }[] };
  return {
    envoy: Object.fromEntries(stats.map(({ name, value }) => [name, value])),
    guard: hasGuard ? countsIn(await system.guard.metrics()) : {},
  };
}

function countsIn(page: string): Counts {
  const lines = page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => {
      const end = line.lastIndexOf(" ");
      return [line.slice("sallyport_".length, end), Number(line.slice(end + 1))];
    }),
  );
}

/** What grew, by how much. */
export function grown(before: Counts, after: Counts): Counts {
  const names = Object.keys(after).filter((name) => after[name] !== (before[name] ?? 0));
  return Object.fromEntries(names.map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)]));
}

/** Envoy writes tags into names so. */
export function envoyCounts(facts: Facts): Counts {
  const { verdict, stage, rule, action, cause, degraded } = facts;
  return {
    [`sallyport.verdicts.verdict.${verdict}.stage.${stage}`]: 1,
    ...(cause ? { [`sallyport.causes.cause.${cause}.stage.${stage}`]: 1 } : {}),
    ...(rule ? { [`sallyport.rules.rule.${rule}.action.${action}.stage.${stage}`]: 1 } : {}),
    ...(degraded === true ? { "sallyport.degraded": 1 } : {}),
  };
}

/** Of the families that say what became of exchanges. */
const told =
  /^(verdicts|blocks|rule_hits|category_hits|shadow_disagreements|rule_unknown|excepted|unknown|degraded|shortages|unreadable|unjudged|claims|exchanges|unmatched|placeholders_restored|characters_judged)_total/;
export const toldCounts = (counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).filter(([name]) => told.test(name)));

const ends: Readonly<Record<string, string>> = { block: "blocked", aborted: "aborted", failed: "failed" };

export function guardCounts(facts: Facts, row: Row): Counts {
  const { verdict, stage, prompt_verdict, reply_verdict, cause, operation, restored } = facts;
  const { hits = [], shortStage, unmatched, unread, unjudged = {}, excepted = {} } = row;
  const counts = new Map<string, number>();
  const add = (name: string, labels: Readonly<Record<string, unknown>>, by = 1): void => {
    const written = Object.entries(labels).map(([label, value]) => `${label}="${String(value)}"`);
    const key = `${name}_total{${written.join(",")}}`;
    if (by > 0) counts.set(key, (counts.get(key) ?? 0) + by);
  };
  add("exchanges", { operation, end: ends[String(verdict)] ?? "complete" });
  for (const [at, word] of [
    ["prompt", prompt_verdict],
    ["reply", reply_verdict],
  ] as const)
    if (word !== "none") add("verdicts", { stage: at, verdict: word });
  if (verdict === "block") add("blocks", { stage, cause: String(cause).split(":")[0] });
  for (const { rule, action, shadow = false, would, stages } of hits) {
    for (const categories of Object.values(stages)) {
      add("rule_hits", { rule, action, shadow }, total(categories));
      for (const category of Object.keys(categories)) add("category_hits", { rule, category });
      if (would !== undefined) add("shadow_disagreements", { rule, would });
    }
  }
  for (const each of String(facts.unknown).split(",").filter(Boolean)) {
    const [rule, why] = each.split(":");
    add("unknown", { cause: why });
    add("rule_unknown", { rule });
  }
  if (shortStage !== undefined) {
    add("degraded", { stage: shortStage });
    for (const why of String(facts.degraded_why).split(",")) add("shortages", { stage: shortStage, cause: why });
  }
  for (const [kind, count] of Object.entries(unjudged)) add("unjudged", { kind }, count);
  for (const [exception, count] of Object.entries(excepted)) add("excepted", { exception }, count);
  if (unread !== undefined) add("unreadable", { why: unread });
  if (unmatched !== undefined) add("unmatched", { outcome: unmatched });
  const plain = Number(restored) > 0 ? { placeholders_restored_total: Number(restored) } : {};
  return { ...Object.fromEntries(counts), ...plain };
}

/** Milliseconds that the guard's metrics grew by, under the names that the record has for them. */
export function timesIn(counts: Counts): Facts {
  const sum = (name: string, stages: readonly string[]): number =>
    stages.reduce((ms, stage) => ms + 1000 * (counts[name.replace("STAGE", `stage="${stage}"`)] ?? 0), 0);
  const both = ["prompt", "reply"];
  return {
    prompt_ms: sum("judge_seconds_sum{STAGE}", ["prompt"]),
    reply_ms: sum("judge_seconds_sum{STAGE}", ["reply"]),
    window_ms: sum("window_seconds_sum", [""]),
    read_ms: sum('phase_seconds_total{STAGE,phase="read"}', both),
    decide_ms: sum('phase_seconds_total{STAGE,phase="decide"}', both),
    added_ms: sum("added_seconds_sum{STAGE}", both),
    hold_ms: Math.max(...both.map((stage) => sum("hold_seconds_sum{STAGE}", [stage]))),
  };
}

export const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
