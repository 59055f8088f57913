/**
 * The serving process's side of its supervisor (supervise.ts): it says when it serves, and ends in order when the supervisor is
 * gone, however that ended.
 */
import type { HandOver, Served } from "../app/supervisor/hand-over.ts";
import { restartsIn } from "../domain/restart.ts";
import type { LogLevel } from "../domain/log-level.ts";
import type { Logger } from "../telemetry/log.ts";

/** As if the supervisor had passed a SIGTERM on: what has not served yet ends at once, what serves drains. */
export function endWithSupervisor(): void {
  const end = (): void => void process.kill(process.pid, "SIGTERM");
  process.once("disconnect", end);
  if (!process.connected) end();
  process.channel?.unref();
}

/** Tells the supervisor, and after a crash everybody, that exchanges are taken. */
export function tellServed(handOver: HandOver | null, logLevel: LogLevel, log: Logger, epochMs: number): void {
  if (handOver === null) return;
  const { history } = handOver;
  if (history !== null) {
    const awayMs = Math.max(0, epochMs - history.endedAtMs);
    log.warn("serves again after a crash", { reason: history.last, restarts: restartsIn(history), awayMs });
  }
  const served: Served = { kind: "served", logLevel };
  process.send?.(served, undefined, undefined, () => undefined); // a supervisor that is gone is noticed elsewhere
}
