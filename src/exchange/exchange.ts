/**
 * One request and its reply, without any transport: opens the gates, remembers the prompt, sums up what happened.
 *
 * Envoy's protocol, the command line and the benchmarks all run this. It holds the policy it began with to its end, and
 * is found by its owner's object alone, never by anything that a client sent.
 */
import type { Operation, ReplyHead, RequestHead } from "../domain/dialect.ts";
import type { ExchangeFacts, ModelName } from "../domain/facts.ts";
import type { BlockCause, ExchangeReport } from "../domain/verdict.ts";
import type { Stage } from "../domain/segment.ts";
import { meterWith } from "../domain/times.ts";
import type { Mark } from "../guard/word.ts";
import { type Cleared, ownWords } from "../guard/cleared.ts";
import { type JudgeEnd, StageJudge } from "../guard/judge.ts";
import { after, type MaybeAsync } from "../stdx/maybe-async.ts";
import { Ledger } from "../guard/ledger.ts";
import type { Begun } from "../guard/plan.ts";
import type { PlacedFinding } from "../guard/tally.ts";
import { type Answer, type AnswerContext, answerFor, factsFor } from "./answers.ts";
import { factsOf } from "./facts.ts";
import type { Gate, GateOutput } from "./gate.ts";
import { RecalledNames } from "./conversation.ts";
import { Held } from "./held.ts";
import { PromptMemory, promptOf } from "./memory.ts";
import { openPassGate } from "./pass-gate.ts";
import { type ExchangeParts, noContext, nothingAside, type ReplyOpening, type RequestContext } from "./parts.ts";
import { Recorder } from "./recorder.ts";
import { promptReading, replyReading, unreadAtHead, unreadHead } from "./reading.ts";
import { openStreamGate } from "./stream-gate.ts";
import { watchedGate } from "./watched-gate.ts";
import { openWholeGate } from "./whole-gate.ts";

/** One for all: its stack would tell nothing, and each exchange would pay for it. */
const exchangeOver = new DOMException("the exchange is over", "AbortError");

export class Exchange {
  readonly reference: string;
  readonly memory: PromptMemory;
  readonly #parts: ExchangeParts;
  readonly #over = new AbortController();
  readonly #prompt: StageJudge;
  readonly #reply: StageJudge;
  readonly #ledger: Ledger;
  readonly #names: RecalledNames;
  readonly #gates: Gate[] = [];
  readonly #recorder: Recorder;
  #operation: Operation | null = null;
  #context: RequestContext = noContext;
  #head: RequestHead | null = null;
  #facts: ExchangeFacts | null = null;
  readonly #begun: Begun;
  #model: string | null = null;
  #echo: string | null = null;
  #wantsStream = false;
  #replyStreams = false;
  #promptOpen = false;
  #replyOpen = false;
  #promptEnd: JudgeEnd = "aborted";
  #replyEnd: JudgeEnd = "aborted";
  #local = false;

