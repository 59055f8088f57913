/** A connection to Redis as the configuration says it. The only home of its client. */
import { Redis, type RedisOptions } from "ioredis";
import type { RedisSettings } from "../../config/redis.ts";

const connectMsMax = 2000;
const reconnectMostMs = 5000;
/** A connection that has been silent so long while it owes an answer is given up. */
const silentMsMax = 2000;

export type RedisFiles = {
  readonly ca: Buffer | null;
  readonly cert: Buffer | null;
  readonly key: Buffer | null;
};

export type ClientParts = {
  readonly settings: RedisSettings;
  readonly files: RedisFiles;
  readonly password: string | null;
};

export type RedisClient = Redis;

/** Not connected yet. Calls are made now or not at all. */
export const createClient = (parts: ClientParts): RedisClient => new Redis(optionsOf(parts));

function optionsOf({ settings, files, password }: ClientParts) {
  const { place, username } = settings;
  const { ca, cert, key } = files;
  const tls = {
    minVersion: "TLSv1.2",
    ...(ca === null ? {} : { ca }),
    ...(cert === null || key === null ? {} : { cert, key }),
  } as const;
  const where =
    place.kind === "unix"
      ? { path: place.path }
      : { host: place.host, port: place.port, ...(place.tls ? { tls } : {}) };
  return {
    ...where,
    db: place.db,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    lazyConnect: true,
    // A call is made now or not at all.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    enableAutoPipelining: true,
    // What least privilege has no need of.
    enableReadyCheck: false,
    disableClientInfo: true,
    protocol: 2,
    connectTimeout: connectMsMax,
    socketTimeout: silentMsMax,
    retryStrategy: (times: number) => Math.min(100 * 2 ** Math.min(times, 10), reconnectMostMs),
  } as const satisfies RedisOptions;
}

export const isReply = (error: unknown): boolean => error instanceof Error && error.name === "ReplyError";

/** What may be told: a code of the system's, or the first word of what Redis says. Never a message, which may repeat a key. */
export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if ("code" in error && typeof error.code === "string" && /^\w{1,64}$/.test(error.code)) return error.code;
  return /^[A-Z]{2,32}(?= )/.exec(error.message)?.[0] ?? "closed";
}
