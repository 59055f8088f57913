/**
 * The worker that looks at a policy's files, so that reading a large or broken one holds up no stream. A program of its own:
 * one question, one answer, then it ends. What it answers is plain data.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { Mistake } from "../../domain/policy.ts";
import type { CompileParts, KnownModel } from "../../policy/compile.ts";
import { readDocument } from "../../policy/document.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { policyToolsFor } from "../policy-tools.ts";
import { type Look, lookHere, type PolicyProblem } from "./look.ts";
import { readPolicyBytes } from "./policy-files.ts";

export type Question = {
  readonly file: string;
  readonly expired: CompileParts["expired"];
  readonly models: readonly KnownModel[];
};

/** A file's bytes, and for a good policy what they say as YAML. */
export type ReadPolicyFile = {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly value: unknown;
};
export type ReadPolicy = { readonly files: readonly ReadPolicyFile[]; readonly notices: readonly Mistake[] };
export type Answer = Omit<Look, "set"> & { readonly set: Result<ReadPolicy, PolicyProblem> };

async function answer({ file, expired, models }: Question): Promise<Answer> {
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
  if (!set.ok) return { ...look, set: err(set.error) };
  const files = Array.from(bytesOf, ([path, bytes]) => ({ path, bytes, value: valueOf.get(bytes) }));
  return { ...look, set: ok({ files, notices: set.value.notices }) };
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port has none
parentPort?.postMessage(await answer(workerData as Question));
