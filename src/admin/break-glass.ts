/**
 * /break-glass: GET lists what is out of force, POST takes a rule or route out, DELETE brings it back. Changes ask for the
 * operator's token; without one in the configuration nothing can be changed here.
 */
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { BreakGlassEntry, BreakGlassOrder, BreakGlassTarget } from "../domain/break-glass.ts";
import type { Result } from "../stdx/result.ts";

export type BreakGlassDoor = {
  /** `null`: the switch cannot be used. */
  readonly token: string | null;
  entries(): readonly BreakGlassEntry[];
  open(order: BreakGlassOrder): Result<BreakGlassEntry, string>;
  close(target: BreakGlassTarget): boolean;
};

type Page = { readonly status: number; readonly contentType: string; readonly body: string };

const bodyBytesMax = 4096;
/** Of reason and owner, in UTF-16 code units. */
const wordsLongest = 200;

const json = (status: number, value: unknown): Page => ({
  status,
  contentType: "application/json",
  body: `${JSON.stringify(value)}\n`,
});
const refused = (status: number, error: string): Page => json(status, { error });

export async function answerBreakGlass(door: BreakGlassDoor, request: IncomingMessage): Promise<Page> {
  const { method } = request;
  if (method === "GET" || method === "HEAD") {
    request.resume();
    return json(200, { open: door.entries().map(told) });
  }
  if (method !== "POST" && method !== "DELETE") return refused(405, "only GET, POST and DELETE");
  const body = await readBody(request);
  if (door.token === null)
    return refused(403, "set breakGlassTokenFile in the configuration and start again to use this switch");
  if (!hasToken(request, door.token)) return refused(401, "send the token as Authorization: Bearer TOKEN");
  if (body === null) return refused(413, `at most ${bodyBytesMax} bytes`);
  const order = readOrder(body);
  if (method === "DELETE") {
    if (order?.target === undefined) return refused(400, 'send {"rule": ID} or {"route": NAME}');
    return door.close(order.target) ? json(200, { open: door.entries().map(told) }) : refused(404, "not open");
  }
  if (order?.target === undefined || order.minutes === null || order.reason === null || order.owner === null)
    return refused(400, 'send {"rule": ID or "route": NAME, "minutes": N, "reason": "...", "owner": "..."}');
  const { target, minutes, reason, owner } = order;
  const opened = door.open({ target, minutes, reason, owner });
  return opened.ok ? json(200, told(opened.value)) : refused(400, opened.error);
}

const told = ({ target, reason, owner, endsS }: BreakGlassEntry) => ({
  [target.kind]: target.name,
  reason,
  owner,
  ends: new Date(endsS * 1000).toISOString(),
});

function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const sent = Buffer.from(headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return sent.length === wanted.length && timingSafeEqual(sent, wanted);
}

/** `null`: too long. Reads it all, so that the connection stays whole. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= bodyBytesMax) chunks.push(chunk);
  }
  return bytes > bodyBytesMax ? null : Buffer.concat(chunks).toString("utf8");
}

type Written = {
  readonly target: BreakGlassTarget | undefined;
  readonly minutes: number | null;
  readonly reason: string | null;
  readonly owner: string | null;
};

function readOrder(body: string): Written | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const said = value as Readonly<Record<string, unknown>>;
  const words = (key: string): string | null => {
    const text = said[key];
    return typeof text === "string" && text.trim() !== "" && text.length <= wordsLongest ? text : null;
  };
  const [rule, route] = [words("rule"), words("route")];
  const one = rule !== null ? { kind: "rule", name: rule } : { kind: "route", name: route ?? "" };
  const target = (rule === null) === (route === null) ? undefined : (one as BreakGlassTarget);
  const { minutes } = said;
  return {
    target,
    minutes: typeof minutes === "number" ? minutes : null,
    reason: words("reason"),
    owner: words("owner"),
  };
}
