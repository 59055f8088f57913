/**
 * The ext_proc protocol as a pure state machine: which message may be answered how, and when.
 *
 * Knows no bytes and no policy. The session feeds it what Envoy sent and what the gates said, and performs the effects
 * in order. One side (request or response) is one `SideState`; both sides share only whether the exchange is over.
 *
 * Body modes (Envoy 1.40):
 * - duplex (FULL_DUPLEX_STREAMED): Envoy holds the headers until we answer them and keeps no copy of the body.
 *   Nothing is answered before something was cleared; body answers are `streamed_response` only.
 * - buffered: headers are answered at once (Envoy holds them), the one body message gets one answer.
 * - streamed: headers go on when they are answered; each piece gets exactly one answer, at once: Envoy sends no trailers
 *   while an answer is due, so holding one back would wait for itself. A body that must be held leaves in the answer to
 *   its last piece. Where trailers end it instead, nothing can carry it any more: the exchange fails closed.
 * - partial (BUFFERED_PARTIAL): as buffered, but a message without end of stream may be cut short: not inspected.
 * - none: no body is shown: not inspected.
 */
import { unreachable } from "../stdx/assert.ts";

export const bodyModes = ["none", "streamed", "buffered", "partial", "duplex"] as const;
export type BodyMode = (typeof bodyModes)[number];
export const sides = ["request", "response"] as const;
export type Side = (typeof sides)[number];

export type SideState = {
  readonly mode: BodyMode;
  readonly at: "before" | "headers" | "body" | "ended" | "trailers";
  /** Answered, or not shown to us, so that there is nothing to answer. */
  readonly headersAnswered: boolean;
  readonly bodySeen: boolean;
  /** Not duplex: a body message that has no answer yet. */
  readonly answerDue: boolean;
  /** Our output on this side is finished: what still comes is answered with nothing. */
  readonly done: boolean;
};

export type State = {
  readonly observing: boolean;
  readonly over: "no" | "blocked" | "cut" | "failed";
  readonly request: SideState;
  readonly response: SideState;
};

export type Input =
  | { readonly on: "headers"; readonly side: Side; readonly endOfStream: boolean }
  | { readonly on: "body"; readonly side: Side; readonly endOfStream: boolean }
  | { readonly on: "trailers"; readonly side: Side }
  /** The gate's word. `whole` says that the gate cleared all there will be; `any` that there is something to send. */
  | { readonly on: "cleared"; readonly side: Side; readonly whole: boolean; readonly any: boolean }
  | { readonly on: "blocked"; readonly side: Side; readonly canCut: boolean };

export type Effect =
  /** Tell the exchange of the headers just received. */
  | { readonly do: "open"; readonly side: Side }
  /** Give the gate the body just received (if any); `end` says that the body is complete after it. */
  | { readonly do: "feed"; readonly side: Side; readonly end: boolean }
  /** The body is not (wholly) shown to us: ask the policy. */
  | { readonly do: "uninspected"; readonly side: Side }
  | { readonly do: "answer-headers"; readonly side: Side }
  /** Duplex: send what was cleared, as streamed responses; `end` sets end_of_stream on the last. */
  | { readonly do: "send"; readonly side: Side; readonly end: boolean }
  /** Answer the waiting or only body message with what was cleared, nothing, or the word that it is unchanged. */
  | { readonly do: "answer-body"; readonly side: Side; readonly with: "cleared" | "nothing" }
  | { readonly do: "answer-trailers"; readonly side: Side }
  /** A local reply in place of everything; only before headers of a response went out. */
  | { readonly do: "answer-immediately"; readonly side: Side }
  /** End the client's stream here, in its dialect. `as` tells how the mode can carry it. */
  | { readonly do: "cut"; readonly side: Side; readonly as: "stream" | "piece" }
  | { readonly do: "fail"; readonly why: FailCause };

/** Fixed tokens: they land in Envoy's response code details. */
export const failCauses = [
  "protocol_error",
  "cut_impossible",
  "tail_held_at_trailers",
  "reply_before_prompt_end",
] as const;
export type FailCause = (typeof failCauses)[number];

export function initialState(request: BodyMode, response: BodyMode, observing: boolean): State {
  const side = (mode: BodyMode): SideState => ({
    mode,
    at: "before",
    headersAnswered: false,
    bodySeen: false,
    answerDue: false,
    done: false,
  });
  return { observing, over: "no", request: side(request), response: side(response) };
}

type Step = readonly [State, readonly Effect[]];

/** One step. Total: any input in any state has an answer. */
export function step(state: State, input: Input): Step {
  if (state.over !== "no") return [state, afterwards(state, input)];
  const side = state[input.side];
  switch (input.on) {
    case "headers":
      return onHeaders(state, side, input.side, input.endOfStream);
    case "body":
      return onBody(state, side, input.side, input.endOfStream);
    case "trailers":
      return onTrailers(state, side, input.side);
    case "cleared":
      return onCleared(state, side, input.side, input.whole, input.any);
    case "blocked":
      return onBlocked(state, side, input.side, input.canCut);
    default:
      return unreachable(input);
  }
}

/** After a cut in streamed mode Envoy still waits for one answer a piece; otherwise nothing more is said. */
function afterwards(state: State, input: Input): readonly Effect[] {
  if (state.over !== "cut" || state[input.side].mode !== "streamed" || state.observing) return [];
  if (input.on === "body") return [{ do: "answer-body", side: input.side, with: "nothing" }];
  if (input.on === "trailers") return [{ do: "answer-trailers", side: input.side }];
  return [];
}

