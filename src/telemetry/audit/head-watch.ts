/** Entries that are known from elsewhere (a head file, a log line, a metric): whether the record still has them. Pure. */
import type { Head } from "./chain.ts";
import { entries, type Finding } from "./findings.ts";

/** `from`: who says so, for people. */
export type KnownHead = Head & { readonly from: string };

export class HeadWatch {
  readonly #waiting: Set<KnownHead>;
  #most = 0;

  constructor(heads: readonly KnownHead[]) {
    this.#waiting = new Set(heads);
  }

  /** Each entry that was read whole. */
  pass({ seq, hash }: Head): void {
    this.#most = Math.max(this.#most, seq);
    for (const head of this.#waiting) if (head.seq === seq && head.hash === hash) this.#waiting.delete(head);
  }

  /** `first`: the number of the first entry that is here. */
  end({ first }: { readonly first: number }): readonly Finding[] {
    return [...this.#waiting].map(({ seq, from }): Finding => {
      const place = null;
      if (seq > this.#most)
        return {
          kind: "cut-tail",
          place,
          text: `${from} knows entry ${seq}: ${entries(seq - this.#most)} at the end are missing`,
        };
      if (seq < first)
        return { kind: "older-head", place, text: `${from} knows entry ${seq}, which is older than the first here` };
      return { kind: "other-head", place, text: `${from} knows another entry ${seq} than the one that stands here` };
    });
  }
}

/** `SEQ:HASH`; `null`: not of this form. */
export function readHead(text: string): Head | null {
  const [, seq, hash] = /^([1-9][0-9]{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  return seq === undefined || hash === undefined ? null : { seq: Number(seq), hash };
}
