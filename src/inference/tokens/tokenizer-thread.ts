/**
 * A thread that tokenises for one model: a large vocabulary takes seconds to load, and the thread that serves has no time for
 * that. A program of its own: loads the file that its start names, says so or why not, and answers texts. It keeps none.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import { loadTokenizer } from "./tokenizer.ts";
import type { Tokenizer } from "./tokens.ts";
import type { TokenizerAsk, TokenizerTold } from "./tokenizer-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("this program runs as a worker thread");

const say = (told: TokenizerTold, move: readonly ArrayBuffer[] = []): void => port.postMessage(told, move);

const path = workerData as string;
const loaded = await loadTokenizer(path);
if (loaded.ok) serve(loaded.value, await digestOf(path));
else say({ kind: "refused", message: loaded.error });

async function digestOf(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

type EncodeAsk = Extract<TokenizerAsk, { kind: "encode" }>;

function serve({ encode, ...facts }: Tokenizer, digest: string): void {
  const asked = new Map<number, { readonly leaving: AbortController; readonly done: Promise<void> }>();
  const answer = async ({ id, text, tokensMax }: EncodeAsk, signal: AbortSignal): Promise<void> => {
    try {
      const tokens = await encode(signal, text, tokensMax);
      const { ids, starts, ends, unknown } = tokens;
      const buffers = new Set([ids, starts, ends, unknown].map(({ buffer }) => buffer as ArrayBuffer));
      say({ kind: "encoded", id, tokens }, [...buffers]);
    } catch {
      say({ kind: "failed", id });
    } finally {
      asked.delete(id);
    }
  };
  port?.on("message", (ask: TokenizerAsk) => {
    if (ask.kind === "encode") {
      const leaving = new AbortController();
      asked.set(ask.id, { leaving, done: answer(ask, leaving.signal) });
    } else if (ask.kind === "leave") asked.get(ask.id)?.leaving.abort();
    // The runtime may not go while it still encodes.
    else void Promise.all(Array.from(asked.values(), ({ done }) => done)).then(() => port.close());
  });
  say({ kind: "ready", facts, digest });
}
