/**
 * One POST to a collector: bounded in time from its beginning to the end of the answer, and in what is read of the answer. Never
 * throws; of what a collector says nothing but its status and a code of the system's is told.
 */
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { OtelDropReason } from "../../telemetry/otel-metrics.ts";
import type { Collector } from "./protocol.ts";

export type Outcome =
  /** `answer`: an ExportPartialSuccess, as bytes. */
  | { readonly kind: "took"; readonly answer: Uint8Array }
  /** It may be tried again; `afterMs`: not sooner. */
  | { readonly kind: "failed"; readonly reason: OtelDropReason; readonly why: string; readonly afterMs: number }
  /** It would not be taken the next time either. */
  | { readonly kind: "refused"; readonly why: string };

export type Post = (body: Uint8Array, ended: AbortSignal) => Promise<Outcome>;

/** Of an answer, in bytes: it says how many were rejected, and why in a sentence. */
const answerMax = 64 * 1024;
/** As OTLP's specification lists them. */
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const afterMaxMs = 60_000;

export function createPost(url: string, collector: Collector): Post & Disposable {
  const isTls = new URL(url).protocol === "https:";
  const { ca, cert, key, timeoutMs, gzip: packs } = collector;
  const tls = {
    minVersion: "TLSv1.2",
    ...(ca === null ? {} : { ca }),
    ...(cert === null || key === null ? {} : { cert, key }),
  } as const;
  const agent = isTls
    ? new HttpsAgent({ keepAlive: true, maxSockets: 1, ...tls })
    : new HttpAgent({ keepAlive: true, maxSockets: 1 });
  const headers = { ...collector.headers, "content-type": "application/x-protobuf" };
  const post = async (body: Uint8Array, ended: AbortSignal): Promise<Outcome> => {
    const bytes = packs ? await promisify(gzip)(body) : body;
    const late = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([late, ended]);
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const failed = (error: unknown): void =>
      resolve(
        late.aborted
          ? { kind: "failed", reason: "timeout", why: "timeout", afterMs: 0 }
          : { kind: "failed", reason: "unreachable", why: codeOf(error), afterMs: 0 },
      );
    const encoding = packs ? { "content-encoding": "gzip" } : {};
    const sent = (isTls ? httpsRequest : httpRequest)(
      url,
      { method: "POST", agent, signal, headers: { ...headers, ...encoding, "content-length": bytes.length } },
      (response) => {
        readAnswer(response).then((answer) => resolve(outcomeOf(response, answer)), failed);
      },
    );
    sent.on("error", failed);
    sent.end(bytes);
    return promise;
  };
  return Object.assign(post, { [Symbol.dispose]: () => agent.destroy() });
}

async function readAnswer(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    // What it says is of no use then; its status is.
    if (length > answerMax) return new Uint8Array();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function outcomeOf({ statusCode: status = 0, headers }: IncomingMessage, answer: Uint8Array): Outcome {
  if (status >= 200 && status < 300) return { kind: "took", answer };
  const why = `HTTP ${status}`;
  if (!passing.has(status)) return { kind: "refused", why };
  const seconds = Number(headers["retry-after"] ?? "0");
  const afterMs = Number.isFinite(seconds) ? Math.min(Math.max(0, seconds * 1000), afterMaxMs) : 0;
  return { kind: "failed", reason: "unavailable", why, afterMs };
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^\w{1,64}$/.test(code) ? code : "closed";
}
