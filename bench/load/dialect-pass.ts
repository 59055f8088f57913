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
/** Looks at what is held on the way. */
const looks = 20;

/** `look`: told the share that is through, now and then, `null` at the end. */
export async function through(
  { path, contentType, prompt, reply }: DialectBody,
  plan: Plan,
  parts: SharedParts,
  look: (share: number | null) => void = () => undefined,
): Promise<{ readonly ms: number; readonly blocked: boolean }> {
  const exchange = new Exchange("ref", { ...parts, plan, limits });
  const [bare = "", query = ""] = path.split("?");
  const head = { method: "POST", path: bare, query, contentType, contentEncoding: null };
  let begun = performance.now();
  let blocked = await push(exchange.openRequest(head), () => [prompt], 1, reply === null ? look : () => undefined);
  if (reply !== null && !blocked) {
    begun = performance.now();
    const opened = exchange.openReply({ status: 200, contentType: reply.contentType, contentEncoding: null }, false);
    blocked = await push(opened.gate, reply.chunks, reply.count, look);
  }
  const ms = performance.now() - begun;
  exchange.close("complete");
  look(null);
  return { ms, blocked };
}

async function push(
  gate: Gate,
  chunks: () => Iterable<Uint8Array>,
  count: number,
  look: (share: number) => void,
): Promise<boolean> {
  const every = Math.max(1, Math.floor(count / looks));
  let at = 0;
  for (const chunk of chunks()) {
    if ((await gate.push(chunk)).kind === "block") return true;
    at += 1;
    if (at % every === 0) look(at / count);
  }
  return (await gate.end()).kind === "block";
}
