// Program: an ext_proc server that does nothing, as one writes it on @grpc/grpc-js: each message gets its answer at once
// and bodies go back as they came, in full duplex. The yardstick for Sallyport: same messages, same codec, same lifted
// reset limits. It is no guard. `pass-server.ts SOCKET`; prints `serving`.

import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
} from "@grpc/grpc-js";
import { type HealthRequest, type HealthResponse, loadCodec } from "../../../src/extproc/codec.ts";
import { CONCURRENT_STREAMS_MAX, liftResetLimits } from "../../../src/extproc/server.ts";
import type { HttpBody, ProcessingRequest, ProcessingResponse } from "../../../src/extproc/wire.ts";

const SERVING = 1;
const [socket] = process.argv.slice(2);
if (socket === undefined) throw new Error("usage: pass-server.ts SOCKET");

const codec = loadCodec();
const server = new Server({ "grpc.max_concurrent_streams": CONCURRENT_STREAMS_MAX, "grpc.enable_channelz": 0 });
liftResetLimits(server);
server.addService(codec.processor, { Process: pass });
server.addService(codec.health, {
  Check: (_: ServerUnaryCall<HealthRequest, HealthResponse>, done: sendUnaryData<HealthResponse>) =>
    done(null, { status: SERVING }),
});
server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
  console.log("serving");
});

function pass(call: ServerDuplexStream<ProcessingRequest, ProcessingResponse>): void {
  call.on("data", (message: ProcessingRequest) => call.write(answerTo(message)));
  call.on("end", () => call.end());
  call.on("error", () => undefined);
}

function answerTo(message: ProcessingRequest): ProcessingResponse {
  switch (message.request) {
    case "requestHeaders":
      return { requestHeaders: {} };
    case "requestBody":
      return { requestBody: same(message.requestBody) };
    case "requestTrailers":
      return { requestTrailers: {} };
    case "responseHeaders":
      return { responseHeaders: {} };
    case "responseBody":
      return { responseBody: same(message.responseBody) };
    case "responseTrailers":
      return { responseTrailers: {} };
    default:
      throw new Error("Envoy sent a message of an unknown kind");
  }
}

function same(message: HttpBody | undefined): { readonly response: object } {
  const body = message?.body ?? Buffer.alloc(0);
  return { response: { bodyMutation: { streamedResponse: { body, endOfStream: message?.endOfStream === true } } } };
}
