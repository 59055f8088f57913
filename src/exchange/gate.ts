/**
 * A gate holds one direction's body until it is cleared. The doors (Envoy's protocol, the command line, benchmarks)
 * push bytes in and get back only what may go.
 */
import type { BlockCause } from "../domain/verdict.ts";
import type { Cleared } from "../guard/cleared.ts";

export type GateOutput =
  /** Send these, in order; they may be none. `whole`: nothing more will come. `changed`: the bytes are not as they came. */
  | { readonly kind: "clear"; readonly cleared: readonly Cleared[]; readonly whole: boolean; readonly changed: boolean }
  /**
   * Nothing more may go after `before`, which was cleared by the same step. `cut` ends a body that has begun, in the
   * client's dialect; `null` where it has no such end.
   */
  | {
      readonly kind: "block";
      readonly cause: BlockCause;
      readonly before: readonly Cleared[];
      readonly cut: Cleared | null;
    };

export type Gate = {
  /** Takes the next bytes of the body. Not called again before the answer is there, nor after a block or the end. */
  push(bytes: Uint8Array): Promise<GateOutput>;
  end(): Promise<GateOutput>;
  /** Gives back what it holds; called once, whatever happened. */
  close(): void;
};

export const holding: GateOutput = { kind: "clear", cleared: [], whole: false, changed: false };
