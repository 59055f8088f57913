/**
 * A stream of Redis that lines are appended to, bounded by a number of entries. A connection of its own: what is slow here is no fault
 * of what replicas share.
 *
 * Lines of one call stand there together and in order, or none does. When an answer is lost it is not known which: then they may be
 * given, and stand there, a second time. Needs XADD, XRANGE, MULTI and EXEC. Never throws, never logs.
 */
import type { RedisSettings } from "../../config/redis.ts";
import type { RedisAccess } from "./redis-access.ts";
import { createClient, failureOf } from "./redis-client.ts";

export type StreamParts = RedisAccess & {
  readonly settings: RedisSettings;
  /** The stream's key, after the prefix of the settings. */
  readonly key: string;
  /** Entries, about: Redis drops older ones when it is cheap. */
  readonly entriesMax: number;
};

export type StreamEntry = { readonly id: string; readonly line: string };

export type RedisStream = {
  /** Gives why not, as a code; `null`: they stand there. */
  append(lines: readonly string[]): Promise<string | null>;
  /** Entries after an id (`-`: from the first), the oldest first; `null`: there is no answer. */
  readAfter(id: string, count: number): Promise<readonly StreamEntry[] | null>;
  close(): void;
};

const field = "line";
/** One call may take this long. It is off the path of exchanges. */
const answerMsMax = 2000;

export function openRedisStream(parts: StreamParts): RedisStream {
  const { settings, entriesMax, readPassword } = parts;
  const key = `${settings.prefix}${parts.key}`;
  const client = createClient(parts);
  let why = "disconnected";
  client.on("error", (error: unknown) => {
    why = failureOf(error);
  });
  client.on("close", () => {
    // It may have changed while the connection lasted, or be why it was refused.
    void readPassword().then((password) => {
      if (password !== null) client.options.password = password;
    });
  });
  const ready = client.connect().catch(() => undefined); // tried again by itself
  return {
    async append(lines) {
      if (client.status !== "ready") await within(ready, answerMsMax);
      if (client.status !== "ready") return why;
      const calls = client.multi();
      for (const line of lines) calls.xadd(key, "MAXLEN", "~", entriesMax, "*", field, line);
      try {
        const answers = await within(calls.exec(), answerMsMax);
        if (answers === undefined) return "timeout";
        const error = answers?.map(([each]) => each).find((each) => each !== null);
        if (answers === null) return "aborted";
        return error === undefined ? null : failureOf(error);
      } catch (error) {
        return failureOf(error);
      }
    },
    async readAfter(id, count) {
      await within(ready, answerMsMax);
      const from = id === "-" ? id : `(${id}`;
      const answer = await within(client.xrange(key, from, "+", "COUNT", count), answerMsMax).catch(() => undefined);
      if (answer === undefined) return null;
      return answer.map(([each, fields]) => ({ id: each, line: fields[fields.indexOf(field) + 1] ?? "" }));
    },
    close: () => client.disconnect(),
  };
}

/** What comes in time; else nothing. */
function within<T>(asked: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    asked.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
