/**
 * Has a bundle read, loaded and run in a child process before this one touches it. Whatever the model does there, crash and
 * memory without end included, comes back as a message.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { totalmem } from "node:os";
import { extname } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { ModelSettings } from "../../config/models.ts";
import type { Runtime } from "../../inference/backend.ts";
import type { HeadSpec } from "../../inference/bundle/bundle.ts";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { err, type Result } from "../../stdx/result.ts";

export type ProbeReport = {
  readonly name: string;
  readonly digest: string;
  readonly licence: string | null;
  readonly heads: readonly Pick<HeadSpec, "name" | "task" | "output" | "labels" | "threshold">[];
  readonly windowTokens: number;
  /** Its INT8 scales are taken from a batch: each window runs alone. */
  readonly runsAlone: boolean;
  readonly runtime: Runtime;
  readonly runtimeVersion: string;
  /** Why this runtime. */
  readonly why: string;
  readonly device: string;
  readonly precision: string;
  readonly loadMs: number;
  /** One whole window on one thread. */
  readonly windowMs: number;
  /** Of the whole child process. */
  readonly memoryBytes: number;
};

export type ProbeLimits = { readonly timeMs: number; readonly memoryBytesMax: number };

export type ProbeRequest = {
  readonly folder: string;
  /** For a manifest that gives no name. `null`: the folder's. */
  readonly fallbackName: string | null;
  readonly settings: ModelSettings;
};

/** What the child is asked. */
export type ProbeQuestion = ProbeRequest & Pick<ProbeLimits, "memoryBytesMax">;

export type Probe = (request: ProbeRequest) => Promise<Result<ProbeReport, readonly BundleProblem[]>>;

/** Three quarters of what the machine, or the container's limit, gives. */
export function standardProbeLimits(): ProbeLimits {
  const limit = process.constrainedMemory();
  const all = limit > 0 && limit < totalmem() ? limit : totalmem();
  return { timeMs: 120_000, memoryBytesMax: Math.floor(all * 0.75) };
}

/** Also where the program was built to JavaScript. */
const standardProgram = fileURLToPath(new URL(`./probe-program${extname(import.meta.url)}`, import.meta.url));

/** `program`: another only in tests. */
export function createProbe(limits = standardProbeLimits(), program = standardProgram): Probe {
  return async (request) => {
    const question: ProbeQuestion = { ...request, memoryBytesMax: limits.memoryBytesMax };
    const child = spawn(process.execPath, [program, JSON.stringify(question)], { stdio: ["pipe", "pipe", "pipe"] });
    child.stdin.on("error", () => undefined);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, limits.timeMs);
    const failed = (message: string) => err([{ file: request.folder, message }]);
    try {
      const [answer, words] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
      if (isLate) return failed(`did not load and run within ${limits.timeMs} ms; take a smaller model or window`);
      return readAnswer(answer) ?? failed(`ended the process that tried it (${how(child)})${lastWords(words)}`);
    } catch (error) {
      return failed(`cannot be tried: ${error instanceof Error ? error.message : "no child process could be started"}`);
    } finally {
      clearTimeout(timer);
    }
  };
}

function readAnswer(written: string): Result<ProbeReport, readonly BundleProblem[]> | null {
  // Runtimes may write on stdout, too: the answer is the last line.
  const last = written.trimEnd().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(last) as Result<ProbeReport, readonly BundleProblem[]>;
  } catch {
    return null;
  }
}

const how = ({ signalCode, exitCode }: ChildProcess): string => signalCode ?? `exit status ${exitCode}`;

/** What the runtime or Node said at the end: it names the reason, and no text was in there to be named. */
function lastWords(written: string): string {
  const lines = written.split("\n").map((line) => line.trim());
  const last = lines.findLast((line) => /error|what\(\)|exception|memory/i.test(line)) ?? "";
  return last === "" ? "" : `: ${last.slice(0, lastWordsMax)}`;
}
const lastWordsMax = 200;
