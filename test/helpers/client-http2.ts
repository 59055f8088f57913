// An HTTP/2 client (cleartext, prior knowledge) that sends pieces when told to and records what comes back.
// One connection an exchange, so that one exchange's end touches no other.

import { connect, constants } from "node:http2";
import type { ClientExchange, ReplyHead, RequestHead } from "./client.ts";
import { plantBytes } from "./planted.ts";
import { Recording } from "./recording.ts";

const { NGHTTP2_NO_ERROR } = constants;

export function openHttp2(port: number, request: RequestHead): ClientExchange {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on("error", () => undefined);
  const stream = session.request(
    { ":method": request.method, ":path": request.path, ":authority": "localhost", ...request.headers },
    { endStream: request.ends === "head", waitForTrailers: request.ends === "trailers" },
  );
  const body = new Recording();
  const head = Promise.withResolvers<ReplyHead>();
  head.promise.catch(() => undefined);
  let toSend: Readonly<Record<string, string>> = {};
  let got: Record<string, string> = {};
  stream.on("wantTrailers", () => stream.sendTrailers(toSend));
  stream.on("response", ({ ":status": status, ...rest }) => {
    head.resolve({ status: Number(status), headers: texts(rest) });
  });
  stream.on("trailers", (trailers) => {
    got = texts(trailers);
  });
  stream.on("data", (bytes: Buffer) => body.append(bytes));
  stream.on("error", () => undefined);
  let ended = false;
  stream.once("end", () => {
    ended = true;
  });
  stream.once("close", () => {
    head.reject(new Error("closed before a reply came"));
    body.finish(ended && stream.rstCode === NGHTTP2_NO_ERROR ? "complete" : "cut");
    session.close();
  });
  return {
    body,
    head: head.promise,
    trailers: () => got,
    write: (bytes) => {
      plantBytes(bytes);
      stream.write(bytes);
    },
    end: (last, trailers) => {
      plantBytes(last);
      toSend = trailers;
      if (request.ends === "head") return;
      if (request.ends === "last-piece") {
        stream.end(last);
        return;
      }
      // The end is its own frame once the last piece has been written.
      stream.write(last, () => stream.end());
    },
    // Not close(): that would end the request properly before it resets it.
    abort: () => void stream.destroy(new Error("the client leaves")),
    [Symbol.dispose]: () => session.destroy(),
  };
}

function texts(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
