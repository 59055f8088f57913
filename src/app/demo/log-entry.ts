// An entry of Sallyport's own log, as far as people are shown it while the demo serves. Parsed at this edge, once.

import { z } from "zod";

const schema = z.looseObject({
  time: z.string(),
  level: z.enum(["debug", "info", "warn", "error"]),
  msg: z.string(),
  policy: z.string().optional().catch(undefined),
  mistakes: z.array(z.string()).optional().catch(undefined),
});

export type LogEntry = z.infer<typeof schema>;

/** `null` for a line that is no log entry. */
export function parseLogEntry(line: string): LogEntry | null {
  if (!line.startsWith("{")) return null;
  try {
    return schema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

/** What concerns someone who looks on: what the policy file came to, and trouble. Exchanges have their own lines. */
export const isTelling = ({ level, msg }: LogEntry): boolean =>
  level === "warn" || level === "error" || msg.startsWith("policy");
