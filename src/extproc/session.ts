/**
 * One ext_proc stream: feeds what Envoy sent to the phase machine and the exchange, and performs what they say.
 *
 * Messages are handled strictly one after another. Never ends the stream cleanly before Envoy has closed it: whatever
 * goes wrong is thrown, and the server turns it into a non-OK status of this stream alone.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { RequestHead } from "../domain/dialect.ts";
import { parseTraceparent } from "../domain/trace.ts";
import type { BlockCause, ExchangeReport } from "../domain/verdict.ts";
import type { Stage } from "../domain/segment.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { Gate, GateOutput } from "../exchange/gate.ts";
import type { RequestContext } from "../exchange/parts.ts";
import type { GuardStream } from "./guard-stream.ts";
import { attribute, type Identity, identify } from "./identity.ts";
import { isLocalReply, readReplyHead, readRequestHead, type SentHead } from "./heads.ts";
import { type BodyMode, type Effect, type Input, initialState, type Side, type State, step } from "./phase.ts";
import { type Replies, createOutbox, type Outbox } from "./replies.ts";
import { BodySendMode, GrpcCode, type ProcessingRequest } from "./wire.ts";

export type SessionParts = {
  readonly exchange: Exchange;
  readonly replies: Replies;
  /** No permit was free: the exchange is shed at its first message. */
  readonly shed: boolean;
  readonly identity: Identity;
};

const modes: Readonly<Record<number, BodyMode>> = {
  [BodySendMode.NONE]: "none",
  [BodySendMode.STREAMED]: "streamed",
  [BodySendMode.BUFFERED]: "buffered",
  [BodySendMode.BUFFERED_PARTIAL]: "partial",
  [BodySendMode.FULL_DUPLEX_STREAMED]: "duplex",
  [BodySendMode.GRPC]: "none",
};
/** How much of a streamed reply is judged before what that clears is sent. */
const sliceBytes = 4096;
const nothing = Buffer.alloc(0);
const asItCame: SentHead = { removeHeaders: [], isForged: false };
const stageOf = { request: "prompt", response: "reply" } as const satisfies Record<Side, Stage>;

/** Runs the stream to its end, closes the exchange and gives its report. What it throws is a bug: the exchange is still open then. */
export async function runSession(stream: GuardStream, parts: SessionParts): Promise<ExchangeReport> {
  const session = new Session(stream, parts);
  stream.cancelled.addEventListener("abort", () => parts.exchange.abandon(), { once: true });
  for await (const message of stream.messages) await session.handle(message);
  return parts.exchange.close(session.failed ? "failed" : "aborted");
}

class Session {
  readonly #stream: GuardStream;
  readonly #exchange: Exchange;
  readonly #replies: Replies;
  readonly #shed: boolean;
  readonly #identity: Identity;
  readonly #gates: { request: Gate | null; response: Gate | null } = { request: null, response: null };
  readonly #heads: Record<Side, SentHead>;
  readonly #out: Record<Side, Outbox> = { request: createOutbox(), response: createOutbox() };
  #state: State | null = null;
  #message: ProcessingRequest = {};
  #cause: BlockCause | null = null;
  /** Envoy has the record of all that is known by now. */
  #told = false;
  /** The reply may leave in more pieces than it came in. */
  #slices = false;
  #hasAside = (): boolean => false;
  failed = false;

  constructor(stream: GuardStream, parts: SessionParts) {
    this.#stream = stream;
    this.#exchange = parts.exchange;
    this.#replies = parts.replies;
    this.#shed = parts.shed;
    this.#identity = parts.identity;
    this.#heads = { request: asItCame, response: asItCame };
  }

  async handle(message: ProcessingRequest): Promise<void> {
    const input = inputOf(message);
    if (input === null) return; // a kind of message that we do not know: an answer of any kind would be one that Envoy did not ask for
    this.#message = message;
    this.#state ??= begin(message);
    if (this.#shed && this.#state.over === "no") {
      if (message.request === "requestHeaders") this.#exchange.hears(...this.#readRequest());
      this.#cause = this.#exchange.shed();
      await this.#run({ on: "blocked", side: input.side, canCut: false });
      return;
    }
    await this.#run(input);
  }

