// What a client does, and what is blocked, reaches the model server: it waits for a client that does not read, and it is
// stopped where its reply is blocked.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { model, System, user } from "./system.ts";

const chat = "/v1/chat/completions";
/** Far more than Envoy, the guard and the sockets between them hold for one exchange (a socket alone may hold 32 MiB). */
const REPLY_BYTES_MAX = 512 * 1024 * 1024;

const event = (content: string): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content } }] })}\n\n`;

/** A model server that streams as `tell` says. */
async function openModel(tell: (reply: ServerResponse, prompt: string) => Promise<void>) {
  const answer = async (asked: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const prompt = (await asked.toArray()).join("");
    reply.writeHead(200, { "content-type": "text/event-stream" });
    await tell(reply, prompt);
  };
  const server = createServer((asked, reply) => void answer(asked, reply).catch(() => reply.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A streamed chat, whose reply is not read yet. */
async function ask(system: System, content: string): Promise<IncomingMessage> {
  const headers = { "content-type": "application/json" };
  const asked = request(`${system.url}${chat}`, { method: "POST", headers, agent: false });
  asked.end(JSON.stringify({ model, stream: true, messages: user(content) }));
  const [reply] = (await once(asked, "response")) as [IncomingMessage];
  return reply;
}

test("a client that does not read makes the model server wait; others go on; then it gets all", async () => {
  const piece = event("more words. ".repeat(300));
  const piecesMax = Math.ceil(REPLY_BYTES_MAX / piece.length);
  let written = 0;
  const enough = new AbortController();
  await using models = await openModel(async (reply, prompt) => {
    const closed = once(reply, "close");
    if (!prompt.includes("at length")) reply.write(piece);
    else {
      while (written < piecesMax && !enough.signal.aborted && !reply.destroyed) {
        written += 1;
        if (!reply.write(piece)) await Promise.race([new Promise((drained) => reply.once("drain", drained)), closed]);
      }
    }
    reply.end("data: [DONE]\n\n");
  });
  await using system = await System.open({ upstreamPort: models.port });
  const long = await ask(system, "Speak at length.");
  // Two looks with a whole exchange between them: where they agree, nothing was written meanwhile.
  for (let before = -1; before !== written; ) {
    before = written;
    const other = await ask(system, "Speak.");
    assert.equal((await other.toArray()).length > 0, true);
  }
  assert.ok(written > 0 && written < piecesMax, `${written} of ${piecesMax} pieces`);
  enough.abort();
  let bytes = 0;
  for await (const chunk of long as AsyncIterable<Buffer>) bytes += chunk.length;
  assert.equal(bytes, written * piece.length + "data: [DONE]\n\n".length);
});

test("a reply blocked in mid-stream stops the model server", async () => {
  const stopped = Promise.withResolvers<boolean>();
  await using models = await openModel(async (reply) => {
    reply.once("close", () => stopped.resolve(!reply.writableFinished));
    reply.write(event("The card is "));
    reply.write(event("4111 1111 1111 1111, as I said."));
    await once(reply, "close"); // it would go on for ever
  });
  await using system = await System.open({ upstreamPort: models.port });
  const seen = (await (await ask(system, "Which card?")).toArray()).join("");
  assert.ok(seen.startsWith(event("The card is ")));
  assert.ok(seen.endsWith("data: [DONE]\n\n"));
  assert.doesNotMatch(seen, /4111/);
  assert.equal(await stopped.promise, true);
});
