// What the tests of this process send as text: everything that its sockets write to Envoy, and that its model servers answer.
// Whatever guard and Envoy say of it is then held against it (leaks.ts). Nobody has to remember to plant anything: on import, the
// sockets are watched; HTTP/2 is planted by the helpers that speak it.

import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

/** UTF-16 code units. Shorter texts are words that stand anywhere. */
export const TEXT_SHORTEST = 12;
const TEXT_KEPT = 4096;
/** Of one piece that is written, and of all texts together. */
const PIECE_READ = 256 * 1024;
const KEPT_MAX = 8 * 1024 * 1024;

const texts = new Set<string>();
/** Short texts that follow one another on a connection, as the pieces of a stream do. */
const streamed: { text: string }[] = [];
let kept = 0;

/** A text of a user: it must stand in no sink, nor a part of it. */
export function plant(text: string): void {
  const short = text.length > TEXT_KEPT ? text.slice(0, TEXT_KEPT) : text;
  if (short.length < TEXT_SHORTEST || texts.has(short) || kept > KEPT_MAX) return;
  texts.add(short);
  kept += short.length;
}

/** All that was planted by now. */
export const plantedTexts = (): readonly string[] => [...texts, ...streamed.map(({ text }) => text)];

/** Plants the string values of the JSON in it, credentials and the query of a request's head. */
export function plantBytes(piece: unknown, short?: { text: string }): void {
  const text = typeof piece === "string" ? piece : piece instanceof Uint8Array ? textOf(piece) : "";
  if (METRICS_PAGE.test(text)) return; // a test hands a page of metrics on: the guard wrote it
  for (const [, value = "", colon] of text.matchAll(/"((?:[^"\\]|\\.)*)"(\s*:)?/gs)) {
    if (colon !== undefined) continue; // a key
    const meant = value.includes("\\") ? unescaped(value) : value;
    plant(meant);
    if (short !== undefined && meant.length < TEXT_SHORTEST && short.text.length < PIECE_READ) short.text += meant;
  }
  for (const [, secret = ""] of text.matchAll(CREDENTIALS)) plant(secret.trim());
  const [, path = "", query = ""] = /^[A-Z]+ ([^ ?]*)\?(\S+) HTTP\/1\.1\r\n/.exec(text) ?? [];
  if (!ADMIN.test(path)) plant(query);
}

const METRICS_PAGE = /^# (?:TYPE|HELP) /m;

const CREDENTIALS = /^(?:authorization|cookie|[a-z-]*api-key): *(?:bearer )?([^\r\n]*)/gim;

/** Pages of Envoy's admin address: what tests ask there is theirs, not a user's. */
const ADMIN = /^\/(?:stats|config_dump|clusters|listeners|logging)/;

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, PIECE_READ)).toString("utf8");

function unescaped(value: string): string {
  try {
    return JSON.parse(`"${value}"`) as string;
  } catch {
    return value;
  }
}

function watch(message: unknown): void {
  const { socket } = message as { readonly socket: Socket };
  const short = { text: "" };
  streamed.push(short);
  for (const name of ["write", "end"] as const) {
    const own = socket[name].bind(socket) as (...args: unknown[]) => never;
    const watched = (...args: unknown[]): never => {
      plantBytes(args[0], short);
      return own(...args);
    };
    // Node's connect() puts its own `write` back: it may try.
    Object.defineProperty(socket, name, { get: () => watched, set() {}, configurable: true });
  }
}

subscribe("net.client.socket", watch);
subscribe("net.server.socket", watch);