  async #run(input: Input): Promise<void> {
    const [next, effects] = step(this.#state as State, input);
    this.#state = next;
    this.#told = false;
    for (const effect of effects) {
      await this.#perform(effect);
      // A block while performing ends the exchange: what this step still wanted to say is void.
      if (next.over === "no" && this.#state.over !== "no") return;
    }
  }

  async #perform(effect: Effect): Promise<void> {
    switch (effect.do) {
      case "open":
        return this.#open(effect.side);
      case "feed":
        return this.#feed(effect.side, effect.end);
      case "uninspected":
        return this.#heard(effect.side, this.#exchange.uninspected(stageOf[effect.side]));
      case "fail":
        this.failed = true;
        return this.#stream.fail(
          effect.why === "protocol_error" ? GrpcCode.INVALID_ARGUMENT : GrpcCode.ABORTED,
          effect.why,
        );
      default:
        for (const reply of this.#replies.of(effect, this.#facts(effect.side))) {
          const full = this.#stream.send(reply);
          if (full !== undefined) await full;
          this.#told ||= reply.dynamicMetadata !== undefined;
        }
    }
  }

  #facts(side: Side) {
    const { mode, done, at, bodySeen } = (this.#state as State)[side];
    return {
      exchange: this.#exchange,
      head: this.#heads[side],
      out: this.#out[side],
      mode,
      done,
      endsInBody: at === "ended" && bodySeen,
      cause: this.#cause,
      stage: stageOf[side],
      told: this.#told,
    };
  }

  async #open(side: Side): Promise<void> {
    const message = this.#message;
    if (side === "request") {
      const [head, context] = this.#readRequest();
      this.#gates.request = this.#exchange.openRequest(head, context);
      const cause = this.#exchange.refusedAtHead(head, message.requestHeaders?.endOfStream !== true);
      if (cause !== null) await this.#stopped(side, { kind: "block", cause, before: [], cut: null });
      return;
    }
    const state = this.#state as State;
    // A held prompt has not been forwarded: a reply to it can only be Envoy's own.
    const promptIsHeld = state.request.mode === "duplex" && state.request.at !== "before" && !state.request.done;
    const opening = this.#exchange.openReply(readReplyHead(message), promptIsHeld || isLocalReply(message));
    this.#heads.response = opening.plain ? { removeHeaders: ["content-encoding"], isForged: false } : asItCame;
    this.#gates.response = opening.gate;
    this.#slices = opening.streams && state.response.mode === "duplex";
    this.#hasAside = opening.hasAside;
  }

  /** The request's head, and what else is known of it. */
  #readRequest(): readonly [RequestHead, RequestContext] {
    const message = this.#message;
    const { asked, marks, routes } = this.#exchange.headerNames;
    const { head, sent, requestId, headers, traceparent } = readRequestHead(message, asked, marks, routes);
    this.#heads.request = sent;
    const trace = { envoy: parseTraceparent(this.#stream.metadata("traceparent") ?? ""), request: traceparent };
    return [head, { ...this.#vouched(message, sent.isForged), headers, requestId, trace }];
  }

  /** `isForged`: the client may have chosen the route, and with it what the route says. */
  #vouched(message: ProcessingRequest, isForged: boolean) {
    const metadata = (name: string) => (isForged ? undefined : this.#stream.metadata(name));
    return {
      route: isForged ? null : attribute(message, "xds.route_name"),
      cluster: isForged ? null : attribute(message, "xds.cluster_name"),
      tenant: identify(this.#identity.tenant, message, metadata),
      principal: identify(this.#identity.principal, message, metadata),
    };
  }

  async #feed(side: Side, end: boolean): Promise<void> {
    const gate = this.#gates[side] as Gate;
    let body = (side === "request" ? this.#message.requestBody : this.#message.responseBody)?.body ?? nothing;
    // A stream that came faster than it is judged: what its first events clear need not wait for the last of them.
    let most = side === "response" && this.#slices ? sliceBytes : Number.POSITIVE_INFINITY;
    while (body.length > most) {
      await this.#heard(side, await gate.push(body.subarray(0, most)));
      body = body.subarray(most);
      most *= 2; // the first are waited for most
      await nextTurn(); // in which Node writes what was sent
      if (this.#state?.over !== "no" || this.#stream.closed) return;
    }
    if (end && most < Number.POSITIVE_INFINITY && body.length > 0) {
      const pushed = await gate.push(body);
      if (!this.#hasAside()) return this.#heard(side, pushed.kind === "block" ? pushed : await ended(gate, pushed));
      // What is judged beside the stream holds up its end, and nothing that came with it.
      await this.#heard(side, pushed);
      await nextTurn();
      if (this.#state?.over !== "no" || this.#stream.closed) return;
      body = nothing;
    }
    await this.#heard(side, await fed(gate, body, end));
  }

  async #stopped(side: Side, { cause, before, cut }: Extract<GateOutput, { kind: "block" }>): Promise<void> {
    const out = this.#out[side];
    const any = before.some(({ bytes }) => bytes.length > 0);
    out.cleared.push(...before);
    // Duplex sends it now, as if it had come alone; a streamed piece takes it along in its one answer.
    if (any && (this.#state as State)[side].mode === "duplex")
      await this.#run({ on: "cleared", side, whole: false, any });
    this.#cause = cause;
    out.cut = cut;
    await this.#run({ on: "blocked", side, canCut: cut !== null });
  }

  #isTooLateToRoute(): boolean {
    return !headIsHeld((this.#state as State).request) && this.#exchange.marks("prompt").some(({ route }) => route);
  }

  #heard(side: Side, output: GateOutput): Promise<void> {
    if (output.kind === "block") return this.#stopped(side, output);
    const out = this.#out[side];
    // A route is chosen by the head: where that is out, what was meant for another model must not go on.
    if (side === "request" && output.whole && this.#isTooLateToRoute())
      return this.#stopped(side, { kind: "block", cause: this.#exchange.routeTooLate(), before: [], cut: null });
    out.cleared.push(...output.cleared);
    out.changed ||= output.changed;
    const any = output.cleared.some(({ bytes }) => bytes.length > 0);
    return this.#run({ on: "cleared", side, whole: output.whole, any });
  }
}

/** Buffered: Envoy still holds the head, and takes changes to it with the body's answer. */
const headIsHeld = ({ mode, headersAnswered }: State[Side]): boolean => !headersAnswered || mode === "buffered";

async function fed(gate: Gate, body: Buffer, end: boolean): Promise<GateOutput> {
  const first = body.length === 0 ? null : await gate.push(body);
  if (!end) return first ?? { kind: "clear", cleared: [], whole: false, changed: false };
  if (first?.kind === "block") return first;
  return first === null ? gate.end() : ended(gate, first);
}

/** What the last push and the end let go together. */
async function ended(gate: Gate, first: Extract<GateOutput, { kind: "clear" }>): Promise<GateOutput> {
  const last = await gate.end();
  if (last.kind === "block") return { ...last, before: [...first.cleared, ...last.before] };
  const cleared = [...first.cleared, ...last.cleared];
  return { kind: "clear", cleared, whole: true, changed: first.changed || last.changed };
}

function begin(message: ProcessingRequest): State {
  const config = message.protocolConfig;
  const mode = (value: number | undefined): BodyMode => modes[value ?? 0] ?? "none";
  if (message.observabilityMode === true) return initialState("streamed", "streamed", true);
  return initialState(mode(config?.requestBodyMode), mode(config?.responseBodyMode), false);
}

function inputOf(message: ProcessingRequest): Input | null {
  switch (message.request) {
    case "requestHeaders":
      return { on: "headers", side: "request", endOfStream: message.requestHeaders?.endOfStream === true };
    case "responseHeaders":
      return { on: "headers", side: "response", endOfStream: message.responseHeaders?.endOfStream === true };
    case "requestBody":
      return { on: "body", side: "request", endOfStream: endsStream(message.requestBody) };
    case "responseBody":
      return { on: "body", side: "response", endOfStream: endsStream(message.responseBody) };
    case "requestTrailers":
      return { on: "trailers", side: "request" };
    case "responseTrailers":
      return { on: "trailers", side: "response" };
    default:
      return null;
  }
}

const endsStream = (body: ProcessingRequest["requestBody"]): boolean =>
  body?.endOfStream === true || body?.endOfStreamWithoutMessage === true;
