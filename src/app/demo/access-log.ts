// One line of Envoy's access log (envoy/gateway.yaml), as far as people are shown it. Parsed at this edge, once.

import { z } from "zod";

const text = z.string().nullish().catch(null);
const count = z.number().nullish().catch(null);

const schema = z.looseObject({
  time: text,
  method: text,
  path: text,
  status: count,
  duration_ms: count,
  sallyport: z.looseObject({ verdict: text, stage: text, rule: text, categories: text }).catch({}),
});

export type AccessRecord = {
  readonly time: string | null;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly durationMs: number | null;
  readonly verdict: string;
  readonly stage: string | null;
  readonly rule: string | null;
  readonly categories: readonly string[];
};

/** `null` for a line that is not of the access log. */
export function parseAccessRecord(line: string): AccessRecord | null {
  const parsed = schema.safeParse(parseJson(line));
  if (!parsed.success) return null;
  const { time, method, path, status, duration_ms, sallyport } = parsed.data;
  if (typeof method !== "string" || typeof path !== "string") return null;
  return {
    time: time ?? null,
    method,
    path,
    status: status ?? null,
    durationMs: duration_ms ?? null,
    verdict: sallyport.verdict ?? "none",
    stage: sallyport.stage ?? null,
    rule: sallyport.rule || null,
    categories: (sallyport.categories ?? "").split(",").filter((category) => category !== ""),
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
