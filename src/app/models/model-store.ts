/**
 * The models that serve, of a store of bundles and of those that come with Sallyport: these only where they are asked for. Follows
 * `active.json`: what is new there is tried in a child process, loaded beside what serves, and swapped in at once. Texts that are
 * being judged stay with the model that has them, which then goes.
 *
 * Invariant: whatever fails leaves the model before it serving, and says so. Only at the start is it an error.
 */
import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ModelSettings } from "../../config/models.ts";
import type { BatchSeen } from "../../inference/batching/batcher.ts";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { activeName } from "./active.ts";
import type { Agreement } from "./agreement.ts";
import { ModelOpener } from "./model-opener.ts";
import {
  againMs,
  emptyPlace,
  nothing,
  type Place,
  printOf,
  type Role,
  roles,
  type Slot,
  waitedFor,
  wishedFor,
} from "./model-places.ts";
import type { Models, ServedModel } from "./models.ts";
import type { OpenedModel } from "./open-model.ts";
import type { Probe } from "./probe.ts";
import { createShadow } from "./shadow.ts";
import { type PlacedPin, readWanted, type WantedModel } from "./wanted-models.ts";

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
  /** Names that a policy asks from the start; none where left out. */
  readonly asked?: readonly string[];
  /** Monotonic; another only in tests. */
  readonly nowMs?: () => number;
};

export type ModelStore = Models & {
  /** Looks at the store now. Resolves when what it says serves, or could not. */
  look(): Promise<void>;
  /**
   * The names that policies ask from now on: what comes with Sallyport is loaded for them. Resolves when they serve, else with
   * what keeps those from it that nothing serves under. What is loaded and not asked any more may stay.
   */
  ask(names: readonly string[]): Promise<Problems>;
};

/** A watch can miss changes, for example on network file systems. */
const pollMs = 5_000;
/** Changes come in bursts. */
const settleMs = 25;

export async function openModels(parts: ModelStoreParts): Promise<Result<ModelStore, Problems>> {
  const store = new FolderStore(parts);
  const problems = await store.start();
  if (problems.length === 0) return ok(store);
  await store.close();
  return err(problems);
}

class FolderStore implements ModelStore {
  readonly #parts: ModelStoreParts;
  readonly #slots = new Map<string, Slot>();
  readonly #closing = new Set<Promise<void>>();
  readonly #opener: ModelOpener;
  #asked: ReadonlySet<string>;
  #unreadable: BundleProblem | null = null;
  #version = "";
  #looking: Promise<unknown> = Promise.resolve();
  #poll: NodeJS.Timeout | null = null;
  #settling: NodeJS.Timeout | null = null;
  #watcher: FSWatcher | null = null;
  #closed = false;

  constructor(parts: ModelStoreParts) {
    this.#parts = parts;
    this.#asked = new Set(parts.asked);
    const { settings, probe, onEvent, onBatch = () => undefined } = parts;
    const onBackend = (why: string): void => onEvent({ kind: "backend", why });
    const onDeath = (message: string): void => onEvent({ kind: "died", message });
    this.#opener = new ModelOpener({ settings, probe, onBackend, onDeath, onBatch });
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

  async ask(names: readonly string[]): Promise<Problems> {
    this.#asked = new Set(names);
    const missing = (): readonly string[] => names.filter((name) => this.get(name) === null);
    if (missing().length === 0) return [];
    // Who asks again may have mended it.
    for (const name of missing()) {
      const place = this.#slots.get(name)?.active;
      if (place !== undefined && place.stale !== null) place.pin = wishedFor;
    }
    await this.look();
    const unserved = missing();
    if (unserved.length > 0 && this.#unreadable !== null) return [this.#unreadable];
    return unserved.flatMap((name) => this.#slots.get(name)?.active.stale ?? []);
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
    await this.#opener.close();
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
    const slots = [...this.#slots.values()].filter((slot) => roles.some((role) => slot[role].stale !== null));
    return slots.length + (this.#unreadable === null ? 0 : 1);
  }

  async #lookOnce(isProbed: boolean): Promise<Problems> {
    if (this.#closed) return [];
    const loaded = [...this.#slots].filter(([, { active }]) => active.opened !== null && active.isShipped);
    const read = await readWanted(this.#parts.settings, new Set([...this.#asked, ...loaded.map(([name]) => name)]));
    if (!read.ok) {
      const isNew = this.#unreadable?.message !== read.error.message;
      this.#unreadable = read.error;
      if (isNew) this.#parts.onEvent({ kind: "stale", name: null, problems: [read.error], againMs: pollMs });
      return [read.error];
    }
    this.#unreadable = null;
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
      if (place.stale === null) continue;
      if (isWish) place.pin = wishedFor;
      else if (place.againAtMs <= this.#nowMs()) place.pin = waitedFor;
    }
  }

  /** Brings a name to what the store says of it. Gives what keeps its active model from it. */
  async #settle(name: string, entry: WantedModel, isProbed: boolean): Promise<Problems> {
    const slot = this.#slots.get(name) ?? { active: emptyPlace(), candidate: emptyPlace() };
    this.#slots.set(name, slot);
    const problems: BundleProblem[] = [];
    for (const role of roles) {
      const pin = entry[role];
      if (slot[role].pin === printOf(pin) || this.#closed) continue;
      if (slot[role].pin !== waitedFor) slot[role].againMs = againMs.first;
      slot[role].pin = printOf(pin);
      const opened = await this.#opened(name, slot, pin, isProbed);
      slot[role].stale = opened.ok ? null : opened.error;
      if (opened.ok) {
        slot[role].isShipped = pin?.isShipped === true;
        this.#put(name, slot, role, opened.value);
      } else {
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
    pin: PlacedPin | null,
    isProbed: boolean,
  ): Promise<Result<OpenedModel | null, Problems>> {
    if (pin === null) return ok(null);
    const known = roles.map((role) => slot[role].opened).find((opened) => opened?.bundle.digest === pin.digest);
    return known == null ? this.#opener.open(name, pin, isProbed) : ok(known);
  }

  #put(name: string, slot: Slot, role: Role, opened: OpenedModel | null): void {
    const before = slot[role].opened;
    slot[role].opened = opened;
    this.#show(name, slot);
    if (before !== opened && roles.every((each) => slot[each].opened !== before)) this.#retire(before);
    const { onEvent } = this.#parts;
    if (role === "candidate") onEvent({ kind: "shadow", name, digest: opened?.bundle.digest ?? null });
    else if (opened === null && before !== null) onEvent({ kind: "removed", name });
    else if (opened !== null && before !== opened)
      onEvent({ kind: "served", name, opened, before: before?.bundle.digest ?? null });
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
