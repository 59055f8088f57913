/** Who hears of an exchange that is over. The record is made once: all of them tell the same facts. */
import type { ExchangeReport } from "../domain/verdict.ts";
import { type VerdictRecord, verdictRecord } from "../telemetry/verdict-record.ts";

/** Must not throw, and keeps nobody waiting. The record is made when it is asked for. */
export type ExchangeSink = (report: ExchangeReport, record: () => VerdictRecord) => void;

export function tellExchange(sinks: readonly ExchangeSink[], report: ExchangeReport): void {
  let made: VerdictRecord | null = null;
  const record = (): VerdictRecord => (made ??= verdictRecord(report));
  for (const sink of sinks) sink(report, record);
}
