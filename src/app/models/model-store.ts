/**
 * The models that serve, of a store of bundles. Follows `active.json`: what is new there is tried in a child process, loaded
 * beside what serves, and swapped in at once. Texts that are being judged stay with the model that has them, which then goes.
 *
 * Invariant: whatever fails leaves the model before it serving, and says so. Only at the start is it an error.
 */
import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ModelSettings } from "../../config/models.ts";
import type { Backend } from "../../inference/backend.ts";
import type { BatchSeen } from "../../inference/batching/batcher.ts";
import { openBackend } from "../../inference/backends/select.ts";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type ActiveEntry, activeName, type Pin, readActive } from "./active.ts";
import type { Agreement } from "./agreement.ts";
import type { Models, ServedModel } from "./models.ts";
import { type OpenedModel, openModel } from "./open-model.ts";
import type { Probe } from "./probe.ts";
import { createShadow } from "./shadow.ts";
import { fallbackNameOf, readPinned } from "./store.ts";

type Problems = readonly BundleProblem[];

export type ModelEvent =
  | { readonly kind: "backend"; readonly why: string }
  /** `before`: the digest that served until now. */
  | { readonly kind: "served"; readonly name: string; readonly opened: OpenedModel; readonly before: string | null }
  | { readonly kind: "removed"; readonly name: string }
  /** `null`: none stands in shadow any more. */
  | { readonly kind: "shadow"; readonly name: string; readonly digest: string | null }
  /** What the store says does not serve. `name` null: it cannot be read at all. Tried again after `againMs`, or activated anew. */
  | { readonly kind: "stale"; readonly name: string | null; readonly problems: Problems; readonly againMs: number }
  /** A thread ended that nobody had ended; another is started. */
  | { readonly kind: "died"; readonly message: string };

export type ModelStoreParts = {
  readonly settings: ModelSettings;
  readonly probe: Probe;
  readonly onEvent: (event: ModelEvent) => void;
  /** Told after each look how many names do not have what the store says. */
  readonly onStale?: (count: number) => void;
  readonly onAgreement?: (name: string, agreement: Agreement) => void;
  readonly onBatch?: (name: string, seen: BatchSeen) => void;
  /** False: what is active now serves until the end. */
  readonly follow: boolean;
  /** Monotonic; another only in tests. */
  readonly nowMs?: () => number;
};

export type ModelStore = Models & {
  /** Looks at the store now. Resolves when what it says serves, or could not. */
  look(): Promise<void>;
};

/** A watch can miss changes, for example on network file systems. */
const pollMs = 5_000;
/**
 * Before what failed is tried again, since the reason may pass: a machine short of memory for a while. Doubles up to the most, as a
 * trial costs a process and a model's memory. Begins anew with what is activated.
 */
export const againMs = { first: 30_000, most: 1_800_000 } as const;
/** Changes come in bursts. */
const settleMs = 25;

export async function openModels(parts: ModelStoreParts): Promise<Result<ModelStore, Problems>> {
  const store = new FolderStore(parts);
  const problems = await store.start();
  if (problems.length === 0) return ok(store);
  await store.close();
  return err(problems);
}

type Role = "active" | "candidate";
/** `againAtMs`: monotonic, of use where it is stale. */
type Place = { pin: string; opened: OpenedModel | null; isStale: boolean; againMs: number; againAtMs: number };
type Slot = Record<Role, Place>;
/** Not as the store says it, so that it is looked at. */
const wishedFor = "activated anew";
const waitedFor = "to be tried again";
const roles: readonly Role[] = ["active", "candidate"];
const printOf = (pin: Pin | null): string => (pin === null ? "" : `${pin.digest} ${pin.folder}`);
const nothing: ActiveEntry = { active: null, candidate: null, history: [] };

class FolderStore implements ModelStore {
  readonly #parts: ModelStoreParts;
  readonly #slots = new Map<string, Slot>();
  readonly #closing = new Set<Promise<void>>();
  #backend: Promise<Result<Backend, Problems>> | null = null;
  #unreadable = "";
  #version = "";
  #looking: Promise<unknown> = Promise.resolve();
  #poll: NodeJS.Timeout | null = null;
  #settling: NodeJS.Timeout | null = null;
  #watcher: FSWatcher | null = null;
  #closed = false;

