/**
 * Judges what tools brought into a prompt, each text against the task: all that the user says there. What nobody asked for
 * is told from what somebody did only so. The user's own words are never held against themselves.
 */
import type { Category, ExchangeMemory, LaneDetectors, TextDetector } from "../../domain/detector.ts";
import type { Location, Role, Segment } from "../../domain/segment.ts";
import { missingOf } from "../memory.ts";
import { findingOf, type Opinion } from "./opinion.ts";
import type { Question } from "./remembered.ts";
import { wholeLane } from "./whole-lane.ts";

export type TaskQuestion = Question & { readonly evidence: string };

export type TaskJudge = {
  readonly id: string;
  /** Of its findings' categories. */
  readonly family: string;
  readonly categories: readonly Category[];
  /** `evidence`: the task. */
  readonly judge: (signal: AbortSignal, question: TaskQuestion) => Promise<Opinion>;
};

/** `whole`: all of the prompt, whatever the rules look at. */
export function openTaskPairs(parts: TaskJudge, memory: ExchangeMemory): LaneDetectors {
  const tasks = tasksOf(memory.segments);
  const missing = missingOf(memory);
  const against = (task: string, role: Role): TextDetector =>
    wholeLane({
      ...parts,
      async detect(signal, text) {
        if (missing !== null) return { kind: "unknown", cause: missing };
        if (task === "") return { kind: "unknown", cause: "no-evidence" };
        const opinion = await parts.judge(signal, { roles: [role], evidence: task, text });
        if (opinion.kind === "unknown") return opinion;
        const findings = opinion.found.map((found) => findingOf(parts.family, found));
        const { coveredUnits } = opinion;
        if (coveredUnits >= text.length) return { kind: "scored", findings };
        return { kind: "scored", findings, unseen: { from: coveredUnits, cause: "too-long" } };
      },
    });
  return {
    lane: ({ location }) => (isBrought(location) ? against(tasks.get(location) ?? tasks.whole, location.role) : null),
  };
}

/** Something else than the people who wrote the prompt may have written it. What is unclear may be that. */
function isBrought({ place, role, unclear }: Location): boolean {
  return (
    place === "tool-result" || role === "tool" || role === "function" || place === "document" || unclear !== undefined
  );
}

/**
 * The task of what a tool brought is what the user had said by then: so it stays the same, and so does the answer, when the user goes
 * on to something else. Where the user had said nothing yet it is all that the user says.
 */
function tasksOf(segments: readonly Segment[]) {
  const tasks = new Map<Location, string>();
  let whole = "";
  for (const { location, text } of segments) {
    if (isBrought(location)) {
      if (whole !== "") tasks.set(location, whole);
    } else if (location.role === "user" && location.place === "content" && text.trim() !== "")
      whole = whole === "" ? text : `${whole}\n${text}`;
  }
  return { get: (location: Location) => tasks.get(location), whole };
}
