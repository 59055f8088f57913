/**
 * Looks at a policy's files in a worker. What is wrong with them is found there; of a good policy only the last step, from plain
 * values to rules, is done here. A worker that runs out of memory or time ends alone.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { SourceTree } from "../../policy/document.ts";
import { assert } from "../../stdx/assert.ts";
import { err, ok } from "../../stdx/result.ts";
import type { KnownModel } from "../../policy/compile.ts";
import { policyToolsFor } from "../policy-tools.ts";
import { type LookAt, lookHere } from "./look.ts";
import type { Answer, Question } from "./look-program.ts";

/** Far above what the largest policy takes. */
const lookMaxMs = 120_000;
const heapMaxMb = 1024;

/** Also where the program was built to JavaScript. */
const program = new URL(`./look-program${extname(import.meta.url)}`, import.meta.url);

export type ModelsElsewhere = {
  /** Those that policies may ask now. */
  readonly known: () => readonly KnownModel[];
  /** Where those are that serve when a policy asks them; `null`: there are no more. */
  readonly shippedFolder: string | null;
  /** Has them serve; gives a line for each reason why one cannot. */
  readonly load: (names: readonly string[]) => Promise<readonly string[]>;
};

export const lookElsewhere =
  ({ known, shippedFolder, load }: ModelsElsewhere): LookAt =>
  async (file, expired) => {
    let answer = await ask({ file, expired, models: known(), shippedFolder });
    if (answer.kind === "asks") {
      const { kind: _, names, ...seen } = answer;
      const mistakes = (await load(names)).map((line) => ({ ...first, message: `the models cannot be used: ${line}` }));
      if (mistakes.length > 0) return { ...seen, set: err({ kind: "bad", mistakes }) };
      answer = await ask({ file, expired, models: known(), shippedFolder: null });
    }
    assert(answer.kind === "read", "what asks no more models is read");
    const { kind: _, set, ...look } = answer;
    if (!set.ok) return { ...look, set };
    const tools = policyToolsFor(known());
    const { files, notices } = set.value;
    const bytesOf = new Map(files.map(({ path, bytes }) => [path, bytes]));
    const valueOf = new Map(files.map(({ bytes, value }) => [bytes, value]));
    const here = await lookHere(file, expired, {
      readFile: (path) => {
        const bytes = bytesOf.get(path);
        return bytes === undefined ? err("ENOENT") : ok(bytes);
      },
      document: (bytes) => ok(placeless(valueOf.get(bytes))),
      // They were checked there, and that takes its time.
      tools: { ...tools, checkPattern: () => null },
    });
    // A mistake only here: the day changed between the two. It is told with its place.
    return here.set.ok
      ? { ...look, set: ok({ policy: here.set.value.policy, notices }) }
      : lookHere(file, expired, { tools });
  };

function ask(question: Question): Promise<Answer> {
  const worker = new Worker(program, { workerData: question, resourceLimits: { maxOldGenerationSizeMb: heapMaxMb } });
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => {
    reject(new Error(`reading the policy took longer than ${lookMaxMs} ms`));
    void worker.terminate();
  }, lookMaxMs);
  worker.once("message", resolve);
  worker.once("error", reject);
  worker.once("exit", (code) => {
    clearTimeout(timer);
    reject(new Error(`reading the policy ended with status ${code}`)); // of no effect where there was an answer
  });
  return promise;
}

const first = { line: 1, column: 1 };

/** For a document without mistakes nobody asks where anything stands, but for the notices: they come from the worker. */
function placeless(value: unknown): SourceTree {
  return { value, placeOf: () => first, placeOfKey: () => first, placeInText: () => null };
}
