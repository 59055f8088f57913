// A client of streams that notes when each event came, by the id that the upstream gave it.

import { type Agent, type IncomingMessage, request } from "node:http";
import { chatPath } from "../load/bodies.ts";

/** The script that the upstream follows; see test/helpers/upstream.ts. */
const cellHeader = "x-cell";

/** Times are of `performance.now()`. */
export interface Received {
  readonly status: number;
  readonly body: string;
  readonly sentMs: number;
  readonly endMs: number;
  /** Of each event, by its number. */
  readonly arrivedMs: readonly number[];
  /** Of the first event with text in it. */
  readonly firstTextMs: number | null;
}

const idOf = /"id":"t-(\d+)"/;
const hasText = /"content":"[^"]/;

/** `onEvent` is told each event's number. Rejects where the connection breaks. */
export function receive(
  port: number,
  agent: Agent,
  cell: string,
  body: Buffer,
  onEvent: (number: number) => void = () => undefined,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sentMs = performance.now();
    const headers = { "content-type": "application/json", "content-length": body.length, [cellHeader]: cell };
    const sent = request({ host: "127.0.0.1", port, agent, method: "POST", path: chatPath, headers });
    sent.on("error", reject);
    sent.on("response", (response: IncomingMessage) => {
      const arrivedMs: number[] = [];
      const kept: string[] = [];
      let firstTextMs: number | null = null;
      let open = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        const now = performance.now();
        kept.push(chunk);
        const events = (open + chunk).split("\n\n");
        open = events.pop() ?? "";
        for (const event of events) {
          const number = Number(idOf.exec(event)?.[1] ?? Number.NaN);
          if (firstTextMs === null && hasText.test(event)) firstTextMs = now;
          if (Number.isNaN(number) || arrivedMs[number] !== undefined) continue;
          arrivedMs[number] = now;
          onEvent(number);
        }
      });
      response.on("error", reject);
      response.on("end", () => {
        const endMs = performance.now();
        resolve({ status: response.statusCode ?? 0, body: kept.join(""), sentMs, endMs, arrivedMs, firstTextMs });
      });
    });
    sent.end(body);
  });
}

/** What a stream said. */
export function textOf(body: string): string {
  let text = "";
  for (const line of body.split("\n")) {
    if (!line.startsWith("data: {")) continue;
    const event = JSON.parse(line.slice("data: ".length)) as {
      readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
    };
    text += event.choices?.[0]?.delta?.content ?? "";
  }
  return text;
}
