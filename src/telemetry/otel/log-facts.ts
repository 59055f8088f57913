/**
 * A line of the log as OpenTelemetry's log record. Pure. The line is what was told to the log, so nothing comes here that is not
 * there; the verdict record of an exchange becomes an event.
 */
import { verdictFields } from "../verdict-fields.ts";
import { attributeOf, type AttributeValue, eventNames, logAttributeOf, logField } from "./names.ts";

export type LogFacts = {
  readonly atMs: number;
  readonly level: string;
  readonly message: string;
  /** Empty: it is no event. */
  readonly event: string;
  /** `null`: of no trace. */
  readonly trace: { readonly traceId: string; readonly spanId: string } | null;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
};

/** What the log calls an exchange's line. */
export const exchangeMessage = "exchange";

/** `null`: no line of the log. */
export function logFacts(line: string): LogFacts | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof parsed !== "object" || parsed === null) return null;
  const { level, time, msg, trace_id, span_id, ...fields } = parsed as Readonly<Record<string, unknown>>;
  if (typeof level !== "string" || typeof msg !== "string") return null;
  const atMs = typeof time === "string" ? Date.parse(time) : Number.NaN;
  const isExchange = msg === exchangeMessage && "verdict" in fields;
  const attributes: Record<string, AttributeValue> = {};
  for (const [field, value] of Object.entries(fields)) {
    const told = attributeValue(value);
    if (told === null || !logField.test(field)) continue;
    attributes[nameOf(field, isExchange)] = field === "stack" && Array.isArray(told) ? told.join("\n") : told;
  }
  return {
    atMs: Number.isNaN(atMs) ? 0 : atMs,
    level,
    message: msg,
    event: isExchange ? eventNames.exchange : "",
    trace: isHex(trace_id, 32) && isHex(span_id, 16) ? { traceId: trace_id, spanId: span_id } : null,
    attributes,
  };
}

function nameOf(field: string, isExchange: boolean): string {
  if (field === "request_id") return "sallyport.request_id";
  if (isExchange && Object.hasOwn(verdictFields, field)) return attributeOf(field as keyof typeof verdictFields);
  if (field === "error") return "exception.type";
  return field === "stack" ? "exception.stacktrace" : logAttributeOf(field);
}

/** `null`: there is nothing to tell. */
function attributeValue(value: unknown): AttributeValue | null {
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "string") return value === "" ? null : value;
  if (!Array.isArray(value)) return null;
  return value.filter((each) => typeof each === "string");
}

const isHex = (value: unknown, digits: number): value is string =>
  typeof value === "string" && value.length === digits && /^[0-9a-f]+$/.test(value);
