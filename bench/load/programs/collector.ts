// Program: a collector that decodes nothing. `collector.ts answer|hang`: OTLP over HTTP and by gRPC without TLS, each on a free
// port of loopback. `answer` says at once that all is well; `hang` takes whatever comes and says nothing. Prints `ports HTTP GRPC`;
// GET /came on the port of HTTP tells, as JSON, how much came.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Came } from "../telemetry-site.ts";

const [manner] = process.argv.slice(2);
if (manner !== "answer" && manner !== "hang") throw new Error("usage: collector.ts answer|hang");

const came: { -readonly [Each in keyof Came]: Came[Each] } = { requests: 0, bytes: 0 };
/** An empty message: not packed, no bytes. */
const emptyMessage = Buffer.alloc(5);
const grpcHead = { ":status": 200, "content-type": "application/grpc" };

const http = createServer(takeHttp);
const grpc = createHttp2Server({ settings: { initialWindowSize: 2 ** 20, maxConcurrentStreams: 2 ** 20 } });
grpc.on("stream", takeGrpc);
// A sender that waits no longer resets its stream.
grpc.on("sessionError", () => undefined);
http.listen(0, "127.0.0.1", () =>
  grpc.listen(0, "127.0.0.1", () => {
    const [httpPort, grpcPort] = [http, grpc].map((server) => (server.address() as AddressInfo).port);
    console.log(`ports ${httpPort} ${grpcPort}`);
  }),
);

function takeHttp(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === "GET") return void response.end(JSON.stringify(came));
  request.on("error", () => undefined);
  request.on("data", count);
  request.on("end", () => {
    came.requests += 1;
    if (manner === "answer") response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
  });
}

function takeGrpc(stream: ServerHttp2Stream): void {
  stream.on("error", () => undefined);
  stream.on("data", count);
  stream.on("end", () => {
    came.requests += 1;
    if (manner === "hang" || stream.destroyed) return;
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.respond(grpcHead, { waitForTrailers: true });
    stream.end(emptyMessage);
  });
}

function count(bytes: Buffer): void {
  came.bytes += bytes.length;
}
