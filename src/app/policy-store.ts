/**
 * The policy in force. Watches its file and swaps policy and what was built of it together, whole. A bad or missing file
 * leaves the old one serving and says so. Streams take `current()` once and keep what they got.
 */
import { constants, type FSWatcher, watch } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Mistake, Policy } from "../domain/policy.ts";
import { defaultPolicySource } from "../policy/default-policy.ts";
import { documentBytesMax } from "../policy/document.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { readPolicy, sha256Hex } from "./plan.ts";

/** A policy and what the data plane made of it. */
export type Served<T> = { readonly policy: Policy; readonly built: T };

/** Why a file gives no policy. `code` is the system's, such as ENOENT. */
export type PolicyProblem =
  | { readonly kind: "unreadable"; readonly code: string }
  | { readonly kind: "bad"; readonly mistakes: readonly Mistake[] }
  /** Our bug: the policy is good, but nothing could be made of it. */
  | { readonly kind: "unbuildable"; readonly error: unknown };

/** What a look at a changed file led to. */
export type PolicyEvent<T> =
  | { readonly kind: "swapped"; readonly served: Served<T>; readonly before: string }
  /** The file is again what serves. */
  | { readonly kind: "unchanged"; readonly served: Served<T> }
  | { readonly kind: "stale"; readonly served: Served<T>; readonly problem: PolicyProblem };

export type PolicyStore<T> = {
  current(): Served<T>;
  /** The file on disk is not what serves, because it is bad or missing. */
  readonly stale: boolean;
  /** Looks at the file now. Resolves when that look is done. */
  look(): Promise<void>;
  close(): void;
};

export type PolicyStoreParts<T> = {
  /** `null`: the built-in policy, and nothing is watched. */
  readonly file: string | null;
  /** Makes what belongs to a policy, such as its detectors. Throws only on a bug, and at the start that is thrown on. */
  readonly build: (policy: Policy) => T;
  /** Told once for each change of the file's content, never for the start. */
  readonly onEvent: (event: PolicyEvent<T>) => void;
  /** How often the file is looked at besides: a watch can miss changes, for example on network file systems. */
  readonly pollMs?: number;
};

export const defaultPollMs = 5000;
/**
 * Changes come in bursts (truncate, write, rename). They are looked at together, and what was read counts only when it
 * is still the same this much later: half a policy can be a good one with fewer rules.
 */
const settleMs = 25;
/** A file that never rests is taken as it is after so many looks. */
const settleLooksMax = 40;

/** The error is for the start only: without a first policy nothing serves. */
export async function openPolicyStore<T>(parts: PolicyStoreParts<T>): Promise<Result<PolicyStore<T>, PolicyProblem>> {
  const { file, build } = parts;
  const first = file === null ? ok(new TextEncoder().encode(defaultPolicySource)) : await readSource(file);
  if (!first.ok) return first;
  const compiled = compile(first.value);
  if (!compiled.ok) return compiled;
  const served = { policy: compiled.value, built: build(compiled.value) };
  return ok(file === null ? fixedStore(served) : new WatchedStore(file, parts, served, sha256Hex(first.value)));
}

function fixedStore<T>(served: Served<T>): PolicyStore<T> {
  return { current: () => served, stale: false, look: () => Promise.resolve(), close: () => undefined };
}

