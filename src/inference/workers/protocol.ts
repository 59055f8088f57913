/** What the threads that run models and the thread that asks them say to each other. Plain data. */
import type { Description, LoadRequest, Output, TokenBatch } from "../backend.ts";
import type { OpenVinoLibraries } from "../openvino-libraries.ts";

/** A model that OpenVINO has compiled, by its address in this process. */
export type Compiled = { readonly address: bigint; readonly description: Description };

/** Given to the thread when it starts. */
export type Start =
  | { readonly engine: "onnxruntime"; readonly request: LoadRequest }
  /** The model is compiled once, for all threads. */
  | { readonly engine: "openvino"; readonly libraries: OpenVinoLibraries; readonly compiled: Compiled };

export type Ask = { readonly kind: "run"; readonly batch: TokenBatch } | { readonly kind: "close" };

export type Told =
  /** A request of OpenVINO, by its address: said before anything runs on it. The thread never frees it. */
  | { readonly kind: "holds"; readonly request: bigint }
  | { readonly kind: "ready"; readonly description: Description }
  | { readonly kind: "refused"; readonly problem: "no-runtime" | "bad-model"; readonly message: string }
  | { readonly kind: "ran"; readonly outputs: readonly Output[]; readonly runMs: number }
  | { readonly kind: "failed"; readonly message: string };

/** One in each thread: runs a batch while its thread waits. */
export type Engine = {
  readonly description: Description;
  /** What is left when the thread has ended, however it ended: for others to free. `null`: nothing. */
  readonly held: bigint | null;
  run(batch: TokenBatch): Promise<readonly Output[]> | readonly Output[];
  close(): Promise<void> | void;
};

/** Thrown by what opens an engine; anything else that is thrown there is a bad model. */
export class NoRuntime extends Error {}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : "no reason given");

/** To the thread that compiles for OpenVINO and keeps what it compiled; "close" ends it. */
export type KeeperAsk = {
  readonly id: number;
  readonly ask:
    | { readonly kind: "compile"; readonly request: LoadRequest }
    | { readonly kind: "free"; readonly compiled: Compiled }
    /** Of a thread that has ended: nothing may run on it. */
    | { readonly kind: "free-request"; readonly request: bigint };
};
export type KeeperTold =
  | { readonly kind: "ready" }
  | { readonly kind: "no-runtime"; readonly message: string }
  | { readonly kind: "done"; readonly id: number; readonly compiled: Compiled | null }
  | { readonly kind: "refused"; readonly id: number; readonly message: string };
