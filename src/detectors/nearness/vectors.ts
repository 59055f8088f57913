/**
 * Texts of one exchange as vectors of the model that a rule asks, to be held against each other. A text has one for each of its
 * windows. Those of the prompt are made once an exchange, and anew when the model is swapped; what failed is asked again.
 */
import type { UnknownCause } from "../../domain/detector.ts";
import type { ModelSpec } from "../../domain/policy.ts";
import { cosine, vectorOf } from "../../inference/answers.ts";
import { deadlineOf } from "../../stdx/deadline.ts";
import type { Passes } from "../model/passes.ts";
import { type Asked, askedOf, type ModelSource } from "../model/served.ts";

type Unknown = { readonly kind: "unknown"; readonly cause: UnknownCause };
export type Vectors = readonly Float32Array[];
/** `ofAll`: what was covered of it was all of it. */
export type TextVectors = { readonly kind: "known"; readonly vectors: Vectors; readonly ofAll: boolean } | Unknown;

/** In the order of the texts; none of those that could not be read. `missing`: why some could not. */
export type ManyVectors =
  | { readonly kind: "known"; readonly each: readonly Vectors[]; readonly missing: UnknownCause | null }
  | Unknown;

const noAnswer: Unknown = { kind: "unknown", cause: "backend" };
const late: Unknown = { kind: "unknown", cause: "deadline" };

async function vectorsOf(signal: AbortSignal, { served, head }: Asked, text: string): Promise<TextVectors> {
  const judged = await served.model.judge(signal, text, deadlineOf(signal));
  if (!judged.ok) return { kind: "unknown", cause: judged.error.cause };
  const { windows, coveredUnits } = judged.value;
  const vectors = windows.map((window) => vectorOf(head, window));
  return { kind: "known", vectors, ofAll: coveredUnits >= text.length };
}

export type NearnessParts = { readonly spec: ModelSpec; readonly models: ModelSource; readonly passes: Passes };

/** Who is asked, for one exchange. `over`: its end. */
export class Nearness {
  readonly #parts: NearnessParts;
  readonly #over: AbortSignal;

  constructor(parts: NearnessParts, over: AbortSignal) {
    this.#parts = parts;
    this.#over = over;
  }

  /** The model that serves now. */
  get model(): Asked | null {
    const { spec, models, passes } = this.#parts;
    const asked = askedOf(spec, models);
    return asked === null ? null : passes.over(asked);
  }

  async of(signal: AbortSignal, text: string): Promise<TextVectors> {
    const { model } = this;
    return model === null ? noAnswer : vectorsOf(signal, model, text);
  }

  /** Texts that stay the same while the exchange lasts. */
  texts(all: readonly string[]): PromptVectors {
    return new PromptVectors(this, all, this.#over);
  }
}

export class PromptVectors {
  readonly #nearness: Nearness;
  readonly #texts: readonly string[];
  readonly #over: AbortSignal;
  #by: Asked["served"]["model"] | null = null;
  #made: Promise<ManyVectors> = Promise.resolve(noAnswer);

  constructor(nearness: Nearness, texts: readonly string[], over: AbortSignal) {
    this.#nearness = nearness;
    this.#texts = texts;
    this.#over = over;
  }

  /** Begins before anybody waits, so that it is done when the first does. */
  begin(): void {
    this.#make().catch(() => undefined);
  }

  of(signal: AbortSignal): Promise<ManyVectors> {
    return untilAborted(signal, this.#make());
  }

  #make(): Promise<ManyVectors> {
    const { model } = this.#nearness;
    if (model === null) return Promise.resolve(noAnswer);
    if (this.#by === model.served.model) return this.#made;
    this.#by = model.served.model;
    this.#made = this.#read(model).then((made) => {
      if (made.kind === "unknown" && this.#by === model.served.model) this.#by = null;
      return made;
    });
    return this.#made;
  }

  async #read(model: Asked): Promise<ManyVectors> {
    const read = await Promise.all(this.#texts.map((text) => vectorsOf(this.#over, model, text)));
    let missing: UnknownCause | null = null;
    for (const each of read) {
      if (each.kind === "known") {
        if (!each.ofAll) missing ??= "too-long";
      } else if (each.cause === "vocabulary") missing ??= each.cause;
      else return each;
    }
    return { kind: "known", each: read.map((it) => (it.kind === "known" ? it.vectors : [])), missing };
  }
}

/** Whoever waits no longer is told that it was too late. */
function untilAborted(signal: AbortSignal, made: Promise<ManyVectors>): Promise<ManyVectors> {
  if (signal.aborted) return Promise.resolve(late);
  return new Promise((resolve, reject) => {
    const leave = (): void => resolve(late);
    signal.addEventListener("abort", leave, { once: true });
    made.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

/** The highest cosine to any of the texts; -1 where there is no vector. */
export function nearest(own: Vectors, texts: readonly Vectors[]): number {
  let most = -1;
  for (const one of own) for (const text of texts) for (const other of text) most = Math.max(most, cosine(one, other));
  return most;
}
