/** Where to listen, as text and as a value. Pure. */
import { err, ok, type Result } from "../stdx/result.ts";

export type TcpAddress = { readonly kind: "tcp"; readonly host: string; readonly port: number };
export type UnixAddress = { readonly kind: "unix"; readonly path: string };
export type Listen = UnixAddress | TcpAddress;

/** Where the guard listens and Envoy looks for it, unless told otherwise. */
export const defaultListen: UnixAddress = { kind: "unix", path: "/run/sallyport/ext-proc.sock" };

/** What the kernel takes for a UNIX socket's path, in bytes of UTF-8. */
export const socketPathBytesMax = 107;

/** `unix:PATH` or `HOST:PORT`; the error completes "X must be ...". */
export function parseListen(text: string): Result<Listen, string> {
  if (!text.startsWith("unix:")) {
    const address = parseHostPort(text);
    return address.ok ? address : err(`unix:PATH or ${address.error}`);
  }
  const path = text.slice("unix:".length);
  if (path === "" || path.includes("\0")) return err("unix:PATH with a path");
  const bytes = new TextEncoder().encode(path).length;
  if (bytes > socketPathBytesMax) return err(`a socket path of at most ${socketPathBytesMax} bytes, not ${bytes}`);
  return ok({ kind: "unix", path });
}

/** `HOST:PORT`, an IPv6 host in brackets. Port 0 is any free one. */
export function parseHostPort(text: string): Result<TcpAddress, string> {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port <= 65_535)) return err("HOST:PORT, for example 127.0.0.1:9464 or [::1]:9464");
  return ok({ kind: "tcp", host, port });
}

export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(\.[0-9]{1,3}){3}$/.test(host);

export function formatListen(address: Listen): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  return `${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`;
}
