/** Opens pinned bundles, one runtime for all of them: tried in a child process first where that is wished. */
import { join } from "node:path";
import type { ModelSettings } from "../../config/models.ts";
import type { Backend } from "../../inference/backend.ts";
import type { BatchSeen } from "../../inference/batching/batcher.ts";
import { openBackend } from "../../inference/backends/select.ts";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type OpenedModel, openModel } from "./open-model.ts";
import type { Probe } from "./probe.ts";
import { fallbackNameOf } from "./store.ts";
import { type PlacedPin, readPlaced } from "./wanted-models.ts";

type Problems = readonly BundleProblem[];

export type ModelOpenerParts = {
  readonly settings: ModelSettings;
  readonly probe: Probe;
  /** Told once, when the first model is opened: which runtime, and why. */
  readonly onBackend: (why: string) => void;
  /** A thread ended that nobody had ended. */
  readonly onDeath: (message: string) => void;
  readonly onBatch: (name: string, seen: BatchSeen) => void;
};

export class ModelOpener {
  readonly #parts: ModelOpenerParts;
  #backend: Promise<Result<Backend, Problems>> | null = null;

  constructor(parts: ModelOpenerParts) {
    this.#parts = parts;
  }

  async open(name: string, pin: PlacedPin, isProbed: boolean): Promise<Result<OpenedModel, Problems>> {
    const { settings, probe, onBatch, onDeath } = this.#parts;
    if (isProbed) {
      // What is not what was pinned is not run.
      const pinned = pin.isShipped ? await readPlaced(name, pin) : null;
      if (pinned?.ok === false) return pinned;
      const folder = join(pin.store, pin.folder);
      const tried = await probe({ folder, fallbackName: fallbackNameOf(pin.folder), settings });
      if (!tried.ok) return tried;
    }
    const bundle = await readPlaced(name, pin);
    if (!bundle.ok) return bundle;
    this.#backend ??= this.#openBackend();
    const backend = await this.#backend;
    if (!backend.ok) return backend;
    const seen = (batch: BatchSeen): void => onBatch(name, batch);
    return openModel({ backend: backend.value, bundle: bundle.value, settings, onDeath, onBatch: seen });
  }

  /** When every model that it opened is closed. */
  async close(): Promise<void> {
    const backend = await this.#backend;
    if (backend?.ok === true) await backend.value.close();
  }

  async #openBackend(): Promise<Result<Backend, Problems>> {
    const { settings, onBackend, onDeath } = this.#parts;
    const opened = await openBackend({
      runtime: settings.backend,
      folders: settings.openvinoFolder === null ? [] : [settings.openvinoFolder],
      onDeath,
      nowMs: () => performance.now(),
    });
    if (!opened.ok) return err([{ file: settings.openvinoFolder ?? settings.backend, message: opened.error.message }]);
    onBackend(opened.value.why);
    return ok(opened.value.backend);
  }
}
