// Reports of exchanges as the guard makes them, for tests of those who are told.

import type { Stage } from "../../src/domain/segment.ts";
import { nothingNamed } from "../../src/domain/report.ts";
import type { StageTimes } from "../../src/domain/times.ts";
import type { ExchangeReport, StageVerdict } from "../../src/domain/verdict.ts";

/** A stage that was allowed, but for what is given. */
export const stageVerdict = (stage: Stage, more: Partial<StageVerdict> = {}): StageVerdict => ({
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

export const stageTimes = (more: Partial<StageTimes> = {}): StageTimes => ({
  beganMs: 1000,
  endedMs: 1002,
  readMs: 0.25,
  decideMs: 0.125,
  holdMs: 0.5,
  addedMs: 0.75,
  ...more,
});

/** An exchange whose two stages were allowed, but for what is given. */
export const exchangeReport = (more: Partial<ExchangeReport> = {}): ExchangeReport => ({
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
  named: nothingNamed,
  trace: null,
  placeholders: { issued: 0, restored: 0, names: null },
  prompt: stageVerdict("prompt"),
  reply: stageVerdict("reply"),
  promptMs: 1.23456,
  replyMs: 2,
  windowMaxMs: 0.5,
  times: { beganMs: 1000, endedMs: 1010, prompt: stageTimes(), reply: stageTimes({ beganMs: 1005, endedMs: 1010 }) },
  models: [],
  spans: null,
  ...more,
});
