/** Metrics of the audit record. Labels are words of closed lists. */
import { type AuditKind, auditKinds } from "./audit/chain.ts";
import type { Meter } from "./instruments.ts";

export type AuditMetrics = {
  /** An entry that was written. */
  written(kind: AuditKind): void;
  /** The number of the last entry that a checkpoint covers. */
  at(seq: number): void;
  /** Entries that could not be written. */
  lost(count: number): void;
  /** A write, or a sync, that failed. */
  failed(): void;
  working(isWorking: boolean): void;
  /** Entries that wait to be written. */
  waiting(count: number): void;
};

export function createAuditMetrics({ counter, gauge }: Meter): AuditMetrics {
  const level = (name: string, help: string) => gauge(`audit_${name}`, help, {}).of({});
  const sequence = level("sequence", "Number of the last checkpoint of the audit record; 0 where there is none");
  const working = level("working", "1 while the audit record is written, or there is none; 0 while writing fails");
  const waiting = level("waiting_entries", "Entries that wait to be written to the audit record");
  const kind = auditKinds;
  const entries = counter("audit_entries_total", "Entries written to the audit record, by kind", { kind });
  const lost = counter("audit_lost_total", "Entries that could not be written to the audit record", {});
  const failures = counter("audit_failures_total", "Writes of the audit record that failed; they are tried again", {});
  working.set(1);
  return {
    written: (each) => entries.of({ kind: each }).inc(),
    at: (seq) => sequence.set(seq),
    lost: (count) => lost.of({}).inc(count),
    failed: () => failures.of({}).inc(),
    working: (isWorking) => working.set(isWorking ? 1 : 0),
    waiting: (count) => waiting.set(count),
  };
}
