/** A chat prompt put to a running guard by the messages that Envoy sends, without an Envoy. */
import assert from "node:assert/strict";
import { BodySendMode } from "../../src/extproc/wire.ts";
import type { ProcessorClient } from "./processor-client.ts";

/** The status of the answer in the place of a prompt that says this; 0: it passes. */
export const statusOfPrompt = (client: ProcessorClient, content: string): Promise<number> =>
  statusOfBody(client, JSON.stringify({ model: "m", messages: [{ role: "user", content }] }));

/** The same of a body. `metadata`: of the gRPC stream, as Envoy's configuration sets it. */
export async function statusOfBody(
  client: ProcessorClient,
  body: string,
  metadata: Readonly<Record<string, string>> = {},
): Promise<number> {
  const call = client.open(metadata);
  const mode = BodySendMode.FULL_DUPLEX_STREAMED;
  const fields = { ":method": "POST", ":path": "/v1/chat/completions", "content-type": "application/json" };
  const headers = Object.entries(fields).map(([key, value]) => ({ key, rawValue: Buffer.from(value) }));
  const protocolConfig = { requestBodyMode: mode, responseBodyMode: mode };
  call.send({ requestHeaders: { headers: { headers }, endOfStream: false }, protocolConfig });
  call.send({ requestBody: { body: Buffer.from(body), endOfStream: true } });
  const answer = await call.next();
  call.cancel();
  assert.ok(answer !== undefined, "an answer");
  return "immediateResponse" in answer ? (answer.immediateResponse?.status?.code ?? -1) : 0;
}
