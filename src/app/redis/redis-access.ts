/** The files of Redis's settings, read: certificates and the password. */
import { readFile } from "node:fs/promises";
import type { RedisSettings } from "../../config/redis.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { RedisFiles } from "./redis-client.ts";

export type RedisAccess = {
  readonly files: RedisFiles;
  readonly password: string | null;
  /** Asked again when a connection was lost; `null`: what it was. */
  readonly readPassword: () => Promise<string | null>;
};

/** The error says which file cannot be read. */
export async function readRedisAccess(settings: RedisSettings): Promise<Result<RedisAccess, string>> {
  const { passwordFile, tls } = settings;
  const files = { password: passwordFile, "tls.ca": tls.caFile, "tls.cert": tls.certFile, "tls.key": tls.keyFile };
  const contents = new Map<string, Buffer>();
  for (const [key, file] of Object.entries(files)) {
    const content = file === null ? null : await contentOf(file);
    if (content !== null) contents.set(key, content);
    else if (file !== null) return err(`${file}: cannot be read, or is empty; it is named in redis.${key}File`);
  }
  const content = (key: keyof typeof files): Buffer | null => contents.get(key) ?? null;
  return ok({
    files: { ca: content("tls.ca"), cert: content("tls.cert"), key: content("tls.key") },
    password: passwordIn(content("password")),
    readPassword: async () => (passwordFile === null ? null : passwordIn(await contentOf(passwordFile))),
  });
}

/** `null`: it cannot be read, or is empty. */
const contentOf = async (file: string): Promise<Buffer | null> => {
  const content = await readFile(file).catch(() => null);
  return content === null || content.length === 0 ? null : content;
};

const passwordIn = (content: Buffer | null): string | null => content?.toString("utf8").replace(/\r?\n$/, "") ?? null;
