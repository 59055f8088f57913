// One exchange of a sample, in this process: its bodies through the gates, as Envoy would bring them.

import type { Operation, RequestHead } from "../../src/domain/dialect.ts";
import type { ExchangeReport } from "../../src/domain/verdict.ts";
import type { ExchangeLimits } from "../../src/exchange/parts.ts";
import type { Plan } from "../../src/guard/plan.ts";
import { createDialects, findOperation } from "../../src/content/index.ts";
import type { Sample } from "../matrix/sample.ts";
import type { Body, Reply } from "../matrix/wire.ts";
import { cutAt, exchangeOf, pushAll, type Released } from "./exchange.ts";
import { testTail } from "./rules.ts";

/** Nothing here may depend on how busy the machine is. */
const patient = { promptBudgetMs: 600_000, windowBudgetMs: 600_000 };

const dialects = createDialects();

export function headOf({ path, method = "POST" }: Sample, contentType: string | null): RequestHead {
  const [plainPath = "", ...query] = path.split("?");
  return { method, path: plainPath, query: query.join("?"), contentType, contentEncoding: null };
}

export function operationOf(sample: Sample): Operation {
  const operation = findOperation(dialects, headOf(sample, null));
  if (operation === null) throw new Error(`no operation for ${sample.path}`);
  return operation;
}

export type Sent = {
  readonly prompt: Body | null;
  /** `null`: the model says nothing. May depend on what it got. */
  readonly reply: Reply | ((prompt: Buffer) => Reply) | null;
  readonly cuts?: readonly number[];
  readonly onRelease?: (out: Buffer) => void;
  readonly limits?: Partial<ExchangeLimits>;
};

export type Through = {
  readonly prompt: Released;
  /** `null`: the prompt was blocked, or there was nothing to say. */
  readonly reply: Released | null;
  readonly report: ExchangeReport;
};

/** Both bodies are cut at the same places, each modulo its length. */
export async function through(plan: Plan, sample: Sample, sent: Sent): Promise<Through> {
  const exchange = exchangeOf({ plan, limits: { ...patient, ...sent.limits }, shared: { drawTail: () => testTail } });
  const { prompt: body, cuts = [], onRelease } = sent;
  const gate = exchange.openRequest(headOf(sample, body?.contentType ?? null));
  const prompt = await pushAll(gate, body === null ? [] : cutAt(body.bytes, cuts));
  let reply: Released | null = null;
  if (prompt.block === null && sent.reply !== null) {
    const { status, contentType, chunks } = typeof sent.reply === "function" ? sent.reply(prompt.bytes) : sent.reply;
    const opening = exchange.openReply({ status, contentType, contentEncoding: null }, false);
    reply = await pushAll(opening.gate, cutAt(Buffer.concat(chunks), cuts), onRelease);
  }
  return { prompt, reply, report: exchange.close("complete") };
}
