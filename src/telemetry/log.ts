/**
 * Structured logs: one JSON line an entry. The field types admit no free text but fixed messages and ids; errors are
 * told by name, code and stack, because a message may quote what it choked on.
 */
import { pino } from "pino";
import type { ExchangeReport } from "../domain/verdict.ts";
import type { Private } from "./private.ts";
import { verdictRecord } from "./verdict-record.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";
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

/** `write` gets whole lines, each with its line end. */
export type LogOptions = { readonly level: LogLevel; readonly write: (line: string) => void };

export function createLogger({ level, write }: LogOptions): Logger {
  const sink = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  const at =
    (name: "debug" | "info" | "warn" | "error"): Write =>
    (message, fields) => {
      if (fields === undefined) sink[name](message);
      else sink[name](fields, message);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error"), tellsDebug: level === "debug" };
}

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
          .filter((line) => /^\s+at /.test(line));
  return { error: error.name, ...code, stack: frames.slice(0, stackFramesMax).map((frame) => frame.trim()) };
}

const stackFramesMax = 12;

/** One entry an exchange: what passed untouched, and judged by all, is `debug`, all else `info`. */
export function logExchange(logger: Logger, report: ExchangeReport): void {
  const isQuiet = [report.prompt, report.reply].every(
    (stage) => stage === null || (stage.kind === "allow" && !stage.degraded),
  );
  if (isQuiet && !logger.tellsDebug) return; // most exchanges: nothing is built that nobody reads
  const record = verdictRecord(report);
  const fields = report.requestId === null ? record : { ...record, request_id: report.requestId };
  if (record.verdict === "allow" && record.degraded === false) logger.debug("exchange", fields);
  else logger.info("exchange", fields);
}
