// One exchange as each of its sinks tells it, in one shape: fields of the verdict record. `told` names the sink.

import { type VerdictField, verdictFields } from "../../../src/telemetry/verdict-fields.ts";
import type { Scalar } from "../../../src/telemetry/verdict-record.ts";
import type { Attributes } from "../../helpers/otlp-messages.ts";
import type { AccessRecord } from "../../helpers/envoy.ts";
import { model } from "../system.ts";
import { type Told, untraced } from "../telemetry-sinks.ts";
import type { Line } from "./bench.ts";
import { total } from "./counters.ts";
import type { Row } from "./row.ts";

export type Facts = Readonly<Partial<Record<VerdictField, Scalar>>>;
export const fields = Object.keys(verdictFields) as readonly VerdictField[];

/** What the table says; fields that are measured or drawn are left out. */
export function expectedFacts({ facts, hits = [], unjudged = {} }: Row): Facts {
  const acting = hits.filter(({ shadow }) => shadow !== true);
  const list = (words: readonly string[]): string => [...new Set(words)].sort().join(",");
  return {
    schema: 1,
    verdict: "allow",
    stage: "reply",
    prompt_verdict: "allow",
    reply_verdict: "allow",
    rule: "",
    action: "",
    cause: "",
    categories: list(acting.flatMap(({ stages }) => Object.values(stages).flatMap(Object.keys))),
    actions: list(
      acting.map(({ rule, action, stages }) => {
        const found = Object.values(stages).reduce((sum, categories) => sum + total(categories), 0);
        return `${rule}:${action}:${found}`;
      }),
    ),
    shadow: list(hits.filter(({ shadow }) => shadow).map(({ rule }) => rule)),
    unknown: "",
    degraded: false,
    degraded_why: "",
    excepted: "",
    unjudged: Object.entries(unjudged)
      .map(([kind, count]) => `${kind}:${count}`)
      .join(","),
    coverage_unjudged: total(unjudged),
    dialect: "openai",
    operation: "openai/chat-completions",
    route: "model",
    model,
    tools: "",
    path: "/v1/chat/completions",
    tenant: "",
    user: "",
    models: "",
    placeholders: 0,
    restored: 0,
    stream: false,
    local: false,
    ...facts,
  };
}

const pick = (of: (field: VerdictField) => unknown): Facts =>
  Object.fromEntries(fields.flatMap((field) => (of(field) === undefined ? [] : [[field, of(field) as Scalar]])));

export const inEnvoyLog = ({ sallyport = {} }: AccessRecord): Facts => pick((field) => sallyport[field]);
export const inLine = (line: Line): Facts => pick((field) => line[field]);

/** All that Envoy sends out. Texts where the sink has only these; `-` stands for nothing. */
export function inEnvoySinks({ json, text, service, log, span }: Told): Readonly<Record<string, Facts>> {
  const read = (field: VerdictField, written: unknown): Scalar | undefined => {
    if (typeof written !== "string" || written === "-") return undefined;
    const { type } = verdictFields[field];
    if (type === "string") return written;
    return type === "boolean" ? written === "true" : Number(written);
  };
  const { sallyport = {} } = json;
  return {
    "Envoy's JSON line": inEnvoyLog(json),
    "Envoy's text line": pick((field) => read(field, new RegExp(`(?:^| )${field}=(\\S*)`).exec(text)?.[1])),
    "Envoy's access log service": pick((field) => service.sallyport?.[field]),
    "Envoy's log record": pick((field) => read(field, log.attributes[`sallyport.${field}`])),
    "Envoy's span": pick(
      (field) => span.attributes[`sallyport.${field}`] ?? (untraced.has(field) ? sallyport[field] : undefined),
    ),
  };
}

/** The exchange's own span, or its event among the log records: a text that says nothing is left out there. */
export const inOwnAttributes = (attributes: Attributes): Facts =>
  pick((field) => attributes[`sallyport.${field}`] ?? (verdictFields[field].type === "string" ? "" : undefined));
