// A server of the Model Context Protocol by the official library, for the tests of its client: sessions, tools that say what they are
// told to, tools that ask the client. It keeps what its tools heard.

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { type EventStore, StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import {
  CallToolRequestSchema,
  type CallToolResult,
  CreateMessageResultSchema,
  type JSONRPCMessage,
  ElicitResultSchema,
  GetPromptRequestSchema,
  ListResourcesRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";

/** The header by which a session gets whole replies instead of streams. */
export const wholeHeader = "x-whole";
/** The header by which a session gets streams that can be asked for again. */
export const resumableHeader = "x-resumable";

type Arguments = Readonly<Record<string, unknown>>;
const text = (words: string): CallToolResult => ({ content: [{ type: "text", text: words }] });

/** In the order in which they came, whatever the clock says. */
function createEventStore(): EventStore {
  const events: { readonly stream: string; readonly message: JSONRPCMessage }[] = [];
  return {
    storeEvent: (stream, message) => Promise.resolve(String(events.push({ stream, message }))),
    async replayEventsAfter(last, { send }) {
      const stream = events[Number(last) - 1]?.stream ?? "";
      for (const [index, event] of events.entries())
        if (event.stream === stream && index >= Number(last)) await send(String(index + 1), event.message);
      return stream;
    },
  };
}

/** What is said backwards makes words here that no rule for prompts has seen; so do letters in calls. */
const promptOf = ({ words = "", backwards = "" }: Readonly<Record<string, string>> = {}): string =>
  words + [...backwards].toReversed().join("");

export class McpServer implements AsyncDisposable {
  readonly #http: HttpServer;
  readonly #sessions = new Map<string, StreamableHTTPServerTransport>();
  /** Names and arguments of the calls that came. */
  readonly calls: { readonly name: string; readonly arguments: Arguments }[] = [];
  /** What clients answered to what tools asked. */
  readonly answers: unknown[] = [];
  /** HTTP requests that came, by method. */
  readonly requests = { GET: 0, POST: 0, DELETE: 0 };
  /** The client has seen the progress that a tool waits for. */
  seen = Promise.withResolvers<void>();
  readonly #listening = Promise.withResolvers<void>();

  private constructor() {
    this.#http = createServer((request, response) => void this.#serve(request, response));
  }

  static async open(): Promise<McpServer> {
    const server = new McpServer();
    server.#http.listen(0, "127.0.0.1");
    await once(server.#http, "listening");
    return server;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method as "GET" | "POST" | "DELETE";
    this.requests[method] += 1;
    if (method === "GET") this.#listening.resolve();
    const known = this.#sessions.get(String(request.headers["mcp-session-id"] ?? ""));
    const session = known ?? (await this.#begin(request.headers));
    await session.handleRequest(request, response);
  }

  async #begin(headers: IncomingMessage["headers"]): Promise<StreamableHTTPServerTransport> {
    const session = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: headers[wholeHeader] !== undefined,
      ...(headers[resumableHeader] === undefined ? {} : { eventStore: createEventStore(), retryInterval: 1 }),
      onsessioninitialized: (id) => void this.#sessions.set(id, session),
    });
    await this.#server().connect(session);
    return session;
  }

  #server(): Server {
    const info = { name: "stand-in", version: "1.0.0", title: "A stand-in" };
    const capabilities = { tools: {}, prompts: {}, resources: {}, logging: {} };
    const server = new Server(info, { capabilities, instructions: "Ask it for anything." });
    server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: [{ name: "say", description: "Says what it is told to.", inputSchema: { type: "object" as const } }],
    }));
    server.setRequestHandler(GetPromptRequestSchema, async ({ params }, { sendNotification }) => {
      const progressToken = params._meta?.progressToken;
      if (progressToken !== undefined) {
        await sendNotification({ method: "notifications/progress", params: { progressToken, progress: 1 } });
        await this.seen.promise;
      }
      const content = { type: "text" as const, text: promptOf(params.arguments) };
      return { description: "A prompt", messages: [{ role: "user" as const, content }] };
    });
    server.setRequestHandler(ListResourcesRequestSchema, () => ({
      resources: [{ uri: "file:///notes.txt", name: "notes" }],
    }));
    server.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }) => ({
      contents: [{ uri, mimeType: "text/plain", text: "It says yellowbrick here." }],
    }));
    server.setRequestHandler(CallToolRequestSchema, async ({ params }, { sendNotification, sendRequest }) => {
      const { name, arguments: given = {} } = params;
      this.calls.push({ name, arguments: given });
      const { words: told = "", letters = [] } = given as { words?: string; letters?: readonly string[] };
      const words = told + letters.join("");
      switch (name) {
        case "say":
          return { ...text(words), structuredContent: { said: words, count: 1 } };
        case "spell":
          return text(words);
        case "spell-later": {
          const progressToken = params._meta?.progressToken ?? 0;
          const said = { progressToken, progress: 1, total: 2, message: String(given["first"]) };
          await sendNotification({ method: "notifications/progress", params: said });
          await this.seen.promise;
          return text(words);
        }
        case "sample": {
          const messages = [{ role: "user", content: { type: "text", text: words } }];
          const asked = { method: "sampling/createMessage", params: { messages, maxTokens: 10 } } as const;
          const answer = await sendRequest(asked as Parameters<typeof sendRequest>[0], CreateMessageResultSchema);
          this.answers.push(answer);
          return text(answer.content.type === "text" ? answer.content.text : "");
        }
        case "elicit": {
          const requestedSchema = { type: "object", properties: { mail: { type: "string" } } } as const;
          const params = { message: words, requestedSchema };
          const asked = { method: "elicitation/create", params } as Parameters<typeof sendRequest>[0];
          this.answers.push(await sendRequest(asked, ElicitResultSchema));
          return text("thanks");
        }
        default:
          await this.#listening.promise;
          await server.sendLoggingMessage({ level: "info", logger: "stand-in", data: { words } });
          return text("announced");
      }
    });
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#sessions.values()) await session.close();
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, "close");
  }
}