  constructor(parts: ModelStoreParts) {
    this.#parts = parts;
  }

  get names(): readonly string[] {
    return [...this.#slots].filter(([, { active }]) => active.opened !== null).map(([name]) => name);
  }

  get(name: string): ServedModel | null {
    return this.#slots.get(name)?.active.opened ?? null;
  }

  /** What keeps an active model from serving; a candidate's problems are told as events only. */
  async start(): Promise<Problems> {
    const problems = await this.#lookOnce(false);
    if (problems.length === 0 && this.#parts.follow) this.#follow();
    return problems;
  }

  look(): Promise<void> {
    const looked = this.#looking.then(async () => {
      await this.#lookOnce(true);
      if (!this.#closed) this.#parts.onStale?.(this.#staleCount());
    });
    this.#looking = looked;
    return looked;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#poll !== null) clearInterval(this.#poll);
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#watcher?.close();
    await this.#looking;
    for (const slot of this.#slots.values()) for (const role of roles) this.#retire(slot[role].opened);
    this.#slots.clear();
    await Promise.all(this.#closing);
    const backend = await this.#backend;
    if (backend?.ok === true) await backend.value.close();
  }

  #follow(): void {
    const rewatch = (): void => {
      this.#watcher?.close();
      try {
        this.#watcher = watch(this.#parts.settings.folder, (_event, file) => {
          if (file === null || file === activeName) this.#changed();
        });
        this.#watcher.on("error", () => this.#watcher?.close());
      } catch {
        this.#watcher = null; // no such folder, or no watches left: the poll goes on and tries again
      }
    };
    rewatch();
    this.#poll = setInterval(() => {
      rewatch(); // the folder may have been replaced
      void this.look();
    }, pollMs);
    void this.look(); // it may have changed between the first look and the watch
  }

  #changed(): void {
    if (this.#closed || this.#settling !== null) return;
    this.#settling = setTimeout(() => {
      this.#settling = null;
      void this.look();
    }, settleMs);
  }

  #staleCount(): number {
    const slots = [...this.#slots.values()].filter((slot) => roles.some((role) => slot[role].isStale));
    return slots.length + (this.#unreadable === "" ? 0 : 1);
  }

  async #lookOnce(isProbed: boolean): Promise<Problems> {
    if (this.#closed) return [];
    const read = await readActive(this.#parts.settings.folder);
    if (!read.ok) {
      const isNew = this.#unreadable !== read.error.message;
      this.#unreadable = read.error.message;
      if (isNew) this.#parts.onEvent({ kind: "stale", name: null, problems: [read.error], againMs: pollMs });
      return [read.error];
    }
    this.#unreadable = "";
    await this.#tryAgain();
    const problems: BundleProblem[] = [];
    for (const name of new Set([...read.value.keys(), ...this.#slots.keys()])) {
      problems.push(...(await this.#settle(name, read.value.get(name) ?? nothing, isProbed)));
    }
    return problems;
  }

  /** A file written anew, if with the same words, is a wish to try again what did not serve; else its time comes. */
  async #tryAgain(): Promise<void> {
    const found = await stat(join(this.#parts.settings.folder, activeName)).catch(() => null);
    const version = found === null ? "" : `${found.ino} ${found.mtimeMs}`;
    const isWish = version !== this.#version;
    this.#version = version;
    for (const place of [...this.#slots.values()].flatMap((slot) => roles.map((role) => slot[role]))) {
      if (!place.isStale) continue;
      if (isWish) place.pin = wishedFor;
      else if (place.againAtMs <= this.#nowMs()) place.pin = waitedFor;
    }
  }

  /** Brings a name to what the store says of it. Gives what keeps its active model from it. */
  async #settle(name: string, entry: ActiveEntry, isProbed: boolean): Promise<Problems> {
    const slot = this.#slots.get(name) ?? { active: empty(), candidate: empty() };
    this.#slots.set(name, slot);
    const problems: BundleProblem[] = [];
    for (const role of roles) {
      const pin = entry[role];
      if (slot[role].pin === printOf(pin) || this.#closed) continue;
      if (slot[role].pin !== waitedFor) slot[role].againMs = againMs.first;
      slot[role].pin = printOf(pin);
      const opened = await this.#opened(name, slot, pin, isProbed);
      slot[role].isStale = !opened.ok;
      if (opened.ok) this.#put(name, slot, role, opened.value);
      else {
        this.#wait(name, slot[role], opened.error);
        if (role === "active") problems.push(...opened.error);
      }
    }
    return problems;
  }

  #wait(name: string, place: Place, problems: Problems): void {
    this.#parts.onEvent({ kind: "stale", name, problems, againMs: place.againMs });
    place.againAtMs = this.#nowMs() + place.againMs;
    place.againMs = Math.min(againMs.most, place.againMs * 2);
  }

  #nowMs(): number {
    return (this.#parts.nowMs ?? (() => performance.now()))();
  }

  /** What serves already in either role is not loaded again. */
  async #opened(
    name: string,
    slot: Slot,
    pin: Pin | null,
    isProbed: boolean,
  ): Promise<Result<OpenedModel | null, Problems>> {
    if (pin === null) return ok(null);
    const known = roles.map((role) => slot[role].opened).find((opened) => opened?.bundle.digest === pin.digest);
    return known == null ? this.#open(name, pin, isProbed) : ok(known);
  }

  async #open(name: string, pin: Pin, isProbed: boolean): Promise<Result<OpenedModel, Problems>> {
    const { settings, probe, onBatch } = this.#parts;
    if (isProbed) {
      const folder = join(settings.folder, pin.folder);
      const tried = await probe({ folder, fallbackName: fallbackNameOf(pin.folder), settings });
      if (!tried.ok) return tried;
    }
    const bundle = await readPinned(settings.folder, name, pin);
    if (!bundle.ok) return bundle;
    this.#backend ??= this.#openBackend();
    const backend = await this.#backend;
    if (!backend.ok) return backend;
    const seen = onBatch === undefined ? {} : { onBatch: (batch: BatchSeen) => onBatch(name, batch) };
    const onDeath = (message: string): void => this.#parts.onEvent({ kind: "died", message });
    return openModel({ backend: backend.value, bundle: bundle.value, settings, onDeath, ...seen });
  }

  async #openBackend(): Promise<Result<Backend, Problems>> {
    const { settings, onEvent } = this.#parts;
    const opened = await openBackend({
      runtime: settings.backend,
      folders: settings.openvinoFolder === null ? [] : [settings.openvinoFolder],
      onDeath: (message) => onEvent({ kind: "died", message }),
      nowMs: () => performance.now(),
    });
    if (!opened.ok) return err([{ file: settings.openvinoFolder ?? settings.backend, message: opened.error.message }]);
    onEvent({ kind: "backend", why: opened.value.why });
    return ok(opened.value.backend);
  }

  #put(name: string, slot: Slot, role: Role, opened: OpenedModel | null): void {
    const before = slot[role].opened;
    slot[role].opened = opened;
    this.#show(name, slot);
    if (before !== opened && roles.every((each) => slot[each].opened !== before)) this.#retire(before);
    const { onEvent } = this.#parts;
    if (role === "candidate") onEvent({ kind: "shadow", name, digest: opened?.bundle.digest ?? null });
    else if (opened === null) onEvent({ kind: "removed", name });
    else if (before !== opened) onEvent({ kind: "served", name, opened, before: before?.bundle.digest ?? null });
  }

  /** The candidate looks on at the active model, and at no other. */
  #show(name: string, { active, candidate }: Slot): void {
    if (candidate.opened !== null) candidate.opened.model.onlooker = null;
    if (active.opened === null) return;
    const { onAgreement = () => undefined } = this.#parts;
    active.opened.model.onlooker =
      candidate.opened === null || candidate.opened === active.opened
        ? null
        : createShadow(active.opened, candidate.opened, (agreement) => onAgreement(name, agreement));
  }

  #retire(opened: OpenedModel | null): void {
    if (opened === null) return;
    opened.model.onlooker = null;
    const closing = opened.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

const empty = (): Place => ({ pin: "", opened: null, isStale: false, againMs: againMs.first, againAtMs: 0 });
