/** The audit record of a stream in Redis, read back from its first entry. */
import type { Config } from "../../config/config.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { readRedisAccess } from "../redis/redis-access.ts";
import { openRedisStream } from "../redis/redis-stream.ts";

const pageEntries = 1000;

/** Gives each line to `tell`, and waits for it. The error is for people. */
export async function exportStream(
  { audit, redis }: Config,
  tell: (line: string) => Promise<void>,
): Promise<Result<number, string>> {
  if (audit?.to !== "redis" || redis === null) return err("the configuration has no audit record in Redis");
  const access = await readRedisAccess(redis);
  if (!access.ok) return access;
  const { stream: key, streamEntriesMax: entriesMax } = audit;
  const stream = openRedisStream({ ...access.value, settings: redis, key, entriesMax });
  try {
    let count = 0;
    for (let after = "-"; ; ) {
      const page = await stream.readAfter(after, pageEntries);
      if (page === null) return err("Redis does not answer, or refuses");
      for (const { line } of page) await tell(line);
      count += page.length;
      after = page.at(-1)?.id ?? after;
      if (page.length < pageEntries) return ok(count);
    }
  } finally {
    stream.close();
  }
}
