import assert from "node:assert/strict";
import { test } from "node:test";
import { chatHead, planFrom } from "../../test/helpers/exchange.ts";
import { fakeModel } from "../../test/helpers/fake-model.ts";
import { createGate } from "../../test/helpers/gate.ts";
import { headers, runMessages } from "../../test/helpers/session.ts";
import { sentBytesMax } from "./replies.ts";
import { BodySendMode, type ProcessingRequest, type ProcessingResponse } from "./wire.ts";

const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: private, stage: [prompt, reply], detect: { pii: {} }, action: redact }
`);
const duplex = BodySendMode.FULL_DUPLEX_STREAMED;
const prompt = Buffer.from(
  JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "Hello." }] }),
);
const opening: readonly ProcessingRequest[] = [
  {
    request: "requestHeaders",
    requestHeaders: headers({ ":method": "POST", ":path": chatHead.path, "content-type": "application/json" }),
    protocolConfig: { requestBodyMode: duplex, responseBodyMode: duplex },
  },
  { request: "requestBody", requestBody: { body: prompt, endOfStream: true } },
  { request: "responseHeaders", responseHeaders: headers({ ":status": "200", "content-type": "text/event-stream" }) },
];
const event = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

const run = (messages: readonly ProcessingRequest[], judgedBy = plan) => runMessages(messages, judgedBy);

const bodyOf = (message: ProcessingResponse): Buffer | undefined => {
  const mutation = "responseBody" in message ? message.responseBody.response?.bodyMutation : undefined;
  return mutation !== undefined && "streamedResponse" in mutation ? mutation.streamedResponse.body : undefined;
};

const endOf = (message: ProcessingResponse): boolean => {
  const mutation = "responseBody" in message ? message.responseBody.response?.bodyMutation : undefined;
  return mutation !== undefined && "streamedResponse" in mutation && mutation.streamedResponse.endOfStream === true;
};

test("the first events of a burst leave before the last of them is judged", async () => {
  const burst = Buffer.from(`${event("One word more. ").repeat(300)}data: [DONE]\n\n`);
  const { sent } = await run([
    ...opening,
    { request: "responseBody", responseBody: { body: burst, endOfStream: true } },
  ]);
  const pieces = sent.map(bodyOf).filter((piece) => piece !== undefined);
  assert.ok(pieces.length >= 3, `${pieces.length} pieces`);
  assert.ok((pieces[0]?.length ?? 0) <= 8192);
  assert.deepEqual(Buffer.concat(pieces), burst);
});

test("each step tells Envoy its record once", async () => {
  const body = Buffer.from(`${event("Hello.")}data: [DONE]\n\n`);
  const { sent, report } = await run([
    ...opening,
    { request: "responseBody", responseBody: { body, endOfStream: true } },
  ]);
  const kinds = sent.map((message) => [Object.keys(message)[0], message.dynamicMetadata !== undefined]);
  assert.deepEqual(kinds, [
    ["requestHeaders", true],
    ["requestBody", false],
    ["responseHeaders", true],
    ["responseBody", false],
  ]);
  assert.equal(report.reply?.kind, "allow");
});

test("a stream that ends later tells its record at its end", async () => {
  const piece = (text: string, endOfStream: boolean): ProcessingRequest => ({
    request: "responseBody",
    responseBody: { body: Buffer.from(text), endOfStream },
  });
  const { sent } = await run([...opening, piece(event("Hello. "), false), piece("data: [DONE]\n\n", true)]);
  assert.deepEqual(
    sent.slice(2).map((message) => message.dynamicMetadata !== undefined),
    [true, false, true],
  );
});

test("what came with the end of a stream does not wait for a model that only flags it; the record does", async () => {
  const wait = createGate();
  const { models } = fakeModel("m", { numbers: () => [[0, 3]], waits: () => wait.opened });
  const flagging = planFrom(
    `kind: Policy
version: 1
defaults: { onUnknown: open, onUnreadable: block }
rules:
  - { id: note, stage: reply, detect: { model: { name: m } }, action: flag }
`,
    models,
  );
  const body = Buffer.from(`${event("Hello.")}data: [DONE]\n\n`);
  let gone = "";
  const { sent, report } = await runMessages(
    [...opening, { request: "responseBody", responseBody: { body, endOfStream: true } }],
    flagging,
    {
      onSend(message) {
        gone += bodyOf(message)?.toString() ?? "";
        if (gone.endsWith("[DONE]\n\n")) wait.open();
      },
    },
  );
  assert.equal(gone, body.toString());
  assert.deepEqual(report.reply?.unknowns, []);
  assert.equal(report.reply?.kind, "flag");
  assert.deepEqual(
    sent.slice(2).map((message) => [endOf(message), message.dynamicMetadata !== undefined]),
    [
      [false, true],
      [false, false],
      [true, true],
    ],
  );
});

test("the end of a stream with many choices leaves in pieces like any other, the last with the record", async () => {
  const blocking = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: cards, stage: reply, detect: { pii: { kinds: [card] } }, action: { block: refusal } }
`);
  const choices = Array.from({ length: 1_000 }, (_, index) => ({ index, delta: { content: "Hello. " } }));
  const body = Buffer.from(`data: ${JSON.stringify({ choices })}\n\n${event("4111 1111 1111 1111 is it.")}`);
  const { sent } = await run([...opening, { request: "responseBody", responseBody: { body } }], blocking);
  const cut = sent.filter((message) => bodyOf(message) !== undefined);
  const sizes = cut.map((message) => bodyOf(message)?.length ?? 0);
  assert.ok(Math.max(...sizes) <= sentBytesMax, `${Math.max(...sizes)} bytes`);
  const whole = Buffer.concat(cut.map((message) => bodyOf(message) ?? Buffer.alloc(0))).toString();
  assert.equal(whole.split('"finish_reason":"content_filter"').length - 1, choices.length);
  assert.ok(whole.endsWith("data: [DONE]\n\n"));
  const last = sent.at(-1);
  assert.equal(last === undefined ? false : endOf(last), true);
  assert.equal(sent.filter(endOf).length, 1);
  assert.ok(last?.dynamicMetadata !== undefined);
});
