/** Tables -> cells of the matrix: one for each location of each mode, told by its weakest place. */
import { type Cell, type CoverageLocation, type CoverageMode, reasonOf } from "../../domain/coverage.ts";
import { type Role, type UnjudgedKind, unjudgedKinds } from "../../domain/segment.ts";
import type { Spec } from "../table/spec.ts";
import { type Leaf, leavesOf } from "./leaves.ts";

/** What one operation reads in one mode. */
export type CoverageTable = { readonly mode: CoverageMode; readonly spec: Spec; readonly role: Role };

const order = { editable: 0, judged: 1, refused: 2, "not-judged": 3 } as const satisfies Record<Leaf["holds"], number>;

/** By mode as given, then as they stand in the tables, of which a mode may have several. */
export function cellsOf(dialect: string, tables: readonly CoverageTable[]): readonly Cell[] {
  const modes = new Map<CoverageMode, Map<CoverageLocation, Leaf>>();
  for (const { mode, spec, role } of tables) {
    const weakest = modes.get(mode) ?? new Map<CoverageLocation, Leaf>();
    modes.set(mode, weakest);
    for (const leaf of leavesOf(spec, role)) {
      const before = weakest.get(leaf.location);
      if (before === undefined || order[leaf.holds] > order[before.holds]) weakest.set(leaf.location, leaf);
    }
  }
  return [...modes].flatMap(([mode, weakest]) => [...weakest.values()].map((leaf) => cell(dialect, mode, leaf)));
}

const streamModes: readonly CoverageMode[] = [
  "reply-sse",
  "reply-json-lines",
  "reply-json-array",
  "reply-event-stream",
];

function cell(dialect: string, mode: CoverageMode, { location, holds }: Leaf): Cell {
  const isJudged = holds === "editable" || holds === "judged";
  return {
    dialect,
    location,
    mode,
    state: isJudged ? holds : "not-judged",
    blockable: isJudged,
    streamed: isJudged && streamModes.includes(mode),
    reason: isJudged ? null : holds === "refused" ? "refused" : isUnjudged(location) ? reasonOf[location] : null,
  };
}

const isUnjudged = (location: CoverageLocation): location is UnjudgedKind =>
  (unjudgedKinds as readonly string[]).includes(location);
