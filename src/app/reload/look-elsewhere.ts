/**
 * Looks at a policy's files in a worker. What is wrong with them is found there; of a good policy only the last step, from plain
 * values to rules, is done here. A worker that runs out of memory or time ends alone.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { SourceTree } from "../../policy/document.ts";
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

/** `models`: those that policies may ask now. */
export const lookElsewhere =
  (models: () => readonly KnownModel[]): LookAt =>
  async (file, expired) => {
    const known = models();
    const tools = policyToolsFor(known);
    const { set, ...look } = await ask({ file, expired, models: known });
    if (!set.ok) return { ...look, set };
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

/** For a document without mistakes nobody asks where anything stands, but for the notices: they come from the worker. */
function placeless(value: unknown): SourceTree {
  const first = { line: 1, column: 1 };
  return { value, placeOf: () => first, placeOfKey: () => first, placeInText: () => null };
}
