/**
 * The operators' door: /metrics, /healthz, /readyz, /break-glass, /log-level, and nothing else. Bounded in connections and
 * request size; tells no text of a user. Knows no policy and no exchange: what it shows are parameters.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerBreakGlass, type BreakGlassDoor } from "./break-glass.ts";
import { answerLogLevel, type LogLevelDoor } from "./log-level.ts";
import type { OnRefused, Page } from "./operator.ts";

export type Readiness = {
  /** True while exchanges are taken: after listening, before draining. */
  readonly ready: boolean;
  /** Version of the policy in force; `null` before there is one. */
  readonly policy: string | null;
  /** The policy file is bad or missing, and an older policy serves. */
  readonly stale: boolean;
  /** Rules and routes that are out of force for a while. */
  readonly breakGlass: number;
};

export type AdminParts = {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly readiness: () => Readiness;
  /** `accept`: which forms of the page whoever asks can read, in its own words. */
  readonly metrics: (accept?: string) => Promise<{ readonly contentType: string; readonly body: string }>;
  readonly onError: (error: unknown) => void;
  readonly onRefused: OnRefused;
  readonly breakGlass: BreakGlassDoor;
  readonly logLevel: LogLevelDoor;
};

export type AdminServer = {
  readonly host: string;
  readonly port: number;
  /** Ends the connections too. */
  close(): Promise<void>;
};

export const adminLimits = { connectionsMax: 64, headerBytesMax: 16 * 1024, requestMs: 5000, idleMs: 10_000 } as const;

/** Rejects with the socket's error where the address cannot be had. */
export async function openAdmin(parts: AdminParts): Promise<AdminServer> {
  const server = createServer(
    {
      maxHeaderSize: adminLimits.headerBytesMax,
      requestTimeout: adminLimits.requestMs,
      headersTimeout: adminLimits.requestMs,
      keepAliveTimeout: adminLimits.idleMs,
    },
    (request, response) => {
      answer(parts, request, response).catch((error: unknown) => {
        parts.onError(error);
        response.destroy();
      });
    },
  );
  server.maxConnections = adminLimits.connectionsMax;
  server.listen(parts.port, parts.host);
  await once(server, "listening");
  server.on("error", parts.onError);
  const { port } = server.address() as AddressInfo;
  return {
    host: parts.host,
    port,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(parts: AdminParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const door = doors.get(pathOf(request));
  if (door === undefined) request.resume();
  const { status, contentType, body } = await (door === undefined
    ? pageFor(parts, request)
    : door.answer(parts, request));
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(status === 405 ? { allow: door?.methods ?? "GET, HEAD" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Where something can be changed. Each reads its request's body. */
type Door = {
  readonly methods: string;
  readonly answer: (parts: AdminParts, request: IncomingMessage) => Promise<Page>;
};
const doors: ReadonlyMap<string, Door> = new Map<string, Door>([
  [
    "/break-glass",
    {
      methods: "GET, POST, DELETE",
      answer: ({ breakGlass, onRefused }, request) => answerBreakGlass(breakGlass, request, onRefused),
    },
  ],
  [
    "/log-level",
    {
      methods: "GET, PUT, DELETE",
      answer: ({ logLevel, onRefused }, request) => answerLogLevel(logLevel, request, onRefused),
    },
  ],
]);

const pathOf = ({ url = "" }: IncomingMessage): string => url.split("?", 1)[0] ?? "";

async function pageFor(parts: AdminParts, request: IncomingMessage): Promise<Page> {
  const { method } = request;
  const render = pages.get(pathOf(request));
  if (render === undefined) return text(404, "not found\n");
  if (method !== "GET" && method !== "HEAD") return text(405, "only GET and HEAD\n");
  return render(parts, request.headers.accept);
}

type Render = (parts: AdminParts, accept?: string) => Page | Promise<Page>;
const pages: ReadonlyMap<string, Render> = new Map<string, Render>([
  ["/healthz", () => text(200, "ok\n")],
  ["/readyz", ({ readiness }) => readyPage(readiness())],
  ["/metrics", async ({ metrics }, accept) => ({ status: 200, ...(await metrics(accept)) })],
]);

function readyPage({ ready, policy, stale, breakGlass }: Readiness): Page {
  const body = `${JSON.stringify({ ready, policy, stale, breakGlass })}\n`;
  return { status: ready ? 200 : 503, contentType: "application/json", body };
}

const text = (status: number, body: string): Page => ({ status, contentType: "text/plain; charset=utf-8", body });
