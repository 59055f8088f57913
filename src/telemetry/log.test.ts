import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import type { ExchangeReport, StageVerdict } from "../domain/verdict.ts";
import type { LogLevel } from "../domain/log-level.ts";
import { Private } from "../domain/private.ts";
import { exchangeReport, stageVerdict } from "../../test/helpers/report.ts";
import { createLogger, errorFields, exchangeLog } from "./log.ts";
import { repeatLimits } from "./repeats.ts";
import { verdictRecord } from "./verdict-record.ts";

function logTo(level: LogLevel) {
  const lines: string[] = [];
  const logger = createLogger({ level, write: (line) => lines.push(line) });
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test("one JSON line an entry, from the level on", () => {
  const { logger, lines, entries } = logTo("warn");
  logger.info("quiet");
  logger.warn("policy stale", { policy: "p@0123456789ab", mistakes: 2 });
  logger.error("stopped");
  assert.deepEqual(
    entries().map(({ level, msg, policy, mistakes }) => [level, msg, policy, mistakes]),
    [
      ["warn", "policy stale", "p@0123456789ab", 2],
      ["error", "stopped", undefined, undefined],
    ],
  );
  for (const line of lines) assert.match(line, /^\{.*\}\n$/);
  const silent = logTo("silent");
  silent.logger.error("nothing");
  assert.deepEqual(silent.lines, []);
});

test("the level changes while it runs, and each change is told at whatever level", () => {
  const { logger, entries } = logTo("error");
  logger.info("not yet");
  logger.setLevel("debug", "changed", { n: 1 });
  assert.deepEqual([logger.level, logger.tellsDebug], ["debug", true]);
  logger.debug("more");
  logger.setLevel("silent", "changed", { n: 2 });
  logger.error("nothing");
  logger.setLevel("silent", "changed", { n: 3 });
  logger.setLevel("error", "changed", { n: 4 });
  logger.warn("not now");
  assert.equal(logger.tellsDebug, false);
  assert.deepEqual(
    entries().map(({ level, msg, n }) => [level, msg, n]),
    [
      ["warn", "changed", 1],
      ["debug", "more", undefined],
      ["warn", "changed", 2],
      ["warn", "changed", 4],
    ],
  );
});

test("equal warnings and errors are written a few times, then told as a number", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { logger, entries } = logTo("info");
  for (let stream = 0; stream < 1000; stream += 1) logger.error("stream failed", { stream, kind: "handler-left" });
  for (let n = 0; n < 100; n += 1) logger.info("exchange", { verdict: "block" });
  const written = entries().length;
  assert.equal(written, repeatLimits.linesMax + 100, "each exchange has its line");
  t.mock.timers.tick(repeatLimits.minuteMs);
  const { level, msg, kind, like, more } = entries().at(-1) ?? {};
  assert.deepEqual(
    [entries().length, level, msg, kind, like, more],
    [written + 1, "error", "more like it in the last minute", "handler-left", "stream failed", 990],
  );
});

test("private text shows its length, however it is printed", () => {
  const text = new Private("what a person wrote");
  const { logger, lines } = logTo("info");
  logger.info("seen", { text });
  const shown = [
    JSON.stringify({ text }),
    String(text),
    inspect({ text }),
    inspect(text, { showHidden: true }),
    ...lines,
  ];
  for (const each of shown) {
    assert.match(each, /\[private 19\]/);
    assert.doesNotMatch(each, /person/);
  }
  assert.equal(text.reveal(), "what a person wrote");
});

test("an error is told without its message", () => {
  const fields = errorFields(
    Object.assign(new SyntaxError("Unexpected token in\n    at my card 4111"), { code: "E_X" }),
  );
  assert.deepEqual([fields["error"], fields["code"]], ["SyntaxError", "E_X"]);
  assert.match(JSON.stringify(fields["stack"]), /log\.test\.ts/);
  assert.doesNotMatch(JSON.stringify(fields), /4111|Unexpected/);
  class Named extends Error {
    override readonly name = "Named";
  }
  const named = errorFields(new Named("my card"));
  assert.equal(named["error"], "Named");
  assert.match(JSON.stringify(named["stack"]), /log\.test\.ts/);
  assert.deepEqual(errorFields("my card"), { error: "string" });
});

test("an exchange is one entry: debug where it passed untouched, info else", () => {
  const report = (kind: StageVerdict["kind"]): ExchangeReport =>
    exchangeReport({
      exchange: "e1",
      requestId: kind === "redact" ? "8637c226-154b-49a1-a0b3-2f39b79c10c3" : null,
      prompt: stageVerdict("prompt", { kind }),
      reply: null,
    });
  const { logger, entries } = logTo("debug");
  const told = exchangeLog(logger);
  for (const kind of ["allow", "redact"] as const) told(report(kind), () => verdictRecord(report(kind)));
  assert.deepEqual(
    entries().map(({ level, msg, verdict, exchange, request_id }) => [level, msg, verdict, exchange, request_id]),
    [
      ["debug", "exchange", "allow", "e1", undefined],
      ["info", "exchange", "redact", "e1", "8637c226-154b-49a1-a0b3-2f39b79c10c3"],
    ],
  );
});
