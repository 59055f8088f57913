/**
 * Judges what tools brought into a prompt, each text against the task: all that the user says there. What nobody asked for
 * is told from what somebody did only so. The user's own words are never held against themselves.
 */
import type { Category, ExchangeMemory, LaneDetectors } from "../../domain/detector.ts";
import type { Location, Segment } from "../../domain/segment.ts";
import { missingOf } from "../memory.ts";
import { findingOf, type Opinion } from "./opinion.ts";
import { wholeLane } from "./whole-lane.ts";

export type TaskJudge = {
  readonly id: string;
  /** Of its findings' categories. */
  readonly family: string;
  readonly categories: readonly Category[];
  readonly judge: (signal: AbortSignal, task: string, text: string) => Promise<Opinion>;
};

/** `whole`: all of the prompt, whatever the rules look at. */
export function openTaskPairs(parts: TaskJudge, memory: ExchangeMemory): LaneDetectors {
  const task = taskOf(memory.segments);
  const missing = missingOf(memory);
  const detector = wholeLane({
    ...parts,
    async detect(signal, text) {
      if (missing !== null) return { kind: "unknown", cause: missing };
      if (task === "") return { kind: "unknown", cause: "no-evidence" };
      const opinion = await parts.judge(signal, task, text);
      if (opinion.kind === "unknown") return opinion;
      const findings = opinion.found.map((found) => findingOf(parts.family, found));
      const { coveredUnits } = opinion;
      if (coveredUnits >= text.length) return { kind: "scored", findings };
      return { kind: "scored", findings, unseen: { from: coveredUnits, cause: "too-long" } };
    },
  });
  return { lane: ({ location }) => (isBrought(location) ? detector : null) };
}

/** Something else than the people who wrote the prompt may have written it. What is unclear may be that. */
function isBrought({ place, role, unclear }: Location): boolean {
  return place === "tool-result" || role === "tool" || role === "function" || unclear !== undefined;
}

const taskOf = (segments: readonly Segment[]): string =>
  segments
    .filter(
      ({ location }) => location.role === "user" && location.place === "content" && location.unclear === undefined,
    )
    .map(({ text }) => text)
    .filter((text) => text.trim() !== "")
    .join("\n");
