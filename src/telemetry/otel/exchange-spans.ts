/**
 * One exchange that ended, as spans: the exchange, its stages, their detectors and their questions to models. Pure: times are
 * known by then, so that nothing was done for a trace while it ran. Names come from names.ts; no text is told.
 */
import type { Stage } from "../../domain/segment.ts";
import type { DetectorTime, ExchangeSpans, ExchangeTimes, ModelRun, StageTimes } from "../../domain/times.ts";
import type { Trace } from "../../domain/trace.ts";
import type { ExchangeReport, RuleHit, StageVerdict } from "../../domain/verdict.ts";
import { causeOf, decidingRule, type VerdictRecord } from "../verdict-record.ts";
import { type VerdictField, verdictFields } from "../verdict-fields.ts";
import { genAiAttributes } from "./gen-ai.ts";
import { attributeOf, type Attributes, type AttributeValue, eventNames, spanNames } from "./names.ts";

/** What a thread is told of one stage: plain data. */
type StageFacts = {
  readonly kind: StageVerdict["kind"];
  readonly cause: string;
  readonly rule: string;
  readonly action: string;
  readonly degraded: boolean;
  readonly judgeMs: number;
  readonly hits: readonly RuleHit[];
};

/** What is told of one exchange: plain data, cheap to make. */
export type TracedExchange = {
  readonly trace: Trace;
  readonly times: ExchangeTimes;
  readonly spans: ExchangeSpans | null;
  readonly stages: Readonly<Record<Stage, StageFacts | null>>;
  readonly record: VerdictRecord;
};

/** Times in milliseconds since 1970. */
export type SpanEvent = { readonly name: string; readonly atMs: number; readonly attributes: Attributes };
export type SpanFacts = {
  readonly name: string;
  readonly kind: "server" | "internal";
  readonly traceId: string;
  readonly spanId: string;
  /** `null`: the trace begins here. */
  readonly parentId: string | null;
  readonly beganMs: number;
  readonly endedMs: number;
  /** The guard failed; a block is no failure. */
  readonly failed: boolean;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  /** Events beyond the bound. */
  readonly eventsLeft: number;
};

/** Findings of one stage that are events of their own. */
export const eventsMax = 32;

/** `null`: no trace wants it. */
export function tracedExchange(report: ExchangeReport, record: VerdictRecord): TracedExchange | null {
  const { trace, times, spans } = report;
  if (trace === null || !trace.sampled) return null;
  const stages = {
    prompt: stageFacts(report.prompt, report.promptMs),
    reply: stageFacts(report.reply, report.replyMs),
  };
  return { trace, times, spans, stages, record };
}

function stageFacts(verdict: StageVerdict | null, judgeMs: number): StageFacts | null {
  if (verdict === null) return null;
  const { kind, degraded, hits } = verdict;
  return { kind, cause: causeOf(verdict), ...decidingRule(verdict), degraded, judgeMs, hits };
}

/** How many spans it becomes. */
export const spanCount = ({ stages, times, spans }: TracedExchange): number =>
  1 +
  (["prompt", "reply"] as const).filter((stage) => stages[stage] !== null && times[stage] !== null).length +
  (spans?.detectors.length ?? 0) +
  (spans?.runs.length ?? 0);

export type SpanParts = {
  /** 16 lower-case hex digits, not all 0. */
  readonly drawSpanId: () => string;
  /** What `nowMs` 0 is in milliseconds since 1970. */
  readonly originMs: number;
};

/** The exchange's own span first, each parent before its children. */
export function exchangeSpans(exchange: TracedExchange, { drawSpanId, originMs }: SpanParts): readonly SpanFacts[] {
  const { trace, times, spans, stages, record } = exchange;
  const out: SpanFacts[] = [];
  const failed = record.verdict === "failed";
  const at = (beganMs: number, endedMs: number) => ({
    beganMs: originMs + beganMs,
    endedMs: originMs + Math.max(beganMs, endedMs),
  });
  const add = (span: Omit<SpanFacts, "traceId" | "kind" | "events" | "eventsLeft"> & Partial<SpanFacts>): string => {
    out.push({ kind: "internal", events: [], eventsLeft: 0, ...span, traceId: trace.traceId });
    return span.spanId;
  };
  add({
    name: spanNames.exchange,
    // Envoy called, so that this is the other end of its client span.
    kind: "server",
    spanId: trace.spanId,
    parentId: trace.parentId,
    ...at(times.beganMs, times.endedMs),
    failed,
    attributes: exchangeAttributes(exchange),
  });
  const stageIds: Partial<Record<Stage, string>> = {};
  for (const stage of ["prompt", "reply"] as const) {
    const [facts, time] = [stages[stage], times[stage]];
    if (facts === null || time === null) continue;
    const span = at(time.beganMs, time.endedMs);
    stageIds[stage] = add({
      name: spanNames[stage],
      spanId: drawSpanId(),
      parentId: trace.spanId,
      ...span,
      failed: facts.kind === "failed",
      attributes: stageAttributes(stage, facts, time),
      ...eventsOf(facts, span.endedMs),
    });
  }
  const under = (stage: Stage) => ({ spanId: drawSpanId(), parentId: stageIds[stage] ?? trace.spanId });
  for (const { stage, rules, cost, beganMs, endedMs, busyMs, windows } of spans?.detectors ?? [])
    add({
      name: rules[0] === undefined ? spanNames.detector : `${spanNames.detector} ${rules[0]}`,
      ...under(stage),
      ...at(beganMs, endedMs),
      failed: false,
      attributes: detectorAttributes({ stage, rules, cost, busyMs, windows }),
    });
  for (const run of spans?.runs ?? [])
    add({
      name: `${spanNames.model} ${run.model}`,
      ...under(run.stage),
      ...at(run.beganMs, run.endedMs),
      failed: run.failed,
      attributes: runAttributes(run),
    });
  return out;
}

