/**
 * /log-level: GET says how much the log tells, PUT sets it for a while, DELETE takes it back. Changes ask for the operator's
 * token, the one of break-glass; without one in the configuration nothing can be changed here.
 */
import type { IncomingMessage } from "node:http";
import { type LogLevelOrder, type LogLevelState, settableLogLevels } from "../domain/log-level.ts";
import type { Result } from "../stdx/result.ts";
import { addressOf, json, type OnRefused, type Page, readOrder, refused, wordsIn } from "./operator.ts";

export type LogLevelDoor = {
  /** `null`: the switch cannot be used. */
  readonly token: string | null;
  state(): LogLevelState;
  /** `from`: the address that asks. */
  set(order: LogLevelOrder, from: string): Result<LogLevelState, string>;
  reset(from: string): boolean;
};

const form = `send {"level": ${settableLogLevels.map((level) => `"${level}"`).join(" or ")}, "minutes": N}; "owner": "..." may say who wants it`;

export async function answerLogLevel(
  door: LogLevelDoor,
  request: IncomingMessage,
  onRefused: OnRefused,
): Promise<Page> {
  const { method } = request;
  const from = addressOf(request);
  if (method === "GET" || method === "HEAD") {
    request.resume();
    return json(200, told(door.state()));
  }
  if (method !== "PUT" && method !== "DELETE") return refused(405, "only GET, PUT and DELETE");
  const asked = await readOrder(request, { path: "/log-level", token: door.token, onRefused });
  if (asked.kind === "refused") return asked.page;
  if (method === "DELETE") {
    door.reset(from);
    return json(200, told(door.state()));
  }
  const order = orderIn(asked.said);
  if (order === null) return refused(400, form);
  const set = door.set(order, from);
  return set.ok ? json(200, told(set.value)) : refused(400, set.error);
}

const told = ({ level, configured, endsS }: LogLevelState) => ({
  level,
  configured,
  ends: endsS === null ? null : new Date(endsS * 1000).toISOString(),
});

/** An owner that cannot be told is a mistake, not nobody. */
function orderIn(said: Readonly<Record<string, unknown>>): LogLevelOrder | null {
  const level = settableLogLevels.find((each) => each === said["level"]);
  const { minutes } = said;
  const owner = said["owner"] === undefined ? null : wordsIn(said["owner"]);
  if (level === undefined || typeof minutes !== "number") return null;
  return owner === null && said["owner"] !== undefined ? null : { level, minutes, owner };
}
