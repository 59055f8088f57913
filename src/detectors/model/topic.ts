/** The examples of a topic as vectors, of the model that serves now. Made when the rule is, and again after a swap. */
import type { Asked, ModelSource } from "./served.ts";
import { askedOf } from "./served.ts";
import type { ModelSpec } from "../../domain/policy.ts";
import { vectorOf } from "../../inference/answers.ts";

type Vectors = readonly Float32Array[];

export class Topic {
  readonly #examples: readonly string[];
  #digest: string | null = null;
  #vectors: Promise<Vectors | null> = Promise.resolve([]);

  constructor(spec: ModelSpec, models: ModelSource) {
    this.#examples = spec.examples;
    const asked = askedOf(spec, models);
    if (asked !== null) void this.of(asked).catch(() => null);
  }

  /** `null`: the model could not answer for them. */
  of(asked: Asked): Promise<Vectors | null> {
    const { digest } = asked.served.bundle;
    if (this.#examples.length === 0) return this.#vectors;
    if (this.#digest !== digest) {
      this.#digest = digest;
      this.#vectors = this.#make(asked).then((made) => {
        // Asked again next time.
        if (made === null && this.#digest === digest) this.#digest = null;
        return made;
      });
    }
    return this.#vectors;
  }

  async #make(asked: Asked): Promise<Vectors | null> {
    const { signal } = new AbortController();
    const { head, served } = asked;
    const judged = await Promise.all(
      this.#examples.map((text) => served.model.judge(signal, text, Number.POSITIVE_INFINITY)),
    );
    const vectors: Float32Array[] = [];
    for (const each of judged) {
      if (!each.ok) return null;
      vectors.push(...each.value.windows.map((window) => vectorOf(head, window)));
    }
    return vectors;
  }
}
