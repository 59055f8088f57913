/** What changes on the admin address ask for: the operator's token, and a small body. Shared by the doors that change something. */
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export type Page = { readonly status: number; readonly contentType: string; readonly body: string };

const bodyBytesMax = 4096;
/** Of what an operator says in words, in UTF-16 code units. */
const wordsLongest = 200;

export const json = (status: number, value: unknown): Page => ({
  status,
  contentType: "application/json",
  body: `${JSON.stringify(value)}\n`,
});
export const refused = (status: number, error: string): Page => json(status, { error });

/** Where something can be changed. `token` null: by nobody. */
export type Door = { readonly path: string; readonly token: string | null; readonly onRefused: OnRefused };

/** The fields of an order; `kind: "refused"`: what to answer in its place. */
export type Asked =
  | { readonly kind: "asked"; readonly said: Readonly<Record<string, unknown>> }
  | { readonly kind: "refused"; readonly page: Page };

/** Told of whoever asks for a change without the token: the page, the address that asks, and the answer's status. */
export type OnRefused = (path: string, from: string, status: number) => void;

/** Reads the body to its end, so that the connection stays whole. A body that is no JSON object says nothing: `said` is empty. */
export async function readOrder(request: IncomingMessage, { path, token, onRefused }: Door): Promise<Asked> {
  const body = await readBody(request);
  const no = (status: number, error: string): Asked => {
    if (status !== 413) onRefused(path, addressOf(request), status);
    return { kind: "refused", page: refused(status, error) };
  };
  if (token === null) return no(403, "set breakGlassTokenFile in the configuration and start again to use this switch");
  if (!hasToken(request, token)) return no(401, "send the token as Authorization: Bearer TOKEN");
  if (body === null) return no(413, `at most ${bodyBytesMax} bytes`);
  return { kind: "asked", said: fieldsOf(body) };
}

export const addressOf = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? "unknown";

/** `null`: no words, or too many. */
export const wordsIn = (value: unknown): string | null =>
  typeof value === "string" && value.trim() !== "" && value.length <= wordsLongest ? value : null;

function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const sent = Buffer.from(headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return sent.length === wanted.length && timingSafeEqual(sent, wanted);
}

/** `null`: too long. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= bodyBytesMax) chunks.push(chunk);
  }
  return bytes > bodyBytesMax ? null : Buffer.concat(chunks).toString("utf8");
}

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
