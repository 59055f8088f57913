// One exchange of any dialect in this process, through the code that Envoy's traffic takes; what comes out is dropped.

import { performance } from "node:perf_hooks";
import type { SharedParts } from "../../src/app/exchange-parts.ts";
import { standardLimits } from "../../src/config/limits.ts";
import { Exchange } from "../../src/exchange/exchange.ts";
import type { Gate } from "../../src/exchange/gate.ts";
import type { Plan } from "../../src/guard/plan.ts";
import type { DialectBody } from "./dialect-bodies.ts";

const minutesMs = 600_000;
const limits = {
  ...standardLimits,
  requestBytesMax: 64 * 2 ** 20,
  replyBytesMax: 64 * 2 ** 20,
  promptBudgetMs: minutesMs,
  windowBudgetMs: minutesMs,
};
export async function through(
  { path, contentType, prompt, reply }: DialectBody,
  plan: Plan,
  parts: SharedParts,
): Promise<{ readonly ms: number; readonly blocked: boolean }> {
  const exchange = new Exchange("ref", { ...parts, plan, limits });
  const [bare = "", query = ""] = path.split("?");
  const head = { method: "POST", path: bare, query, contentType, contentEncoding: null };
  let begun = performance.now();
  let blocked = await push(exchange.openRequest(head), () => [prompt]);
  if (reply !== null && !blocked) {
    begun = performance.now();
    const opened = exchange.openReply({ status: 200, contentType: reply.contentType, contentEncoding: null }, false);
    blocked = await push(opened.gate, reply.chunks);
  }
  const ms = performance.now() - begun;
  exchange.close("complete");
  return { ms, blocked };
}

async function push(gate: Gate, chunks: () => Iterable<Uint8Array>): Promise<boolean> {
  for (const chunk of chunks()) if ((await gate.push(chunk)).kind === "block") return true;
  return (await gate.end()).kind === "block";
}
