/**
 * The policy in force. Watches its files and swaps policy and what was built of it together, whole. A bad or missing file
 * leaves the old one serving and says so. Streams take `current()` once and keep what they got.
 */
import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Mistake, Policy } from "../../domain/policy.ts";
import { defaultPolicySource } from "../../policy/default-policy.ts";
import type { MaybeAsync } from "../../stdx/maybe-async.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { PolicyTools } from "../../policy/compile.ts";
import { readPolicy } from "../read-policy.ts";
import { type Look, type LookAt, lookHere, type PolicyProblem } from "./look.ts";
import { readingOf } from "./policy-files.ts";

/** A policy and what the data plane made of it. */
export type Served<T> = { readonly policy: Policy; readonly built: T };

/** What a look at a changed file led to. */
export type PolicyEvent<T> =
  | {
      readonly kind: "swapped";
      readonly served: Served<T>;
      readonly before: string;
      readonly notices: readonly Mistake[];
    }
  /** The file is again what serves. */
  | { readonly kind: "unchanged"; readonly served: Served<T> }
  | { readonly kind: "stale"; readonly served: Served<T>; readonly problem: PolicyProblem };

export type PolicyStore<T> = {
  current(): Served<T>;
  /** What the start has to say of its policy: exceptions that are out of date. */
  readonly notices: readonly Mistake[];
  /** The file on disk is not what serves, because it is bad or missing. */
  readonly stale: boolean;
  /** Looks at the file now. Resolves when that look is done. */
  look(): Promise<void>;
  /** What policies are held against has changed: a file that was not taken is looked at as if it were new. */
  lookAgain(): Promise<void>;
  close(): void;
};

export type PolicyStoreParts<T> = {
  /** `null`: the built-in policy, and nothing is watched. */
  readonly file: string | null;
  /** Makes what belongs to a policy, such as its detectors. Throws only on a bug, and at the start that is thrown on. */
  readonly build: (policy: Policy) => MaybeAsync<T>;
  /** Told once for each change of the file's content, never for the start. */
  readonly onEvent: (event: PolicyEvent<T>) => void;
  /** How often the file is looked at besides: a watch can miss changes, for example on network file systems. */
  readonly pollMs?: number;
  /** What the start's policy is held against. */
  readonly tools?: PolicyTools;
  /** How a changed file is looked at; in this thread where left out. The start always looks in this one. */
  readonly lookAt?: LookAt;
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
  const { file, build, tools } = parts;
  if (file === null) {
    const policy = readPolicy(new TextEncoder().encode(defaultPolicySource), tools);
    return policy.ok ? ok(fixedStore({ policy: policy.value, built: await build(policy.value) })) : bad(policy.error);
  }
  // An exception that is out of date is left out: a restart must not fail for it, and without it the policy is stricter.
  const look = await lookHere(file, "skip", tools === undefined ? {} : { tools });
  if (!look.set.ok) return look.set;
  const { policy } = look.set.value;
  return ok(new WatchedStore(file, parts, { policy, built: await build(policy) }, look));
}

function fixedStore<T>(served: Served<T>): PolicyStore<T> {
  const look = (): Promise<void> => Promise.resolve();
  return { current: () => served, notices: [], stale: false, look, lookAgain: look, close: () => undefined };
}

const bad = (mistakes: readonly Mistake[]) => err({ kind: "bad", mistakes } as const);

class WatchedStore<T> implements PolicyStore<T> {
  readonly #file: string;
  readonly #parts: PolicyStoreParts<T>;
  readonly #poll: NodeJS.Timeout;
  readonly notices: readonly Mistake[];
  #served: Served<T>;
  #servedPrint: string;
  /** Of what was last looked at. A change of it is an event. */
  #lastSeen: string;
  #files: readonly string[];
  #stale = false;
  #watchers: FSWatcher[] = [];
  #settling: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(file: string, parts: PolicyStoreParts<T>, served: Served<T>, { print, files, set }: Look) {
    this.#file = file;
    this.#parts = parts;
    this.#served = served;
    this.#servedPrint = print;
    this.#lastSeen = print;
    this.#files = files;
    this.notices = set.ok ? set.value.notices : [];
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

