// The matrix: every cell of every dialect's tables, and what became of it on the real path.

import { type Cell, cellName } from "../../src/domain/coverage.ts";
import { createDialects } from "../../src/content/index.ts";
import { System } from "../e2e/system.ts";
import { blocks, type Door, edits, mayRestore, policy, restores } from "./checks.ts";
import { type Sample, type Spot, spotsOf } from "./sample.ts";
import { samples } from "./samples/index.ts";
import { Upstream } from "./upstream.ts";

export type Row = Cell & { readonly failed: boolean };
/** One cell, and what failed in it: the check and its words, which hold no text of a body. */
export type Outcome = { readonly row: Row; readonly failures: readonly string[] };

/** All cells: of each operation's tables, and of the vendors that speak another's form. */
export function allCells(): readonly Cell[] {
  const own = createDialects().flatMap(({ operations }) => operations.flatMap(({ cells }) => cells));
  const known = new Set(own.map(({ dialect }) => dialect));
  return [
    ...own,
    ...samples.filter(({ dialect }) => !known.has(dialect)).flatMap((sample) => vendorCells(sample, own)),
  ];
}

/** A vendor's row has the cells of which its samples have a text. */
function vendorCells(sample: Sample, own: readonly Cell[]): readonly Cell[] {
  const locations = new Set(spotsOf(sample).map(({ location }) => location));
  return own
    .filter(
      ({ dialect, mode, location }) => dialect === sample.operation && mode === sample.mode && locations.has(location),
    )
    .map((cell) => ({ ...cell, dialect: sample.dialect }));
}

const checks = { blocks, edits, restores } as const;

/** Runs all cells, `atOnce` exchanges at a time; `progress` hears how many texts of how many are done. */
export async function runMatrix(
  progress: (done: number, all: number) => void,
  atOnce = 8,
): Promise<readonly Outcome[]> {
  await using upstream = await Upstream.open();
  await using system = await System.open({ policy, upstreamPort: upstream.port });
  const door: Door = { url: system.url, upstream };
  const texts = samples.flatMap((sample) => spotsOf(sample).map((spot) => ({ sample, spot })));
  const cells = new Map(allCells().map((cell) => [cellName(cell), cell]));
  const failures = new Map<string, string[]>([...cells.keys()].map((name) => [name, []]));
  const seen = new Set<string>();
  let done = 0;
  const next = texts[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (const { sample, spot } of next) {
      const name = cellName({ ...sample, location: spot.location });
      const cell = cells.get(name);
      seen.add(name);
      const words = cell === undefined ? ["no table has this place"] : await failuresOf(door, cell, sample, spot);
      failures.set(name, [...(failures.get(name) ?? []), ...words]);
      done += 1;
      progress(done, texts.length);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return [...cells].map(([name, cell]) => {
    const untested = cell.state !== "not-judged" && !seen.has(name) ? ["no sample has a text there"] : [];
    const words = [...(failures.get(name) ?? []), ...untested];
    return { row: { ...cell, failed: words.length > 0 }, failures: words };
  });
}

async function failuresOf(door: Door, { state }: Cell, sample: Sample, spot: Spot): Promise<readonly string[]> {
  const editable = mayRestore(sample, spot) ? (["edits", "restores"] as const) : (["edits"] as const);
  const failures: string[] = [];
  for (const name of ["blocks" as const, ...(state === "editable" ? editable : [])]) {
    try {
      await checks[name](door, sample, spot);
    } catch (error) {
      failures.push(`${name} (${spot.location}#${spot.name}): ${error instanceof Error ? error.message : "?"}`);
    }
  }
  return failures;
}
