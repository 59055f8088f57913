// What must happen in a cell, worked out from its axes alone. The rules, in words:
//
// 1. A body passes only after it was judged whole (JSON) or window by window (event stream). Unchanged, it leaves byte
//    for byte; redacted, all but the masked text does.
// 2. What a shape does not show (mode NONE, or BUFFERED_PARTIAL without its end) passes only where the policy says so.
// 3. A blocked prompt never reaches the upstream; a blocked reply is an answer of ours while none of it has gone out, the
//    end of the stream in the client's dialect after that, and a broken reply where neither can be.
// 4. In STREAMED the head goes on at once, and trailers leave no message that could carry a held body: that fails closed.
// 5. Without a guard nothing passes: 500 while no reply has begun, a broken reply after.
// 6. Observed only, everything passes as it came, whatever happens to the guard.

import type { Cell, Ends } from "./cells.ts";
import type { Mode } from "./shapes.ts";

/** What the upstream got of the prompt. `nothing`: no request, or a head whose body never came whole. */
export type PromptSent = "exact" | "masked" | "nothing" | "beginning";
/** What the client saw. `opening`: a beginning of what was cleared. `own`: an answer of the guard. `envoy`: one of Envoy. */
export type ReplySeen =
  | "exact"
  | "masked"
  | "opening"
  | "opening then end"
  | "nothing"
  | "own"
  | "own stream"
  | "envoy";

export interface Expected {
  readonly prompt: PromptSent;
  /** `null`: no head of a reply may come, or one whose body then breaks. */
  readonly status: number | null;
  readonly reply: ReplySeen;
  readonly end: "complete" | "cut";
  /** Verdicts that the access log may show. */
  readonly verdicts: readonly string[];
}

type Way =
  | { readonly kind: "passes"; readonly as: "exact" | "masked"; readonly inspected: boolean }
  | { readonly kind: "blocked"; readonly status: number; readonly byEnvoy?: boolean }
  | { readonly kind: "lost" };

const UNFINISHED = ["pending", "aborted", "failed"] as const;

export function expectedOf(cell: Cell): Expected {
  if (cell.shape.observe) return observed(cell);
  if (cell.fault === "guard dead") return { prompt: "nothing", ...withoutGuard };
  if (cell.fault.endsWith(" asking")) return brokenAsking(cell);
  const prompt = promptWay(cell);
  if (prompt.kind === "lost")
    return { prompt: "nothing", status: 500, reply: "envoy", end: "complete", verdicts: UNFINISHED };
  if (prompt.kind === "blocked") {
    const reply = prompt.byEnvoy === true ? "envoy" : "own";
    const verdicts = prompt.byEnvoy === true ? ["pending", "not-inspected", "aborted"] : ["block"];
    return { prompt: "nothing", status: prompt.status, reply, end: "complete", verdicts };
  }
  if (cell.fault !== "none") return { prompt: prompt.as, ...brokenReplying(cell) };
  return { prompt: prompt.as, ...replyExpected(cell, prompt) };
}

const withoutGuard = { status: 500, reply: "envoy", end: "complete", verdicts: UNFINISHED } as const;

/** Is all of a body shown to the guard? */
function isShown(mode: Mode, ends: Ends): boolean {
  if (mode === "NONE") return false;
  return mode !== "BUFFERED_PARTIAL" || ends !== "trailers";
}

function promptWay({ shape, prompt, requestEnds }: Cell): Way {
  const mode = shape.request;
  if (prompt === "empty") return { kind: "passes", as: "exact", inspected: true };
  if (prompt === "oversize" && mode === "BUFFERED") return { kind: "blocked", status: 413, byEnvoy: true };
  const shown = isShown(mode, requestEnds) && !(prompt === "oversize" && mode === "BUFFERED_PARTIAL");
  if (!shown && shape.policy === "closed") return { kind: "blocked", status: 400 };
  if (!shown) return { kind: "passes", as: "exact", inspected: false };
  const trailersHideTheEnd = mode === "STREAMED" && requestEnds === "trailers";
  if (trailersHideTheEnd && (shape.trailers === "SKIP" || prompt === "clean" || prompt === "secret"))
    return { kind: "lost" };
  switch (prompt) {
    case "clean":
      return { kind: "passes", as: "exact", inspected: true };
    case "secret":
      return { kind: "passes", as: "masked", inspected: true };
    case "banned":
      return { kind: "blocked", status: 400 };
    case "oversize":
      return { kind: "blocked", status: 413 };
    case "malformed":
      return shape.policy === "closed"
        ? { kind: "blocked", status: 400 }
        : { kind: "passes", as: "exact", inspected: false };
  }
}

type ReplyExpected = Omit<Expected, "prompt">;

