/**
 * One look at a policy's files: what they hold, and the policy that they make or what is wrong with it. Serves nothing and
 * keeps nothing.
 */
import type { Mistake, Policy } from "../../domain/policy.ts";
import type { CompileParts } from "../../policy/compile.ts";
import { err, type Result } from "../../stdx/result.ts";
import { readPolicySet } from "../read-policy.ts";
import { Reading } from "./policy-files.ts";

/** Why files give no policy. `code` is the system's, such as ENOENT. */
export type PolicyProblem =
  | { readonly kind: "unreadable"; readonly code: string }
  | { readonly kind: "bad"; readonly mistakes: readonly Mistake[] }
  /** Our bug: the policy is good, but nothing could be made of it. */
  | { readonly kind: "unbuildable"; readonly error: unknown };

export type Compiled = { readonly policy: Policy; readonly notices: readonly Mistake[] };

export type Look = {
  /** The same for the same contents of all files. */
  readonly print: string;
  /** One of them is empty, perhaps being written. */
  readonly blank: boolean;
  /** All that were looked for, the main one first. */
  readonly files: readonly string[];
  /** Of these the ones that `print` is of. */
  readonly read: readonly string[];
  readonly set: Result<Compiled, PolicyProblem>;
};

/** `expired`: what an exception that is out of date means. Rejects on a bug only. */
export type LookAt = (file: string, expired: CompileParts["expired"]) => Promise<Look>;

/** `how`: the parts of the compiler that are not to be the usual ones. */
export async function lookHere(
  file: string,
  expired: CompileParts["expired"],
  how: Partial<Pick<CompileParts, "document" | "tools" | "readFile">> = {},
): Promise<Look> {
  const { readFile, ...rest } = how;
  const reading = new Reading(readFile);
  const main = await reading.read(file);
  if (!main.ok) {
    const { print, blank, files } = reading;
    return { print, blank, files, read: files, set: err({ kind: "unreadable", code: main.error }) };
  }
  const parts = { readFile: (path: string) => reading.read(path), ...rest };
  const read = await readPolicySet({ path: file, bytes: main.value }, expired, parts);
  const seen = { print: reading.print, blank: reading.blank, read: reading.files };
  if (read.ok) return { ...seen, files: read.value.files, set: read };
  return { ...seen, files: read.error.files, set: err({ kind: "bad", mistakes: read.error.mistakes }) };
}