class WatchedStore<T> implements PolicyStore<T> {
  readonly #file: string;
  readonly #parts: PolicyStoreParts<T>;
  readonly #poll: NodeJS.Timeout;
  #served: Served<T>;
  #servedDigest: string;
  /** Of what was last looked at: a digest, or why there was none. A change of it is an event. */
  #lastSeen: string;
  #stale = false;
  #watcher: FSWatcher | null = null;
  #settling: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(file: string, parts: PolicyStoreParts<T>, served: Served<T>, digest: string) {
    this.#file = file;
    this.#parts = parts;
    this.#served = served;
    this.#servedDigest = digest;
    this.#lastSeen = digest;
    this.#poll = setInterval(() => void this.#pollOnce(), parts.pollMs ?? defaultPollMs);
    this.#watch();
    void this.look(); // the file may have changed between the first reading and the watch
  }

  current(): Served<T> {
    return this.#served;
  }

  get stale(): boolean {
    return this.#stale;
  }

  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#lookOnce());
    return this.#looking;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#poll);
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#watcher?.close();
    this.#watcher = null;
  }

  /**
   * Watches the folder, not the file: editors rename a new file into place, and a mounted ConfigMap swaps the symlink
   * `..data` beside it. Any change there is a reason to look; what was read decides whether something changed.
   */
  #watch(): void {
    try {
      this.#watcher = watch(dirname(this.#file), () => this.#changed());
      this.#watcher.on("error", () => this.#unwatch());
    } catch {
      this.#watcher = null; // no such folder, or no watches left: the poll goes on and tries again
    }
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }

  #changed(): void {
    if (this.#closed || this.#settling !== null) return;
    this.#settling = setTimeout(() => {
      this.#settling = null;
      void this.look();
    }, settleMs);
  }

  #pollOnce(): Promise<void> {
    // The folder itself may have been replaced, and the watch would hang on the old one: renew it.
    this.#unwatch();
    this.#watch();
    return this.look();
  }

  async #lookOnce(): Promise<void> {
    const { source, seen } = await this.#readSettled();
    if (this.#closed || seen === this.#lastSeen) return;
    this.#lastSeen = seen;
    if (!source.ok) return this.#keepOld(source.error);
    if (seen === this.#servedDigest) {
      this.#stale = false;
      return this.#parts.onEvent({ kind: "unchanged", served: this.#served });
    }
    const served = serve(source.value, this.#parts.build);
    if (!served.ok) return this.#keepOld(served.error);
    const before = this.#served.policy.version;
    this.#served = served.value;
    this.#servedDigest = seen;
    this.#stale = false;
    this.#parts.onEvent({ kind: "swapped", served: served.value, before });
  }

  /** Reads until two readings agree, or the file is what was seen last. */
  async #readSettled(): Promise<{ readonly source: Source; readonly seen: string }> {
    let before: string | null = null;
    for (let looks = 1; ; looks++) {
      const source = await readSource(this.#file);
      const seen = source.ok ? sha256Hex(source.value) : source.error.code;
      const isBeingWritten = source.ok && source.value.length === 0; // truncated, and not written yet
      const isSettled = (seen === before && !isBeingWritten) || (before === null && seen === this.#lastSeen);
      if (isSettled || this.#closed || looks === settleLooksMax) return { source, seen };
      before = seen;
      await pause(settleMs);
    }
  }

  #keepOld(problem: PolicyProblem): void {
    this.#stale = true;
    this.#parts.onEvent({ kind: "stale", served: this.#served, problem });
  }
}

function compile(source: Uint8Array): Result<Policy, PolicyProblem> {
  const compiled = readPolicy(source);
  return compiled.ok ? compiled : err({ kind: "bad", mistakes: compiled.error });
}

/** The built part is made here, so that a bug in it leaves the old policy serving. */
function serve<T>(source: Uint8Array, build: (policy: Policy) => T): Result<Served<T>, PolicyProblem> {
  const compiled = compile(source);
  if (!compiled.ok) return compiled;
  try {
    return ok({ policy: compiled.value, built: build(compiled.value) });
  } catch (error) {
    return err({ kind: "unbuildable", error });
  }
}

type Source = Result<Uint8Array, Extract<PolicyProblem, { kind: "unreadable" }>>;

/** Reads one byte more than a policy may have, so that the compiler can say that it is too large. */
async function readSource(file: string): Promise<Source> {
  try {
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await handle.stat()).isFile()) return err({ kind: "unreadable", code: "not-a-file" });
    const bytes = new Uint8Array(documentBytesMax + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === bytes.length) return ok(bytes.slice(0, length));
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "EIO";
    return err({ kind: "unreadable", code });
  }
}