  lookAgain(): Promise<void> {
    this.#looking = this.#looking.then(() => {
      if (this.#stale) this.#lastSeen = "";
      return this.#lookOnce();
    });
    return this.#looking;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#poll);
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#unwatch();
  }

  /**
   * Watches the folders, not the files: editors rename a new file into place, and a mounted ConfigMap swaps the symlink
   * `..data` beside it. Any change there is a reason to look; what was read decides whether something changed.
   */
  #watch(): void {
    for (const folder of new Set(this.#files.map((file) => dirname(file)))) {
      try {
        const watcher = watch(folder, () => this.#changed());
        watcher.on("error", () => watcher.close());
        this.#watchers.push(watcher);
      } catch {
        // no such folder, or no watches left: the poll goes on and tries again
      }
    }
  }

  #unwatch(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }

  #changed(): void {
    if (this.#closed || this.#settling !== null) return;
    this.#settling = setTimeout(() => {
      this.#settling = null;
      void this.look();
    }, settleMs);
  }

  #pollOnce(): Promise<void> {
    // A folder itself may have been replaced, and the watch would hang on the old one: renew it.
    this.#unwatch();
    this.#watch();
    return this.look();
  }

  async #lookOnce(): Promise<void> {
    if ((await readingOf(this.#files)).print === this.#lastSeen || this.#closed) return;
    const look = await this.#settledLook();
    if (look === null || this.#closed || look.print === this.#lastSeen) return;
    const { print, files, set } = look;
    this.#lastSeen = print;
    this.#follow(files);
    if (!set.ok) return this.#keepOld(set.error);
    if (print === this.#servedPrint) {
      this.#stale = false;
      return this.#parts.onEvent({ kind: "unchanged", served: this.#served });
    }
    const { policy, notices } = set.value;
    let built: T;
    try {
      built = await this.#parts.build(policy);
    } catch (error) {
      return this.#keepOld({ kind: "unbuildable", error }); // a bug in it leaves the old policy serving
    }
    if (this.#closed) return;
    const before = this.#served.policy.version;
    this.#served = { policy, built };
    this.#servedPrint = print;
    this.#stale = false;
    this.#parts.onEvent({ kind: "swapped", served: this.#served, before, notices });
  }

  /** Waits until the files rest, looks, and looks again where what was read is no longer there. `null`: closed meanwhile. */
  async #settledLook(): Promise<Look | null> {
    let files = this.#files;
    for (let looks = 1; looks < settleLooksMax; looks++) {
      const { print, blank } = await readingOf(files);
      await pause(settleMs);
      if (this.#closed) return null;
      // A file that was truncated and not written yet is no policy.
      if (blank || (await readingOf(files)).print !== print) continue;
      const look = await this.#look();
      if (!look.blank && (await readingOf(look.read)).print === look.print) return look;
      files = look.files;
    }
    return this.#look();
  }

  /** Whatever fails on the way leaves the old policy serving, and is looked at again when a file changes. */
  async #look(): Promise<Look> {
    const { lookAt = lookHere } = this.#parts;
    try {
      return await lookAt(this.#file, "mistake");
    } catch (error) {
      const { print, blank, files } = await readingOf(this.#files);
      return { print, blank, files, read: files, set: err({ kind: "unbuildable", error }) };
    }
  }

  #follow(files: readonly string[]): void {
    this.#files = files;
    this.#unwatch();
    this.#watch();
  }

  #keepOld(problem: PolicyProblem): void {
    this.#stale = true;
    this.#parts.onEvent({ kind: "stale", served: this.#served, problem });
  }
}