function replyExpected(cell: Cell, prompt: Extract<Way, { kind: "passes" }>): ReplyExpected {
  const { shape, reply, form, replyEnds } = cell;
  const verdict = (own: "allow" | "redact", inspected: boolean): readonly string[] => {
    if (!inspected || !prompt.inspected) return ["not-inspected", ...(prompt.as === "masked" ? ["redact"] : [])];
    return [prompt.as === "masked" ? "redact" : own];
  };
  // Trailers that the guard is not shown end a stream without its knowing.
  const endIsHidden = shape.response === "STREAMED" && shape.trailers === "SKIP" && replyEnds === "trailers";
  const passes = (as: "exact" | "masked", inspected: boolean): ReplyExpected => ({
    status: 200,
    reply: as,
    end: "complete",
    verdicts: endIsHidden ? UNFINISHED : verdict(as === "exact" ? "allow" : "redact", inspected),
  });
  if (reply === "empty") return passes("exact", true);
  const shown = isShown(shape.response, replyEnds);
  if (!shown) return shape.policy === "open" ? passes("exact", false) : blocked(502, "own");
  if (form === "sse") return streamExpected(cell, passes);
  if (shape.response === "STREAMED") {
    if (replyEnds === "trailers") return lostAtTrailers(shape.trailers);
    // The head is out with its 200: the answer stands below it, a refusal or an error.
    if (reply === "malformed" && shape.policy === "closed") return blocked(200, "own");
  }
  switch (reply) {
    case "clean":
      return passes("exact", true);
    case "personal":
      return passes("masked", true);
    case "card":
      return blocked(200, "own");
    case "malformed":
      return shape.policy === "closed" ? blocked(502, "own") : passes("exact", false);
  }
}

const blocked = (status: number, reply: ReplySeen): ReplyExpected => ({
  status,
  reply,
  end: "complete",
  verdicts: ["block"],
});
const brokenReply = { status: 200, reply: "nothing", end: "cut", verdicts: UNFINISHED } as const;

/** With trailers unseen Envoy ends the reply itself, without what is held; seen, the guard breaks it. */
function lostAtTrailers(trailers: "SEND" | "SKIP"): ReplyExpected {
  return trailers === "SEND" ? brokenReply : { ...brokenReply, end: "complete" };
}

function streamExpected(
  { shape, reply }: Cell,
  passes: (as: "exact" | "masked", inspected: boolean) => ReplyExpected,
): ReplyExpected {
  const begun = shape.response === "FULL_DUPLEX_STREAMED" || shape.response === "STREAMED";
  switch (reply) {
    case "card":
      return begun ? blocked(200, "opening then end") : blocked(200, "own stream");
    case "malformed":
      if (shape.policy === "open") return passes("exact", false);
      return begun ? blocked(200, "opening then end") : blocked(502, "own");
    case "personal":
      return passes("masked", true);
    default:
      return passes("exact", true);
  }
}

/** Half of the prompt is there. Only a body that nobody inspects has gone on, and goes on until Envoy knows. */
function brokenAsking({ shape, fault }: Cell): Expected {
  const prompt = shape.request === "NONE" ? "beginning" : "nothing";
  const verdicts = [...UNFINISHED, "not-inspected"];
  if (fault === "client leaves asking") return { prompt, status: null, reply: "nothing", end: "cut", verdicts };
  return { prompt, ...withoutGuard, verdicts };
}

/** The prompt has passed and half of the reply is there. */
function brokenReplying(cell: Cell): ReplyExpected {
  const { shape, form, fault } = cell;
  const verdicts = [...UNFINISHED, "redact", "not-inspected"];
  if (fault === "upstream cuts unanswered") return { status: 503, reply: "envoy", end: "complete", verdicts };
  const unseen = shape.response === "NONE";
  if (unseen && shape.policy === "closed") return blocked(502, "own");
  // A guard that is not asked any more is missed only by its lost connection, and a stopped one keeps that for a while.
  if (unseen && fault === "guard stopped replying") return { status: 200, reply: "exact", end: "complete", verdicts };
  const streams = shape.response === "STREAMED" || shape.response === "FULL_DUPLEX_STREAMED";
  const headIsOut = unseen || shape.response === "STREAMED" || (streams && form === "sse");
  const bodyIsOut = unseen || (streams && form === "sse");
  if (headIsOut) return { status: 200, reply: bodyIsOut ? "opening" : "nothing", end: "cut", verdicts };
  if (fault === "client leaves replying") return { status: null, reply: "nothing", end: "cut", verdicts };
  // Envoy: an HTTP/1.1 message that breaks off is a bad gateway, a reset HTTP/2 stream an unavailable one.
  const cutStatus = shape.upstream === "1.1" ? 502 : 503;
  const status = fault === "upstream cuts replying" ? cutStatus : 500;
  return { status, reply: "envoy", end: "complete", verdicts };
}

function observed(cell: Cell): Expected {
  const verdicts = ["pending"];
  switch (cell.fault) {
    case "client leaves asking":
      return { prompt: "beginning", status: null, reply: "nothing", end: "cut", verdicts };
    case "client leaves replying":
    case "upstream cuts replying":
      return { prompt: "exact", status: 200, reply: "opening", end: "cut", verdicts };
    case "upstream cuts unanswered":
      return { prompt: "exact", status: 503, reply: "envoy", end: "complete", verdicts };
    default:
      return { prompt: "exact", status: 200, reply: "exact", end: "complete", verdicts };
  }
}
