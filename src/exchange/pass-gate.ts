/** The gate for replies that Envoy made itself: there is nothing of a model in them, and they pass as they are. */
import { clear } from "../guard/cleared.ts";
import type { StageJudge } from "../guard/judge.ts";
import type { Gate } from "./gate.ts";

export function openPassGate(judge: StageJudge): Gate {
  judge.noteNotInspected();
  const out = (cleared: Uint8Array[], whole: boolean) =>
    Promise.resolve({
      kind: "clear" as const,
      cleared: cleared.map((bytes) => clear(bytes, judge.permit())),
      whole,
      changed: false,
    });
  return { push: (bytes) => out([bytes], false), end: () => out([], true), close: () => undefined };
}
