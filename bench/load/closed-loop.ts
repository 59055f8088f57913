// A closed-loop HTTP/1.1 client: each of its connections sends the next request when the last was answered, and every
// reply is compared byte for byte with what the constant upstream sends. Times are in microseconds.

import { Agent, type IncomingMessage, request } from "node:http";
import {
  barrierHeader,
  chatPath,
  jsonReply,
  markedReply,
  markerHeader,
  promptBody,
  type ReplyKind,
  replyHeader,
  streamReply,
} from "./bodies.ts";
import { type Percentiles, percentilesOf } from "../stats.ts";

export interface Load {
  readonly port: number;
  readonly reply: "json" | "stream" | "paced";
  readonly concurrency: number;
  /** What ends it; with `requests` exactly that many are sent. */
  readonly until: { readonly requests: number } | { readonly seconds: number };
}

export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  /** What was seen in place of the reply, of the first few. */
  readonly examples: readonly string[];
  readonly seconds: number;
  readonly latencyUs: Percentiles;
  /** To the first data event of a stream. */
  readonly firstEventUs: Percentiles | null;
  /** To the first event with text in it. */
  readonly firstTextUs: Percentiles | null;
}

export interface MarkedResult {
  readonly streams: number;
  readonly failures: number;
  readonly examples: readonly string[];
}

export interface Seen {
  readonly body: Buffer;
  readonly status: number;
  readonly latencyUs: number;
  readonly firstEventUs: number | null;
  readonly firstTextUs: number | null;
}

const examplesMax = 5;
const exampleLength = 120;
const textBegins = /"content":"[^"]/;

/** Sends load until its end. A reply that is not the right one is a failure, never an exception. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const expected = load.reply === "json" ? jsonReply : Buffer.concat(streamReply);
  const body = promptBody(load.reply);
  const agent = new Agent({ keepAlive: true, maxSockets: load.concurrency });
  const times = { latency: [] as number[], firstEvent: [] as number[], firstText: [] as number[] };
  const failures = new Failures();
  let sent = 0;
  const begun = performance.now();
  const more = (): boolean =>
    "requests" in load.until ? sent < load.until.requests : performance.now() - begun < load.until.seconds * 1000;
  const one = async (): Promise<void> => {
    while (more()) {
      sent += 1;
      const seen = await exchange(load.port, agent, body, load.reply, {}).catch(messageOf);
      if (typeof seen === "string" || seen.status !== 200 || !seen.body.equals(expected)) {
        failures.add(seen);
        continue;
      }
      times.latency.push(seen.latencyUs);
      if (seen.firstEventUs !== null) times.firstEvent.push(seen.firstEventUs);
      if (seen.firstTextUs !== null) times.firstText.push(seen.firstTextUs);
    }
  };
  await Promise.all(Array.from({ length: load.concurrency }, one));
  const seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  const streams = load.reply !== "json" && times.firstEvent.length > 0;
  return {
    requests: sent,
    failures: failures.count,
    examples: failures.examples,
    seconds,
    latencyUs: percentilesOf(times.latency),
    firstEventUs: streams ? percentilesOf(times.firstEvent) : null,
    firstTextUs: streams ? percentilesOf(times.firstText) : null,
  };
}

/** Opens all streams at once; the upstream answers none before it has all. Each must get back its own marker alone. */
export async function runMarked(port: number, streams: number): Promise<MarkedResult> {
  const agent = new Agent({ keepAlive: false, maxSockets: streams });
  const failures = new Failures();
  const one = async (index: number): Promise<void> => {
    const marker = `marker-${String(index).padStart(6, "0")}`;
    const prompt = promptBody("marked", `Repeat after me: ${marker}`);
    const headers = { [markerHeader]: marker, [barrierHeader]: String(streams) };
    const seen = await exchange(port, agent, prompt, "marked", headers).catch(messageOf);
    const expected = Buffer.concat(markedReply(marker));
    if (typeof seen === "string" || seen.status !== 200 || !seen.body.equals(expected)) failures.add(seen);
  };
  await Promise.all(Array.from({ length: streams }, (_, index) => one(index)));
  agent.destroy();
  return { streams, failures: failures.count, examples: failures.examples };
}

class Failures {
  count = 0;
  readonly examples: string[] = [];

  add(seen: Seen | string): void {
    this.count += 1;
    if (this.examples.length >= examplesMax) return;
    this.examples.push(
      typeof seen === "string" ? seen : `${seen.status} ${seen.body.toString("utf8", 0, exampleLength)}`,
    );
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One request and its reply. Rejects where the connection breaks. */
export function exchange(
  port: number,
  agent: Agent,
  body: Buffer,
  reply: ReplyKind,
  more: Record<string, string>,
): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const since = (): number => (performance.now() - begun) * 1000;
    const headers = {
      "content-type": "application/json",
      "content-length": body.length,
      [replyHeader]: reply,
      ...more,
    };
    const sent = request({ host: "127.0.0.1", port, agent, method: "POST", path: chatPath, headers });
    sent.on("error", reject);
    sent.on("response", (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let firstEventUs: number | null = null;
      let firstTextUs: number | null = null;
      let head = "";
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (reply === "json" || firstTextUs !== null) return;
        head += chunk.toString("latin1");
        if (firstEventUs === null && head.includes("data: ")) firstEventUs = since();
        if (textBegins.test(head)) firstTextUs = since();
      });
      response.on("error", reject);
      response.on("end", () => {
        const whole = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
        resolve({ body: whole, status: response.statusCode ?? 0, latencyUs: since(), firstEventUs, firstTextUs });
      });
    });
    sent.end(body);
  });
}
