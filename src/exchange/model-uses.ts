/** All that an exchange asked of models, summed by model: bounded by how many there are. */
import type { ModelRun, ModelUse } from "../domain/times.ts";

type Asked = Pick<
  ModelRun,
  "model" | "digest" | "runtime" | "precision" | "failed" | "tokeniseMs" | "queueMs" | "inferMs"
>;

export class ModelUses {
  readonly #uses = new Map<string, ModelUse>();

  add({ model, digest, runtime, precision, failed, ...ms }: Asked): void {
    const key = `${model}@${digest}/${runtime}/${precision}`;
    const before = this.#uses.get(key);
    this.#uses.set(key, {
      model,
      digest,
      runtime,
      precision,
      texts: (before?.texts ?? 0) + 1,
      failed: (before?.failed ?? 0) + (failed ? 1 : 0),
      tokeniseMs: (before?.tokeniseMs ?? 0) + ms.tokeniseMs,
      queueMs: (before?.queueMs ?? 0) + ms.queueMs,
      inferMs: (before?.inferMs ?? 0) + ms.inferMs,
    });
  }

  /** In the order of their first answer. */
  all(): readonly ModelUse[] {
    return [...this.#uses.values()];
  }
}
