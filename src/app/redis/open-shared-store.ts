/** The store that replicas share, as the configuration says it. Redis need not be there: it is looked for as long as this runs. */
import { readFile } from "node:fs/promises";
import type { RedisSettings } from "../../config/redis.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { RedisMetrics } from "../../telemetry/redis-metrics.ts";
import { systemClock } from "../surroundings.ts";
import { openRedisStore, type OpenStore } from "./redis-store.ts";

/** `null`: the configuration names none. The error says which of its files cannot be read, and is for the start only. */
export async function openSharedStore(
  settings: RedisSettings | null,
  metrics: RedisMetrics,
  log: Logger,
): Promise<Result<OpenStore | null, string>> {
  if (settings === null) return ok(null);
  const { passwordFile, tls } = settings;
  const files = { password: passwordFile, "tls.ca": tls.caFile, "tls.cert": tls.certFile, "tls.key": tls.keyFile };
  const contents = new Map<string, Buffer>();
  for (const [key, file] of Object.entries(files)) {
    const content = file === null ? null : await contentOf(file);
    if (content !== null) contents.set(key, content);
    else if (file !== null) return err(`${file}: cannot be read, or is empty; it is named in redis.${key}File`);
  }
  const content = (key: keyof typeof files): Buffer | null => contents.get(key) ?? null;
  return ok(
    openRedisStore({
      settings,
      files: { ca: content("tls.ca"), cert: content("tls.cert"), key: content("tls.key") },
      password: passwordIn(content("password")),
      readPassword: async () => (passwordFile === null ? null : passwordIn(await contentOf(passwordFile))),
      nowMs: () => systemClock.nowMs(),
      onFault: (fault) => metrics.fault(fault),
      onConnection: (isThere, why) => {
        if (isThere) log.info("redis is there");
        else log.error("redis is not there; it is tried again, and what it would remember is judged anew", { why });
      },
      onBreaker: (isOpen, why) => {
        metrics.breaker(isOpen);
        if (isOpen) log.error("calls to redis fail and are left out for a while", { why });
        else log.info("calls to redis are made again");
      },
    }),
  );
}

/** `null`: it cannot be read, or is empty. */
const contentOf = async (file: string): Promise<Buffer | null> => {
  const content = await readFile(file).catch(() => null);
  return content === null || content.length === 0 ? null : content;
};

const passwordIn = (content: Buffer | null): string | null => content?.toString("utf8").replace(/\r?\n$/, "") ?? null;