/** A field that says nothing is left out. */
export function recordAttributes(record: Readonly<Partial<VerdictRecord>>): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const field of Object.keys(verdictFields) as VerdictField[]) {
    const value = record[field];
    if (value !== undefined && value !== "") attributes[attributeOf(field)] = value;
  }
  return attributes;
}

function exchangeAttributes({ record, spans }: TracedExchange): Attributes {
  const { dialect, operation, model } = record;
  return {
    ...recordAttributes(record),
    ...genAiAttributes({ dialect: String(dialect), operation: String(operation), model: String(model) }),
    ...(spans === null || spans.left === 0 ? {} : { "sallyport.spans_left": spans.left }),
    ...(record.verdict === "failed" ? { "error.type": "guard" } : {}),
  };
}

function stageAttributes(stage: Stage, facts: StageFacts, time: StageTimes): Attributes {
  const { kind, cause, rule, action, degraded, judgeMs } = facts;
  return {
    "sallyport.stage": stage,
    "sallyport.verdict": kind,
    ...(cause === "" ? {} : { "sallyport.cause": cause }),
    ...(rule === "" ? {} : { "sallyport.rule": rule }),
    ...(action === "" ? {} : { "sallyport.action": action }),
    "sallyport.degraded": degraded,
    "sallyport.judge_ms": rounded(judgeMs),
    "sallyport.read_ms": rounded(time.readMs),
    "sallyport.decide_ms": rounded(time.decideMs),
    "sallyport.hold_ms": rounded(time.holdMs),
    "sallyport.added_ms": rounded(time.addedMs),
    ...(kind === "failed" ? { "error.type": "guard" } : {}),
  };
}

const detectorAttributes = (time: Omit<DetectorTime, "beganMs" | "endedMs">): Attributes => ({
  "sallyport.stage": time.stage,
  "sallyport.detector.rules": time.rules,
  "sallyport.detector.cost": time.cost,
  "sallyport.detector.busy_ms": rounded(time.busyMs),
  "sallyport.detector.windows": time.windows,
});

const runAttributes = (run: ModelRun & { readonly stage: Stage }): Attributes => ({
  "sallyport.stage": run.stage,
  "sallyport.guard_model.name": run.model,
  "sallyport.guard_model.digest": run.digest,
  "sallyport.guard_model.runtime": run.runtime,
  "sallyport.guard_model.precision": run.precision,
  "sallyport.run.rows": run.rows,
  "sallyport.run.batch_rows": run.batchRows,
  "sallyport.run.batch_tokens": run.batchTokens,
  "sallyport.run.tokenise_ms": rounded(run.tokeniseMs),
  "sallyport.run.queue_ms": rounded(run.queueMs),
  "sallyport.run.infer_ms": rounded(run.inferMs),
  ...(run.failed ? { "error.type": "model" } : {}),
});

/** When each was found is not kept: they stand where the stage's word was spoken. */
function eventsOf(facts: StageFacts, atMs: number): Pick<SpanFacts, "events" | "eventsLeft"> {
  const found = facts.hits.flatMap(({ rule, action, shadow, categories, scores }) =>
    categories.map(
      (category, at): SpanEvent => ({
        name: eventNames.finding,
        atMs,
        attributes: {
          "gen_ai.evaluation.name": category,
          "gen_ai.evaluation.score.value": scores[at] ?? 0,
          "gen_ai.evaluation.score.label": action,
          "sallyport.rule": rule,
          "sallyport.enforced": !shadow,
        },
      }),
    ),
  );
  const { cause, rule } = facts;
  const attributes: Attributes = { "sallyport.cause": cause, ...(rule === "" ? {} : { "sallyport.rule": rule }) };
  const block: readonly SpanEvent[] = facts.kind === "block" ? [{ name: eventNames.block, atMs, attributes }] : [];
  return { events: [...found.slice(0, eventsMax), ...block], eventsLeft: Math.max(0, found.length - eventsMax) };
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
