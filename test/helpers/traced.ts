// A report of one exchange with everything that a trace tells, for tests of telemetry.

import { score } from "../../src/domain/score.ts";
import type { ExchangeReport, StageVerdict } from "../../src/domain/verdict.ts";

export const stageVerdict = (stage: StageVerdict["stage"], more: Partial<StageVerdict> = {}): StageVerdict => ({
  stage,
  kind: "allow",
  cause: null,
  hits: [],
  coverage: { segments: 1, characters: 10, present: 10, windows: 1, unjudged: {} },
  unread: null,
  excepted: [],
  unknowns: [],
  degraded: false,
  shortages: [],
  claims: null,
  ...more,
});

const block = { kind: "block", form: "refusal", status: null, message: null } as const;

const modelIdentity = { model: "guard", digest: "0123456789ab", runtime: "openvino", precision: "int8" } as const;

/** A prompt in which an e-mail address was masked, and a reply that was blocked. */
export const tracedReport = (more: Partial<ExchangeReport> = {}): ExchangeReport => ({
  exchange: "0123456789abcdef01234567",
  requestId: null,
  policy: "house@0123456789ab",
  dialect: "openai",
  operation: "openai/chat-completions",
  stream: true,
  local: false,
  tenant: null,
  route: null,
  principal: null,
  named: { model: "gpt-4o", tools: [], path: "other", user: "" },
  trace: {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    parentId: "b7ad6b7169203331",
    spanId: "00f067aa0ba902b7",
    sampled: true,
  },
  placeholders: { issued: 0, restored: 0, names: null },
  prompt: stageVerdict("prompt", {
    kind: "redact",
    hits: [
      {
        rule: "no-email",
        action: "redact",
        shadow: false,
        categories: ["pii/email"],
        scores: [score(1)],
        count: 2,
        topScore: score(1),
      },
    ],
  }),
  reply: stageVerdict("reply", {
    kind: "block",
    cause: { kind: "rule", rule: "no-injection", block },
    hits: [
      {
        rule: "no-injection",
        action: "block",
        shadow: false,
        categories: ["injection/any"],
        scores: [score(0.875)],
        count: 1,
        topScore: score(0.875),
      },
    ],
  }),
  promptMs: 1.5,
  replyMs: 12,
  windowMaxMs: 9,
  times: {
    beganMs: 1000,
    endedMs: 1060,
    prompt: { beganMs: 1000, endedMs: 1005, readMs: 0.5, decideMs: 0.25, holdMs: 4, addedMs: 3 },
    reply: { beganMs: 1030, endedMs: 1060, readMs: 1, decideMs: 0.5, holdMs: 20, addedMs: 10 },
  },
  models: [{ ...modelIdentity, texts: 1, failed: 0, tokeniseMs: 0.5, queueMs: 2, inferMs: 7 }],
  spans: {
    detectors: [
      { stage: "prompt", rules: ["no-email"], cost: "scan", beganMs: 1001, endedMs: 1002, busyMs: 0.75, windows: 1 },
      { stage: "reply", rules: ["no-injection"], cost: "model", beganMs: 1040, endedMs: 1052, busyMs: 11, windows: 1 },
    ],
    runs: [
      {
        ...modelIdentity,
        stage: "reply",
        beganMs: 1041,
        endedMs: 1051,
        tokeniseMs: 0.5,
        queueMs: 2,
        inferMs: 7,
        rows: 1,
        batchRows: 3,
        batchTokens: 384,
        failed: false,
      },
    ],
    left: 0,
  },
  ...more,
});