  /** `reference` is opaque and unique; it is told to the client in a block and to the operator in the log. */
  constructor(reference: string, parts: ExchangeParts) {
    this.reference = reference;
    this.#parts = parts;
    this.memory = new PromptMemory(parts.limits.memoryCharactersMax, parts.holdings);
    this.#ledger = new Ledger(parts.drawTail);
    this.#names = new RecalledNames(parts.vault, this.#ledger);
    const redact = { label: parts.plan.label, pseudonym: parts.pseudonym, ledger: this.#ledger };
    this.#prompt = new StageJudge("prompt", parts.plan, parts.pace, redact);
    this.#reply = new StageJudge("reply", parts.plan, parts.pace, redact);
    this.#begun = parts.plan.begin(parts.clock.epochS());
    this.#scope({ kind: "unclear" });
    const { clock, tracing } = parts;
    this.#recorder = new Recorder({ clock, tracing, spec: parts.plan.policy.report });
    meterWith(this.#over.signal, this.#recorder);
  }

  /** Who asks, and under which ids: told even of what is turned away. */
  hears(head: RequestHead, context: RequestContext): void {
    this.#context = context;
    this.#head = head;
    this.#recorder.requestCame(head, context);
  }

  openRequest(head: RequestHead, context: RequestContext = noContext): Gate {
    this.hears(head, context);
    const { limits, formats, holdings } = this.#parts;
    this.#promptOpen = true;
    this.#begin("prompt");
    this.#operation = formats.match(head, this.#parts.plan.policy);
    this.#scope({ kind: "unclear" });
    const gate = openWholeGate({
      ...this.#shared(head, "prompt"),
      judge: this.#prompt,
      held: new Held(limits.requestBytesMax, holdings, this.#recorder.clocks.prompt),
      reading: promptReading(this.#operation, head, this.#parts.plan.asked),
      strict: this.#operation === null,
      unreadHead: unreadHead(this.#operation, head),
      instead: () => null,
      onRead: (extraction, signal, clear) => {
        this.memory.keep(extraction, clear && this.#operation?.answersEarlier === undefined);
        if (extraction === null) return undefined;
        this.#recorder.promptRead(extraction);
        this.#model = extraction.model;
        this.#echo = extraction.echo;
        this.#wantsStream = extraction.stream;
        const { model, modelRepeated } = extraction;
        if (model !== null && !modelRepeated) this.#scope({ kind: "named", name: model });
        const scores = this.#parts.scores?.of(context.tenant, this.#parts.plan.policy.version);
        return after(this.#names.recall(this.#context, extraction), () =>
          this.#prompt.remembers ? this.#prompt.remember(signal, promptOf(extraction, scores), null) : undefined,
        );
      },
    });
    return this.#watch("prompt", gate);
  }

  /**
   * The cause when the head alone says that nobody can read this prompt and the policy refuses what cannot be read: the
   * body need not be waited for. `bodyFollows`: without one, only the path and the query count.
   */
  refusedAtHead(head: RequestHead, bodyFollows: boolean): BlockCause | null {
    const why = unreadAtHead(this.#operation, head, bodyFollows);
    if (why === null || this.#parts.plan.policy.onUnreadable !== "block") return null;
    this.#promptEnd = "complete";
    return this.#prompt.block({ kind: "unreadable", why });
  }

  /** `local`: Envoy itself made this reply (a 413, an unreachable upstream): it passes as it is, counted as not inspected. */
  openReply(head: ReplyHead, local: boolean): ReplyOpening {
    const { limits, formats, holdings } = this.#parts;
    this.#replyOpen = true;
    this.#begin("reply");
    this.#local = local;
    if (local) {
      const gate = this.#watch("reply", openPassGate(this.#reply));
      return { gate, plain: false, streams: false, hasAside: nothingAside };
    }
    this.#scopeReply();
    const restorable = this.#ledger.seal();
    const restorer = restorable.size === 0 ? null : this.#parts.openRestorer(restorable);
    const opening = this.#reply.remember(this.#over.signal, this.memory, restorer);
    const reading = replyReading(this.#operation, formats, head, this.#parts.plan.asked);
    if (reading.kind === "stream") {
      this.#replyStreams = true;
      const gate = openStreamGate({
        ...this.#shared(head, "reply"),
        judge: this.#reply,
        held: new Held(limits.heldBytesMax, holdings, this.#recorder.clocks.reply),
        format: reading.format,
        reader: reading.operation.openStream(this.#parts.plan.asked),
        facts: (cause) => factsFor(cause, this.#answerContext("reply")),
      });
      return { gate: this.#watch("reply", gate, opening), plain: gate.plain, streams: true, hasAside: gate.hasAside };
    }
    const gate = openWholeGate({
      ...this.#shared(head, "reply"),
      judge: this.#reply,
      held: new Held(limits.replyBytesMax, holdings, this.#recorder.clocks.reply),
      reading: reading.result,
      strict: false,
      unreadHead: null,
      instead: (cause) => this.#answerInPlace(cause),
      onRead: () => undefined,
    });
    return { gate: this.#watch("reply", gate, opening), plain: false, streams: false, hasAside: nothingAside };
  }

  #begin(stage: Stage): void {
    (stage === "prompt" ? this.#prompt : this.#reply).time(this.#recorder.begin(stage));
  }

  /** What all gates are given. */
  #shared({ contentEncoding }: Pick<RequestHead, "contentEncoding">, stage: Stage) {
    const { limits, formats, pace } = this.#parts;
    const clock = this.#recorder.clocks[stage];
    return { limits, pace, clock, contentEncoding, cancelled: this.#over.signal, readText: formats.readText };
  }

  /** The transport does not show (all of) this stage's body: what the policy says of that. */
  uninspected(stage: Stage): GateOutput {
    const judge = stage === "prompt" ? this.#prompt : this.#reply;
    const treatment = judge.unreadable("not-inspected", false);
    if (treatment.kind === "block")
      return this.#seen(stage, { kind: "block", cause: treatment.cause, before: [], cut: null });
    return this.#seen(stage, { kind: "clear", cleared: [], whole: true, changed: false });
  }

  /** What the client gets in place of a reply, while nothing of one has gone out. */
  answer(stage: Stage, cause: BlockCause): Answer {
    return answerFor(cause, this.#answerContext(stage));
  }

  /** Headers that rules of this stage ask for by now. */
  marks(stage: Stage): readonly Mark[] {
    return (stage === "prompt" ? this.#prompt : this.#reply).marks;
  }

  /** What the rules' scopes were asked about. */
  get facts(): ExchangeFacts | null {
    return this.#facts;
  }

  /** What was found so far, where; the first of many. */
  findings(stage: Stage): readonly PlacedFinding[] {
    return (stage === "prompt" ? this.#prompt : this.#reply).findings;
  }

  /** Of the policy. `asked`: the request's, to be read. `marks`: it sets them, so a client may not bring them; `routes`: these choose a route. */
  get headerNames(): Readonly<Record<"asked" | "marks" | "routes", readonly string[]>> {
    const { policy, markNames, routeNames } = this.#parts.plan;
    return { asked: policy.headers, marks: markNames, routes: routeNames };
  }

  /** The policy chose a route that can no longer be had: the head that was to say so is out. */
  routeTooLate(): BlockCause {
    return this.#prompt.block({ kind: "route-too-late" });
  }

  /** Sheds the exchange before it began. */
  shed(): BlockCause {
    this.#promptOpen = true;
    return this.#prompt.block({ kind: "overloaded" });
  }

  /** What is known by now. */
  report(isOver = false): ExchangeReport {
    return {
      exchange: this.reference,
      requestId: this.#context.requestId,
      policy: this.#parts.plan.policy.version,
      operation: this.#operation?.id ?? "unknown",
      dialect: this.#operation?.dialect ?? "unknown",
      stream: this.#replyStreams,
      local: this.#local,
      tenant: this.#context.tenant,
      route: this.#context.route,
      placeholders: { issued: this.#ledger.count, restored: this.#ledger.restored, names: this.#names.outcome },
      prompt: this.#promptOpen ? this.#prompt.verdict(this.#promptEnd) : null,
      reply: this.#replyOpen ? this.#reply.verdict(this.#replyEnd) : null,
      ...this.#recorder.recorded(isOver),
    };
  }

  /** Whoever asked is gone: work under way stops. `close` still has to be called. */
  abandon(): void {
    this.#over.abort(exchangeOver);
  }

  /** The exchange is over: work stops, what was held is given back, the prompt is forgotten. Idempotent. */
  close(end: JudgeEnd): ExchangeReport {
    if (end === "failed") {
      if (this.#promptEnd !== "complete") this.#promptEnd = "failed";
      else if (this.#replyEnd !== "complete") this.#replyEnd = "failed";
    }
    const report = this.report(true);
    this.abandon();
    for (const gate of this.#gates.splice(0)) gate.close();
    this.memory.forget();
    this.#ledger.forget();
    return report;
  }

  /** Picks the rules that apply. The model is known only when the prompt was read. */
  #scope(model: ModelName): void {
    const isScoped = this.#facts !== null;
    const { plan } = this.#parts;
    this.#facts = factsOf(this.#head, this.#context, this.#operation, model);
    if (isScoped && !plan.isScoped) return; // the same rules for everybody
    const scoped = plan.scoped(this.#facts, this.#begun);
    this.#names.scope(scoped.stable);
    this.#prompt.scope(scoped);
    this.#reply.scope(scoped);
  }

  /** What the prompt's rules made of it is known when all of it was judged. */
  #scopeReply(): void {
    const { plan } = this.#parts;
    if (!plan.asksPrompt || this.#promptEnd !== "complete" || this.#facts === null) return;
    if (this.#operation?.answersEarlier !== undefined) return;
    this.#facts = { ...this.#facts, promptRules: this.#prompt.matches };
    this.#reply.scope(plan.scoped(this.#facts, this.#begun));
  }

  #answerContext(stage: Stage): AnswerContext {
    return {
      stage,
      operation: this.#operation ?? this.#parts.formats.fallback,
      reference: this.reference,
      createdS: this.#parts.clock.epochS(),
      model: this.#model,
      echo: this.#echo,
      stream: stage === "prompt" ? this.#wantsStream : this.#replyStreams,
    };
  }

  /** Below a head that is out already: the status can no longer say it, so the body does. */
  #answerInPlace(cause: BlockCause): Cleared {
    return ownWords(this.answer("reply", cause).body);
  }

  /** Notes when a stage is complete. Nothing is judged before `opening` is done. */
  #watch(stage: Stage, gate: Gate, opening?: MaybeAsync<void>): Gate {
    this.#gates.push(gate);
    const clock = this.#recorder.clocks[stage];
    const streams = stage === "reply" && this.#replyStreams;
    return watchedGate(gate, { clock, opening, streams, seen: (output) => this.#seen(stage, output) });
  }

  #seen(stage: Stage, output: GateOutput): GateOutput {
    if (output.kind === "clear" && !output.whole) return output;
    this.#ledger.keepNames(output.kind === "clear");
    if (stage === "prompt") {
      this.#promptEnd = "complete";
      this.memory.judged(this.#prompt.verdict("complete"), this.#prompt.findings);
    } else this.#replyEnd = "complete";
    return output;
  }
}
