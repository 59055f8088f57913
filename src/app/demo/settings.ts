// What the demo can be told, and what of it can be wrong before anything starts. Reads no environment.

import { randomInt } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { TcpAddress } from "../../config/address.ts";
import { err, ok, type Result } from "../../stdx/result.ts";

export type DemoSettings = {
  /** Path of Envoy, or its name on PATH. */
  readonly envoy: string;
  readonly proxyPort: number;
  readonly envoyAdminPort: number;
  /** HOST:PORT of Sallyport's own pages. */
  readonly admin: TcpAddress;
  readonly policyFile: string;
  /** `null`: the stand-in model server. */
  readonly upstream: ModelUpstream | null;
};

type HostPort = { readonly host: string; readonly port: number };
export type ModelUpstream = HostPort & { readonly tls: boolean; readonly url: string };

const PORT_MAX = 65_535;
const ANY_LOCAL = "127.0.0.1";

/** 0 stands for any free port. The error completes "X must be ...". */
export function parsePort(value: string): Result<number, string> {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > PORT_MAX) return err(`a number from 0 to ${PORT_MAX}`);
  return ok(port);
}

/**
 * A model server's base address. Paths go through as clients send them, so it may end with `/v1` and nothing else. The
 * error completes "X must be ...".
 */
export function parseUpstream(value: string): Result<ModelUpstream, string> {
  const url = URL.parse(value);
  const isBase = url !== null && /^\/(v1\/?)?$/.test(url.pathname) && url.search === "" && url.username === "";
  if (!isBase || !/^https?:$/.test(url.protocol)) {
    return err("http(s)://HOST or http(s)://HOST:PORT, for example https://api.openai.com; clients add /v1/... to it");
  }
  const tls = url.protocol === "https:";
  return ok({
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || (tls ? 443 : 80),
    tls,
    url: url.origin,
  });
}

/** A place to listen and what people change where it is taken. */
type Place = HostPort & { readonly flag: string };

/**
 * The settings with three free ports, 0 replaced by one. The error is for people and names the flag to change. Another
 * program can still take a port before ours do; ours then say so themselves.
 */
export async function settlePorts(settings: DemoSettings): Promise<Result<DemoSettings, string>> {
  const places: readonly [Place, Place, Place] = [
    { host: ANY_LOCAL, port: settings.proxyPort, flag: "--proxy-port (SALLYPORT_PROXY_PORT)" },
    { host: ANY_LOCAL, port: settings.envoyAdminPort, flag: "--envoy-admin-port (SALLYPORT_ENVOY_ADMIN_PORT)" },
    { ...settings.admin, flag: "--admin (SALLYPORT_ADMIN)" },
  ];
  const wanted = places.map(({ port }) => port).filter((port) => port !== 0);
  if (new Set(wanted).size < wanted.length)
    return err("the ports must differ: --proxy-port, --envoy-admin-port, --admin");
  // All are held until the last is found, so that no free one is given twice.
  await using held = new AsyncDisposableStack();
  const ports: number[] = [];
  for (const place of places) {
    const port = await hold(place, held);
    if (!port.ok) return port;
    ports.push(port.value);
  }
  const [proxyPort = 0, envoyAdminPort = 0, adminPort = 0] = ports;
  return ok({ ...settings, proxyPort, envoyAdminPort, admin: { ...settings.admin, port: adminPort } });
}

/**
 * Below the ports that systems give to outgoing connections, one of which would sooner or later take a port of ours in the
 * seconds until it is opened.
 */
const freePorts = { first: 12_000, end: 32_000, tries: 32 };

async function hold({ host, port, flag }: Place, held: AsyncDisposableStack): Promise<Result<number, string>> {
  const server = createServer();
  for (let left = port === 0 ? freePorts.tries : 0; ; left -= 1) {
    // The last try for a free one is the system's.
    const wanted = left > 0 ? randomInt(freePorts.first, freePorts.end) : port;
    try {
      server.listen(wanted, host);
      await once(server, "listening");
      break;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EADDRINUSE" && left > 0) continue;
      if (code === "EADDRINUSE") return err(`port ${port} is in use; choose another with ${flag}`);
      return err(`cannot listen on ${host}:${port} (${code}); choose another with ${flag}`);
    }
  }
  held.use(server);
  return ok((server.address() as AddressInfo).port);
}
