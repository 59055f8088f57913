/**
 * What is told of an exchange beside its verdicts: how long it took and where, which models were asked, its place in a trace, and
 * names that the policy lists. Bounded; keeps no text.
 */
import type { Extraction, RequestHead } from "../domain/dialect.ts";
import type { Clock } from "../domain/ports.ts";
import { Private } from "../domain/private.ts";
import { type NamedParts, nothingNamed, type ReportSpec, toldName, toldNames } from "../domain/report.ts";
import type { Stage } from "../domain/segment.ts";
import { type ExchangeSpans, type ModelMeter, type ModelRun, recalledRuntime } from "../domain/times.ts";
import type { Trace, Tracing } from "../domain/trace.ts";
import type { ExchangeReport } from "../domain/verdict.ts";
import { CheckTimes } from "../guard/check-times.ts";
import type { RequestContext } from "./parts.ts";
import { ModelUses } from "./model-uses.ts";
import { StageClock } from "./stage-clock.ts";

/** Texts that models were asked about, told one by one in a trace. */
export const tracedRunsMax = 64;

export type RecorderParts = { readonly clock: Clock; readonly spec: ReportSpec; readonly tracing: Tracing };

type Recorded = Pick<
  ExchangeReport,
  "principal" | "named" | "trace" | "times" | "models" | "spans" | "promptMs" | "replyMs" | "windowMaxMs"
>;

export class Recorder implements ModelMeter {
  readonly clocks: Readonly<Record<Stage, StageClock>>;
  readonly #parts: RecorderParts;
  readonly #beganMs: number;
  readonly #uses = new ModelUses();
  #named: NamedParts = nothingNamed;
  #principal: Private | null = null;
  #trace: Trace | null = null;
  #checks: Readonly<Record<Stage, CheckTimes>> | null = null;
  #runs: (ModelRun & { readonly stage: Stage })[] = [];
  #left = 0;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    this.clocks = { prompt: new StageClock(parts.clock), reply: new StageClock(parts.clock) };
    this.#beganMs = parts.clock.nowMs();
  }

  requestCame({ path }: Pick<RequestHead, "path">, { principal, trace }: RequestContext): void {
    const { spec, tracing, clock } = this.#parts;
    this.#named = { ...nothingNamed, path: toldName(path, spec.paths), user: toldName(principal, spec.users) };
    this.#principal = principal === null ? null : new Private(principal);
    this.#trace = tracing.begin(trace.envoy, trace.request);
    if (this.#trace?.sampled !== true || !tracing.collects) return;
    this.#checks = { prompt: new CheckTimes("prompt", clock), reply: new CheckTimes("reply", clock) };
  }

  promptRead({ model, declared }: Extraction): void {
    const { models, tools } = this.#parts.spec;
    const names = declared.tools.map(({ name }) => name);
    this.#named = { ...this.#named, model: toldName(model, models), tools: toldNames(names, tools) };
  }

  /** The stage's first message has come. Gives who times its detectors; `null`: nobody wants to know. */
  begin(stage: Stage): CheckTimes | null {
    this.clocks[stage].begin();
    return this.#checks?.[stage] ?? null;
  }

  ran(run: ModelRun): void {
    this.#uses.add(run);
    if (this.#checks === null) return;
    if (this.#runs.length >= tracedRunsMax) this.#left += 1;
    else this.#runs.push({ ...run, stage: this.clocks.reply.times === null ? "prompt" : "reply" });
  }

  recalled(model: string, digest: string): void {
    const none = { tokeniseMs: 0, queueMs: 0, inferMs: 0, failed: false };
    this.#uses.add({ model, digest, runtime: recalledRuntime, precision: "", ...none });
  }

  /** `isOver`: with what is told at the end alone. */
  recorded(isOver: boolean): Recorded {
    const { prompt, reply } = this.clocks;
    return {
      principal: this.#principal,
      named: this.#named,
      trace: this.#trace,
      times: {
        beganMs: this.#beganMs,
        endedMs: this.#parts.clock.nowMs(),
        prompt: prompt.times,
        reply: reply.times,
      },
      models: this.#uses.all(),
      spans: isOver ? this.#spans() : null,
      promptMs: prompt.judgingMs,
      replyMs: reply.judgingMs,
      windowMaxMs: reply.stepMaxMs,
    };
  }

  #spans(): ExchangeSpans | null {
    if (this.#checks === null) return null;
    const { prompt, reply } = this.#checks;
    return {
      detectors: [...prompt.all(), ...reply.all()],
      runs: this.#runs,
      left: this.#left + prompt.left + reply.left,
    };
  }
}
