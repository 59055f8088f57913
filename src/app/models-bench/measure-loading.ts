/** Has one way to load a model measured in a process of its own, and waits for its end. */
import { fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { CellFigures, LoadingFigures } from "./cells.ts";
import type { Ask, HeadScores, Told } from "./protocol.ts";

/** Also where the program was built to JavaScript. */
const program = fileURLToPath(new URL(`./measure-program${extname(import.meta.url)}`, import.meta.url));
/** One way to load it may take so long, everything counted. */
const loadingMsMax = 600_000;

export type MeasuredLoading = Pick<LoadingFigures, "runsAs" | "loadMs" | "memoryBytes" | "cells"> & {
  readonly heads: readonly HeadScores[];
};

/** `onCell` is told how many cells are measured. The error says why it could not be. Aborted, it resolves when the process is gone. */
export function measureLoading(
  ask: Ask,
  onCell: (count: number) => void,
  signal = new AbortController().signal,
): Promise<Result<MeasuredLoading, string>> {
  if (signal.aborted) return Promise.resolve(err("interrupted"));
  const { promise, resolve } = Promise.withResolvers<Result<MeasuredLoading, string>>();
  const child = fork(program, { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const end = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", end, { once: true });
  const timer = setTimeout(end, loadingMsMax);
  const cells: CellFigures[] = [];
  let loaded: Extract<Told, { kind: "loaded" }> | null = null;
  let scores: Extract<Told, { kind: "scores" }> | null = null;
  let failure: string | null = null;
  child.on("message", (told: Told) => {
    if (told.kind === "failed") failure ??= told.message;
    else if (told.kind === "loaded") loaded = told;
    else if (told.kind === "scores") scores = told;
    else onCell(cells.push(told.figures));
  });
  child.once("error", (error) => {
    failure ??= error.message;
  });
  child.once("close", (code, endedBy) => {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    if (failure !== null) resolve(err(failure));
    else if (loaded === null || scores === null || cells.length < ask.cells.length)
      resolve(err(`its process ended with ${endedBy ?? `status ${code}`}`));
    else
      resolve(
        ok({
          runsAs: loaded.runsAs,
          loadMs: loaded.loadMs,
          memoryBytes: scores.memoryBytes,
          heads: scores.heads,
          cells,
        }),
      );
  });
  child.send(ask);
  return promise;
}
