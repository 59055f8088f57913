/**
 * Structured logs: one JSON line an entry. The field types admit no free text but fixed messages and ids; errors are
 * told by name, code and stack, because a message may quote what it choked on.
 */
import { pino } from "pino";
import type { LogLevel } from "../domain/log-level.ts";
import { type ExchangeReport, idsOf } from "../domain/verdict.ts";
import type { Private } from "../domain/private.ts";
import { Repeats } from "./repeats.ts";
import type { VerdictRecord } from "./verdict-record.ts";

export type LogFields = Readonly<Record<string, string | number | boolean | null | Private | readonly string[]>>;
type Write = (message: string, fields?: LogFields) => void;

export type Logger = {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** False where `debug` is thrown away: then nothing need be built for it. */
  readonly tellsDebug: boolean;
};

/** The whole log, for whoever may change what it tells. */
export type RootLogger = Logger & {
  readonly level: LogLevel;
  /** Writes the line as a warning, though neither level may tell warnings, and then goes by `level`. `silent` to `silent` says nothing. */
  setLevel(level: LogLevel, message: string, fields: LogFields): void;
  /** Tells how many equal lines were left out by now; for the end. */
  flush(): void;
};

/** `write` gets whole lines, each with its line end. */
export type LogOptions = { readonly level: LogLevel; readonly write: (line: string) => void };

/** Of equal warnings and errors the first few in a minute are written, the others told as a number (repeats.ts). */
export function createLogger({ level, write }: LogOptions): RootLogger {
  const sink = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  const repeats = new Repeats<Line>(({ at, message, fields }, more) =>
    sink[at]({ ...fields, like: message, more }, "more like it in the last minute"),
  );
  let current = level;
  const plain =
    (at: "debug" | "info"): Write =>
    (message, fields) => {
      if (fields === undefined) sink[at](message);
      else sink[at](fields, message);
    };
  const limited =
    (at: "warn" | "error"): Write =>
    (message, fields = {}) => {
      if (sink.isLevelEnabled(at) && repeats.admit({ at, message, fields })) sink[at](fields, message);
    };
  return {
    debug: plain("debug"),
    info: plain("info"),
    warn: limited("warn"),
    error: limited("error"),
    get tellsDebug() {
      return current === "debug";
    },
    get level() {
      return current;
    },
    setLevel(next, message, fields) {
      if (current !== "silent" || next !== "silent") {
        sink.level = "warn";
        sink.warn(fields, message);
      }
      current = next;
      sink.level = next;
    },
    flush: () => repeats.flush(),
  };
}

type Line = { readonly at: "warn" | "error"; readonly message: string; readonly fields: LogFields };

/** What may be told of an error: its name, its code and where it was thrown, never its message. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const code =
    "code" in error && typeof error.code === "string" && /^\w{1,64}$/.test(error.code) ? { code: error.code } : {};
  const stack = error.stack ?? "";
  const told = stack.indexOf(error.message);
  const frames =
    told === -1
      ? []
      : stack
          .slice(told + error.message.length)
          .split("\n")
          .filter((line) => frame.test(line));
  const name = /^\w{1,64}$/.test(error.name) ? error.name : "Error";
  return { error: name, ...code, stack: frames.slice(0, stackFramesMax).map((line) => line.trim()) };
}

const stackFramesMax = 12;
/** A place in code: what else an error may have put there is its own words. */
const frame = /^\s+at [^\n]*:\d+:\d+\)?$/;

/** One entry an exchange: what passed untouched, and judged by all, is `debug`, all else `info`. */
export const exchangeLog =
  (logger: Logger) =>
  (report: ExchangeReport, recordOf: () => VerdictRecord): void => {
    const isQuiet = [report.prompt, report.reply].every(
      (stage) => stage === null || (stage.kind === "allow" && !stage.degraded),
    );
    if (isQuiet && !logger.tellsDebug) return; // most exchanges: nothing is built that nobody reads
    const record = recordOf();
    const fields = { ...record, ...idsOf(report) };
    if (record.verdict === "allow" && record.degraded === false) logger.debug("exchange", fields);
    else logger.info("exchange", fields);
  };
