/**
 * /break-glass: GET lists what is out of force, POST takes a rule or route out, DELETE brings it back. Changes ask for the
 * operator's token; without one in the configuration nothing can be changed here.
 */
import type { IncomingMessage } from "node:http";
import type { BreakGlassEntry, BreakGlassOrder, BreakGlassTarget } from "../domain/break-glass.ts";
import type { Result } from "../stdx/result.ts";
import { json, type OnRefused, type Page, readOrder, refused, wordsIn } from "./operator.ts";

export type BreakGlassDoor = {
  /** `null`: the switch cannot be used. */
  readonly token: string | null;
  entries(): readonly BreakGlassEntry[];
  open(order: BreakGlassOrder): Result<BreakGlassEntry, string>;
  close(target: BreakGlassTarget): boolean;
};

export async function answerBreakGlass(
  door: BreakGlassDoor,
  request: IncomingMessage,
  onRefused: OnRefused,
): Promise<Page> {
  const { method } = request;
  if (method === "GET" || method === "HEAD") {
    request.resume();
    return json(200, { open: door.entries().map(told) });
  }
  if (method !== "POST" && method !== "DELETE") return refused(405, "only GET, POST and DELETE");
  const asked = await readOrder(request, { path: "/break-glass", token: door.token, onRefused });
  if (asked.kind === "refused") return asked.page;
  const { target, minutes, reason, owner } = written(asked.said);
  if (method === "DELETE") {
    if (target === undefined) return refused(400, 'send {"rule": ID} or {"route": NAME}');
    return door.close(target) ? json(200, { open: door.entries().map(told) }) : refused(404, "not open");
  }
  if (target === undefined || minutes === null || reason === null || owner === null)
    return refused(400, 'send {"rule": ID or "route": NAME, "minutes": N, "reason": "...", "owner": "..."}');
  const opened = door.open({ target, minutes, reason, owner });
  return opened.ok ? json(200, told(opened.value)) : refused(400, opened.error);
}

const told = ({ target, reason, owner, endsS }: BreakGlassEntry) => ({
  [target.kind]: target.name,
  reason,
  owner,
  ends: new Date(endsS * 1000).toISOString(),
});

type Written = {
  readonly target: BreakGlassTarget | undefined;
  readonly minutes: number | null;
  readonly reason: string | null;
  readonly owner: string | null;
};

function written(said: Readonly<Record<string, unknown>>): Written {
  const [rule, route] = [wordsIn(said["rule"]), wordsIn(said["route"])];
  const one = rule !== null ? { kind: "rule", name: rule } : { kind: "route", name: route ?? "" };
  const target = (rule === null) === (route === null) ? undefined : (one as BreakGlassTarget);
  const { minutes } = said;
  return {
    target,
    minutes: typeof minutes === "number" ? minutes : null,
    reason: wordsIn(said["reason"]),
    owner: wordsIn(said["owner"]),
  };
}
