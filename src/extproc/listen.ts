/**
 * Where the guard listens: a UNIX socket in a private directory, or TCP. Hands over raw connections; speaks no HTTP/2.
 *
 * Rules:
 * - UNIX: the directory is ours or root's and closed to others (0750 or stricter); a missing one is made with 0700. A
 *   world-writable directory is refused, sticky or not: who may write there may put a socket of his own in our place.
 *   The socket has mode 0660. One left by a dead process is replaced; a live one, or another kind of file, is left alone.
 * - TCP: plain on loopback only. Elsewhere mutual TLS with a pinned client name (tls.ts).
 */
import { once } from "node:events";
import type { Stats } from "node:fs";
import { chmod, link, lstat, mkdir, rename, stat, unlink } from "node:fs/promises";
import { type AddressInfo, BlockList, connect, createServer, isIP, type Server, type Socket } from "node:net";
import { dirname, isAbsolute } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { lockSocketPath } from "./socket-lock.ts";

export type Listen =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

export const SOCKET_MODE = 0o660;
export const SOCKET_DIR_MODE = 0o700;
/** Bits a socket's directory must not have: group may not write, others may nothing. */
const DIR_FORBIDDEN_BITS = 0o027;
/** What `sun_path` holds on Linux, without its final zero. */
export const SOCKET_PATH_BYTES_MAX = 107;
/** Open connections of one listener. Envoy holds one per worker thread, more only above its stream limit. */
export const CONNECTIONS_MAX = 256;

/** Between two looks at a socket that refuses. */
const REFUSED_AGAIN_MS = 50;

export type ListenErrorCode =
  | "in_use"
  | "not_private"
  | "not_a_socket"
  | "bad_path"
  | "needs_tls"
  | "bad_tls"
  | "unsupported_grpc"
  | "cannot_listen";

/** Why the server could not open. The message is for the operator. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly code: ListenErrorCode;
  constructor(code: ListenErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A plain listener: each connection goes to `onConnection`. */
export function createPlainListener(onConnection: (socket: Socket) => void): Server {
  return createServer({ noDelay: true }, onConnection);
}

/** Starts listening and returns the address in words. Throws ListenError. */
export async function startListening(server: Server, listen: Listen, secure: boolean): Promise<string> {
  server.maxConnections = CONNECTIONS_MAX;
  if (listen.kind === "unix") return startUnix(server, listen.path);
  if (!secure && !isLoopback(listen.host)) {
    throw new ListenError("needs_tls", `${listen.host} is not loopback: mutual TLS is required there`);
  }
  await start(server, { host: listen.host, port: listen.port }, `${listen.host}:${listen.port}`);
  const { address, family, port } = server.address() as AddressInfo;
  if (!secure && !isLoopback(address)) {
    server.close();
    throw new ListenError("needs_tls", `${listen.host} is ${address}, not loopback: mutual TLS is required there`);
  }
  return family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`;
}

async function startUnix(server: Server, path: string): Promise<string> {
  if (!isAbsolute(path))
    throw new ListenError(
      "bad_path",
      `${path}: a socket path must be absolute, such as unix:/run/sallyport/ext-proc.sock`,
    );
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX) {
    throw new ListenError("bad_path", `${path}: a socket path has at most ${SOCKET_PATH_BYTES_MAX} bytes`);
  }
  await preparePrivateDir(dirname(path));
  await using _alone = await lockSocketPath(path);
  await removeStale(path);
  await start(server, { path }, path);
  await chmod(path, SOCKET_MODE);
  return `unix:${path}`;
}

async function start(
  server: Server,
  where: { path: string } | { host: string; port: number },
  name: string,
): Promise<void> {
  server.listen(where);
  try {
    await once(server, "listening");
  } catch (error) {
    const inUse = codeOf(error) === "EADDRINUSE";
    const why = inUse ? "in use; name another with --listen" : `cannot listen (${codeOf(error)})`;
    throw new ListenError(inUse ? "in_use" : "cannot_listen", `${name}: ${why}`, { cause: error });
  }
}

async function preparePrivateDir(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: SOCKET_DIR_MODE });
  } catch (error) {
    throw new ListenError(
      "cannot_listen",
      `${dir}: the socket's directory cannot be made (${codeOf(error)}); name another socket with --listen`,
      { cause: error },
    );
  }
  const { uid, mode } = await stat(dir);
  const ours = uid === process.getuid?.() || uid === 0;
  if (ours && (mode & DIR_FORBIDDEN_BITS) === 0) return;
  const found = `${(mode & 0o7777).toString(8).padStart(4, "0")}, owner ${uid}`;
  throw new ListenError(
    "not_private",
    `${dir}: the socket's directory must be ours and 0750 or stricter (it is ${found}); chmod it, or name another with --listen`,
  );
}

async function removeStale(path: string): Promise<void> {
  const found = await socketAt(path);
  if (found === undefined) return;
  // Twice, with a while between: a socket also refuses in the moment between its server's `bind` and `listen`.
  const inUse = (await isLive(path)) || (await pause(REFUSED_AGAIN_MS), await isLive(path));
  if (inUse || !(await takeAway(path, found)))
    throw new ListenError("in_use", `${path}: in use by a running process; end it, or name another with --listen`);
}

/** Undefined: nothing is there. Throws where it is no socket. */
async function socketAt(path: string): Promise<Stats | undefined> {
  const found = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new ListenError("cannot_listen", `${path}: ${codeOf(error)}`, { cause: error });
  });
  if (found === undefined || found.isSocket()) return found;
  throw new ListenError(
    "not_a_socket",
    `${path}: exists and is not a socket; remove it, or name another with --listen`,
  );
}

/**
 * Removes a socket that was found dead, and nothing else. Where nothing locks the path, two servers that start at once may both
 * have found it, and what is there by now may be the other's: so it is moved first, and looked at again; another's is put back.
 */
async function takeAway(path: string, dead: Stats): Promise<boolean> {
  const now = await socketAt(path);
  if (now === undefined) return true;
  if (!isSame(now, dead)) return false;
  const moved = `${path}.${process.pid}`;
  try {
    await rename(path, moved);
    const isDead = isSame(await lstat(moved), dead);
    if (!isDead) await link(moved, path).catch(() => undefined); // a third has the path by now
    await unlink(moved);
    return isDead;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return true; // the other was quicker; it has the path, or we get it now
    throw new ListenError("cannot_listen", `${path}: ${codeOf(error)}`, { cause: error });
  }
}

/** Numbers of inodes are used again at once; the time tells a new one, and moving it does not change that. */
const isSame = (one: Stats, other: Stats): boolean => one.ino === other.ino && one.mtimeMs === other.mtimeMs;

/** Only a refused connection proves that nobody listens: whatever else happens, the socket is left alone. */
function isLive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path });
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", (error) => resolve(codeOf(error) !== "ECONNREFUSED" && codeOf(error) !== "ENOENT"));
  });
}

/** Loopback by address, or the name `localhost` (whose address is checked once bound). */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host === "localhost";
  const loopback = new BlockList();
  loopback.addSubnet("127.0.0.0", 8, "ipv4");
  loopback.addAddress("::1", "ipv6");
  return loopback.check(host, family === 4 ? "ipv4" : "ipv6");
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
