/**
 * The worker that looks at a policy's files, so that reading a large or broken one holds up no stream. A program of its own:
 * one question, one answer, then it ends. What it answers is plain data.
 *
 * A policy may ask models that do not serve yet: then the answer is their names, and it is asked again when they do.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { Mistake } from "../../domain/policy.ts";
import type { CompileParts, KnownModel } from "../../policy/compile.ts";
import { readDocument } from "../../policy/document.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { namingTools } from "../models/asked-models.ts";
import { modelNames, shippedWords, withShipped } from "../models/policy-models.ts";
import { readShipped } from "../models/shipped.ts";
import { policyToolsFor } from "../policy-tools.ts";
import { type Look, lookHere, type PolicyProblem } from "./look.ts";
import { readPolicyBytes } from "./policy-files.ts";

export type Question = {
  readonly file: string;
  readonly expired: CompileParts["expired"];
  /** Those that serve. */
  readonly models: readonly KnownModel[];
  /** Where models are that serve when they are asked; `null`: there are no more. */
  readonly shippedFolder: string | null;
};

/** A file's bytes, and for a good policy what they say as YAML. */
export type ReadPolicyFile = {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly value: unknown;
};
export type ReadPolicy = { readonly files: readonly ReadPolicyFile[]; readonly notices: readonly Mistake[] };
type Seen = Omit<Look, "set">;
export type Answer =
  | (Seen & { readonly kind: "read"; readonly set: Result<ReadPolicy, PolicyProblem> })
  /** The models that it asks; some of them come with Sallyport and do not serve yet. */
  | (Seen & { readonly kind: "asks"; readonly names: readonly string[] });

async function answer({ shippedFolder, ...question }: Question): Promise<Answer> {
  if (shippedFolder === null) return read(question);
  const { file, models } = question;
  const { set, ...look } = await lookHere(file, "skip", { tools: namingTools });
  const asked = set.ok ? modelNames(set.value.policy) : null;
  const unserved = asked?.filter((name) => models.every((each) => each.name !== name)) ?? [];
  if (asked !== null && unserved.length === 0) return read(question);
  const shipped = await readShipped(shippedFolder);
  // One that cannot be read is told by whoever loads it.
  const isThere = (name: string): boolean => !shipped.ok || shipped.value.has(name);
  if (asked !== null && unserved.some(isThere)) return { ...look, kind: "asks", names: asked };
  // It has mistakes: what is said of them should know every model that could be meant.
  return read({ ...question, models: withShipped(models, await shippedWords(shippedFolder)) });
}

async function read({ file, expired, models }: Omit<Question, "shippedFolder">): Promise<Answer> {
  const bytesOf = new Map<string, Uint8Array>();
  const valueOf = new Map<Uint8Array, unknown>();
  const { set, ...look } = await lookHere(file, expired, {
    tools: policyToolsFor(models),
    async readFile(path) {
      const read = await readPolicyBytes(path);
      if (read.ok) bytesOf.set(path, read.value);
      return read;
    },
    document(bytes) {
      const document = readDocument(bytes);
      if (document.ok) valueOf.set(bytes, document.value.value);
      return document;
    },
  });
  if (!set.ok) return { ...look, kind: "read", set: err(set.error) };
  const files = Array.from(bytesOf, ([path, bytes]) => ({ path, bytes, value: valueOf.get(bytes) }));
  return { ...look, kind: "read", set: ok({ files, notices: set.value.notices }) };
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port has none
parentPort?.postMessage(await answer(workerData as Question));
