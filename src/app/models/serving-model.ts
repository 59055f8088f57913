/**
 * A model that knows what it is busy with: it can be closed when the last text is answered, and what it is asked can be shown to
 * a candidate beside it. Callers get their answer as if it stood alone.
 */
import { Model } from "../../inference/model.ts";

type Judge = Model["judge"];
type JudgePair = Model["judgePair"];

/** Told of each text that was judged, when its answer is there; must not throw and must not keep the caller waiting. */
export type Onlooker = {
  single(text: string, answer: Awaited<ReturnType<Judge>>): void;
  pair(asked: Parameters<JudgePair>, answer: Awaited<ReturnType<JudgePair>>): void;
};

export class ServingModel extends Model {
  /** `null`: nobody looks on. */
  onlooker: Onlooker | null = null;
  #running = 0;
  #waiting: (() => void)[] = [];

  override async judge(...asked: Parameters<Judge>): ReturnType<Judge> {
    using _counted = this.#count();
    const answer = await super.judge(...asked);
    this.onlooker?.single(asked[1], answer);
    return answer;
  }

  override async judgePair(...asked: Parameters<JudgePair>): ReturnType<JudgePair> {
    using _counted = this.#count();
    const answer = await super.judgePair(...asked);
    this.onlooker?.pair(asked, answer);
    return answer;
  }

  /** Resolves when no text is being judged. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #count(): Disposable {
    this.#running += 1;
    return {
      [Symbol.dispose]: () => {
        this.#running -= 1;
        if (this.#running === 0) for (const resolve of this.#waiting.splice(0)) resolve();
      },
    };
  }
}
