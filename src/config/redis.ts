/** The Redis that replicas share: the part of the configuration that says where it is. Nothing is opened here. */
import * as z from "zod";
import { err, ok, type Result } from "../stdx/result.ts";
import { parseHostPort } from "./address.ts";
import { besideFile, complain, saidOf, take, wholeNumber, type Written } from "./written.ts";

export type RedisPlace =
  | { readonly kind: "unix"; readonly path: string; readonly db: number }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly db: number; readonly tls: boolean };

export type RedisTlsFiles = {
  /** The authority of its certificate; the system's own where `null`. */
  readonly caFile: string | null;
  /** Ours, where it asks for one. */
  readonly certFile: string | null;
  readonly keyFile: string | null;
};

export type RedisSettings = {
  readonly place: RedisPlace;
  /** `null`: Redis's default user. */
  readonly username: string | null;
  readonly passwordFile: string | null;
  /** The keys of what is kept there; `null`: nothing is. */
  readonly keysFile: string | null;
  readonly tls: RedisTlsFiles;
  /** Milliseconds that one call may take. */
  readonly timeoutMs: number;
  /** What each key begins with. */
  readonly prefix: string;
};

export const redisTimeoutMs = { standard: 15, min: 1, max: 1000 } as const;
const standardPrefix = "sallyport:";
const standardPort = 6379;
const prefixPattern = /^[A-Za-z0-9:._-]{1,64}$/;
const file = (about: string) => z.string().min(1).optional().describe(about);

export const redisSource = z
  .strictObject({
    url: z.string().min(1).describe("redis://HOST:PORT/DB, rediss://HOST:PORT/DB with TLS, or unix:PATH"),
    username: z.string().min(1).max(256).optional().describe("its default user where left out"),
    passwordFile: file("file with the password, relative to this file; read again at each connection"),
    keysFile: file(
      "file with the keys of what replicas share, ID:BASE64 a line, relative to this file; nothing is shared where left out",
    ),
    tls: z
      .strictObject({
        caFile: file("PEM file of the authority that signs Redis's certificate; the system's where left out"),
        certFile: file("PEM file of the guard's certificate, where Redis asks for one"),
        keyFile: file("PEM file of its private key"),
      })
      .optional()
      .describe("for rediss:// alone"),
    timeoutMs: z
      .int()
      .min(redisTimeoutMs.min)
      .max(redisTimeoutMs.max)
      .optional()
      .describe(`milliseconds that one call may take; ${redisTimeoutMs.standard} where left out`),
    prefix: z
      .string()
      .regex(prefixPattern)
      .optional()
      .describe(`what each key begins with, 1 to 64 letters, digits and :._-; ${standardPrefix} where left out`),
  })
  .describe("what replicas share, where they share anything; a cache: losing it costs speed alone");

/** `null`: there is none. */
export function readRedis(written: Written): RedisSettings | null {
  const said = saidOf(written, ["redis", "url"]);
  if (said === null) {
    const other = redisKeys.map((path) => saidOf(written, ["redis", ...path])).find((each) => each !== null);
    // A file without the url is told by its schema.
    if (other !== undefined && other.place === null) complain(written, other, "redis also needs url");
    return null;
  }
  const place = take(written, ["redis", "url"], undefined, "redis://127.0.0.1:6379/0", parsePlace);
  const path = (...keys: readonly string[]): string | null => {
    const each = saidOf(written, ["redis", ...keys]);
    return each === null ? null : besideFile(written, each);
  };
  const tls = { caFile: path("tls", "caFile"), certFile: path("tls", "certFile"), keyFile: path("tls", "keyFile") };
  const tlsSaid = (["caFile", "certFile", "keyFile"] as const)
    .map((key) => saidOf(written, ["redis", "tls", key]))
    .find((each) => each !== null);
  if (tlsSaid !== undefined && !(place.kind === "tcp" && place.tls))
    complain(written, tlsSaid, "redis.tls counts for rediss:// alone; write the url so, or leave tls out");
  if ((tls.certFile === null) !== (tls.keyFile === null))
    complain(written, tlsSaid ?? null, "redis.tls needs certFile and keyFile together");
  const username = saidOf(written, ["redis", "username"]);
  const passwordFile = path("passwordFile");
  if (username !== null && passwordFile === null) complain(written, username, "redis.username needs passwordFile");
  const { min, max, standard } = redisTimeoutMs;
  return Object.freeze({
    place,
    username: username?.text ?? null,
    passwordFile,
    keysFile: path("keysFile"),
    tls: Object.freeze(tls),
    timeoutMs: take(written, ["redis", "timeoutMs"], undefined, String(standard), (text) =>
      wholeNumber(text, min, max),
    ),
    prefix: take(written, ["redis", "prefix"], undefined, standardPrefix, (text) =>
      prefixPattern.test(text) ? ok(text) : err("1 to 64 letters, digits and :._-"),
    ),
  });
}

const redisKeys: readonly (readonly string[])[] = [
  ["username"],
  ["passwordFile"],
  ["keysFile"],
  ["timeoutMs"],
  ["prefix"],
  ["tls", "caFile"],
  ["tls", "certFile"],
  ["tls", "keyFile"],
];

/** The error completes "url must be ...", and repeats nothing of the url: there may be a password in it. */
function parsePlace(text: string): Result<RedisPlace, string> {
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    return path === "" || path.includes("\0") ? err("unix:PATH with a path") : ok({ kind: "unix", path, db: 0 });
  }
  const [, scheme, address, db = "0"] = /^(rediss?):\/\/([^/?#]+)(?:\/([0-9]{1,4})?)?$/.exec(text) ?? [];
  if (address?.includes("@") === true)
    return err("without a user and a password, which logs would show; write username and passwordFile");
  const host = address === undefined ? null : parseHostPort(hasPort(address) ? address : `${address}:${standardPort}`);
  if (host?.ok !== true || host.value.port === 0)
    return err("redis://HOST:PORT/DB, rediss://HOST:PORT/DB or unix:PATH, such as redis://127.0.0.1:6379/0");
  const { host: name, port } = host.value;
  return ok({ kind: "tcp", host: name, port, db: Number(db), tls: scheme === "rediss" });
}

const hasPort = (address: string): boolean => /:[0-9]+$/.test(address.replace(/^\[.*\]/, ""));