function put(state: State, name: Side, change: Partial<SideState>): State {
  return { ...state, [name]: { ...state[name], ...change } };
}

function fail(state: State, why: FailCause): Step {
  return [{ ...state, over: "failed" }, [{ do: "fail", why }]];
}

/** Fails after answering what is due with nothing: only an answer can carry the verdict to Envoy's log. */
function failTold(state: State, name: Side, why: FailCause): Step {
  const answers: Effect[] = state[name].answerDue ? [{ do: "answer-body", side: name, with: "nothing" }] : [];
  return [{ ...put(state, name, { done: true }), over: "failed" }, [...answers, { do: "fail", why }]];
}

function onHeaders(state: State, side: SideState, name: Side, endOfStream: boolean): Step {
  if (side.at !== "before") return fail(state, "protocol_error");
  // With trailers hidden from us, a streamed prompt can end unseen, without what we hold of it: it was not forwarded.
  const { request } = state;
  if (
    name === "response" &&
    request.mode === "streamed" &&
    request.at === "body" &&
    !request.done &&
    !state.observing
  ) {
    return fail(state, "reply_before_prompt_end");
  }
  const next = put(state, name, { at: endOfStream ? "ended" : "headers" });
  const open: Effect = { do: "open", side: name };
  if (endOfStream) return [next, [open, { do: "feed", side: name, end: true }]];
  if (side.mode === "none") return [next, [open, { do: "uninspected", side: name }]];
  if (side.mode === "duplex" || state.observing) return [next, [open]];
  return [put(next, name, { headersAnswered: true }), [open, { do: "answer-headers", side: name }]];
}

function onBody(state: State, side: SideState, name: Side, endOfStream: boolean): Step {
  if (side.at === "trailers") return fail(state, "protocol_error");
  if (side.at === "ended" || side.done) {
    // Envoy may repeat the end of a stream: in duplex it is ignored, elsewhere each message needs its answer.
    const silent = side.mode === "duplex" || state.observing;
    return [state, silent ? [] : [{ do: "answer-body", side: name, with: "nothing" }]];
  }
  const at = endOfStream ? "ended" : "body";
  const open: Effect[] = side.at === "before" ? [{ do: "open", side: name }] : [];
  const before = (more: Effect[]): readonly Effect[] => [...open, ...more];
  const whole = side.mode === "buffered" || endOfStream;
  const headersAnswered = side.headersAnswered || side.at === "before";
  const next = put(state, name, { at, headersAnswered, bodySeen: true, answerDue: side.mode !== "duplex" });
  if (side.mode === "partial" && !endOfStream) return [next, before([{ do: "uninspected", side: name }])];
  return [next, before([{ do: "feed", side: name, end: whole }])];
}

function onTrailers(state: State, side: SideState, name: Side): Step {
  if (side.at === "trailers") return fail(state, "protocol_error");
  const next = put(state, name, { at: "trailers", headersAnswered: side.headersAnswered || side.at === "before" });
  if (side.done || side.at === "ended") {
    return [next, state.observing ? [] : [{ do: "answer-trailers", side: name }]];
  }
  const open: Effect[] = side.at === "before" ? [{ do: "open", side: name }] : [];
  return [next, [...open, { do: "feed", side: name, end: true }]];
}

function onCleared(state: State, side: SideState, name: Side, whole: boolean, any: boolean): Step {
  if (state.observing) return [put(state, name, { done: whole }), []];
  const effects: Effect[] = [];
  const trailers = side.at === "trailers";
  if (side.mode === "duplex") {
    if (!whole && !any) return [state, []];
    if (!side.headersAnswered) effects.push({ do: "answer-headers", side: name });
    const headersOnly = side.at === "ended" && !side.bodySeen;
    if (!headersOnly && (any || (whole && !trailers)))
      effects.push({ do: "send", side: name, end: whole && !trailers });
    if (whole && trailers) effects.push({ do: "answer-trailers", side: name });
    return [put(state, name, { headersAnswered: true, done: whole }), effects];
  }
  if (!side.headersAnswered) {
    // Only a message without a body comes here: headers that ended the stream, or whose body is not shown.
    effects.push({ do: "answer-headers", side: name });
    return [put(state, name, { headersAnswered: true, done: whole }), effects];
  }
  if (side.answerDue) effects.push({ do: "answer-body", side: name, with: "cleared" });
  else if (side.mode === "streamed" && any) return fail(state, "tail_held_at_trailers");
  if (whole && trailers) effects.push({ do: "answer-trailers", side: name });
  return [put(state, name, { done: whole, answerDue: false }), effects];
}

function onBlocked(state: State, side: SideState, name: Side, canCut: boolean): Step {
  if (state.observing) return [{ ...state, over: "blocked" }, []];
  const headersAreOut =
    name === "response" && side.headersAnswered && (side.mode === "duplex" || side.mode === "streamed");
  if (!headersAreOut) return [{ ...state, over: "blocked" }, [{ do: "answer-immediately", side: name }]];
  if (!canCut) return failTold(state, name, "cut_impossible");
  if (side.mode === "duplex") return [{ ...state, over: "cut" }, [{ do: "cut", side: name, as: "stream" }]];
  if (!side.answerDue) return fail(state, "cut_impossible");
  return [
    { ...put(state, name, { answerDue: false, done: true }), over: "cut" },
    [{ do: "cut", side: name, as: "piece" }],
  ];
}
