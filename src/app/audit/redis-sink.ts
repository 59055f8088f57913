/** The audit record in a stream of Redis. Replicas may write to one: each line says whose it is. */
import type { RedisStream } from "../redis/redis-stream.ts";
import { type AuditSink, withoutFiles } from "./sink.ts";

export function createRedisSink(stream: RedisStream): AuditSink {
  return {
    ...withoutFiles,
    async append(lines) {
      const why = await stream.append(lines);
      return { written: why === null ? lines.length : 0, why };
    },
    close() {
      stream.close();
      return Promise.resolve();
    },
  };
}
