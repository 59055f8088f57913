/** What rules do, in each body mode, as messages to Envoy. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chatHead, planFrom } from "../../test/helpers/exchange.ts";
import { headers, runMessages, type SessionOptions } from "../../test/helpers/session.ts";
import { BodySendMode, type CommonResponse, type ProcessingRequest, type ProcessingResponse } from "./wire.ts";

const modes = {
  duplex: BodySendMode.FULL_DUPLEX_STREAMED,
  buffered: BodySendMode.BUFFERED,
  streamed: BodySendMode.STREAMED,
} as const;
type Mode = keyof typeof modes;
const modeNames = Object.keys(modes) as Mode[];

const mail = "detect: { pii: { kinds: [email] } }";
const rulesOf = (...rules: readonly string[]) =>
  planFrom(
    `kind: Policy\nversion: 1\ndefaults: { onUnknown: closed, onUnreadable: block }\nrules:\n${rules.map((it) => `  - { ${it} }\n`).join("")}`,
  );

const address = "ada@example.org";
const prompt = (content: string): Buffer =>
  Buffer.from(JSON.stringify({ model: "m", messages: [{ role: "user", content }] }));
const reply = (content: string): Buffer =>
  Buffer.from(JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content } }] }));
const event = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

/** A body in two pieces where the mode shows pieces. */
function bodies(mode: Mode, side: "requestBody" | "responseBody", body: Buffer): ProcessingRequest[] {
  const cut = mode === "buffered" ? [body] : [body.subarray(0, 20), body.subarray(20)];
  return cut.map((each, index) => ({
    request: side,
    [side]: { body: each, endOfStream: index === cut.length - 1 },
  }));
}

const asked = (mode: Mode, content: string, more: Readonly<Record<string, string>> = {}): ProcessingRequest[] => [
  {
    request: "requestHeaders",
    requestHeaders: headers({
      ...{ ":method": "POST", ":path": chatHead.path, "content-type": "application/json" },
      ...more,
    }),
    protocolConfig: { requestBodyMode: modes[mode], responseBodyMode: modes[mode] },
    attributes: { "envoy.filters.http.ext_proc": { fields: { "xds.route_name": { stringValue: "chat" } } } },
  },
  ...bodies(mode, "requestBody", prompt(content)),
];
const replied = (mode: Mode, body: Buffer, contentType: string): ProcessingRequest[] => [
  { request: "responseHeaders", responseHeaders: headers({ ":status": "200", "content-type": contentType }) },
  ...bodies(mode, "responseBody", body),
];

type Side = "request" | "response";
const answersOf = (sent: readonly ProcessingResponse[], side: Side): CommonResponse[] =>
  sent.flatMap((message) => {
    const each = message as Partial<Record<string, { readonly response?: CommonResponse }>>;
    const answer = each[`${side}Headers`] ?? each[`${side}Body`];
    return answer?.response === undefined ? [] : [answer.response];
  });
const marksOf = (sent: readonly ProcessingResponse[], side: Side): string[] =>
  answersOf(sent, side).flatMap(({ headerMutation }) =>
    (headerMutation?.setHeaders ?? [])
      .map(({ header }) => `${header.key}: ${header.rawValue.toString()}`)
      .filter((header) => !header.startsWith("content-length")),
  );
const removedOf = (sent: readonly ProcessingResponse[]): string[] =>
  answersOf(sent, "request").flatMap(({ headerMutation }) => headerMutation?.removeHeaders ?? []);
const reroutes = (sent: readonly ProcessingResponse[]): boolean =>
  answersOf(sent, "request").some(({ clearRouteCache }) => clearRouteCache === true);
const writtenOf = (sent: readonly ProcessingResponse[], side: Side): string =>
  answersOf(sent, side)
    .map(({ bodyMutation }) => {
      if (bodyMutation === undefined || "clearBody" in bodyMutation) return "";
      return ("body" in bodyMutation ? bodyMutation.body : bodyMutation.streamedResponse.body)?.toString() ?? "";
    })
    .join("");
const immediateOf = (sent: readonly ProcessingResponse[]) =>
  sent.flatMap((message) => ("immediateResponse" in message ? [message.immediateResponse] : []))[0];

const route = `id: to, stage: prompt, ${mail}, action: { route: { header: x-guard-lane, value: inside } }`;
const isTold = `id: seen, stage: [prompt, reply], ${mail}, action: { flag: { header: { name: x-sallyport-seen, value: mail } } }`;

describe("a header that a rule sets", () => {
  for (const mode of modeNames) {
    it(`for the model and for the client, ${mode}`, async () => {
      const { sent, report } = await runMessages(
        [...asked(mode, address), ...replied(mode, reply(address), "application/json")],
        rulesOf(isTold),
      );
      // Streamed, the head is on its way before the body has come.
      const wanted = mode === "streamed" ? [] : ["x-sallyport-seen: mail"];
      assert.deepEqual([marksOf(sent, "request"), marksOf(sent, "response")], [wanted, wanted]);
      assert.equal(reroutes(sent), false);
      assert.deepEqual([report.prompt?.kind, report.reply?.kind], ["flag", "flag"]);
    });
  }
});

describe("another route", () => {
  for (const mode of modeNames) {
    it(
      mode === "streamed" ? "can no longer be had, and nothing goes the old one, streamed" : `is asked for, ${mode}`,
      async () => {
        const { sent, report } = await runMessages(asked(mode, address), rulesOf(route));
        if (mode === "streamed") {
          assert.equal(immediateOf(sent)?.status.code, 503);
          assert.equal(writtenOf(sent, "request"), "");
          assert.equal(report.prompt?.cause?.kind, "route-too-late");
          return;
        }
        assert.deepEqual(marksOf(sent, "request"), ["x-guard-lane: inside"]);
        assert.equal(reroutes(sent), true);
      },
    );

    it(`is not asked for where nothing was found, ${mode}`, async () => {
      const { sent, report } = await runMessages(asked(mode, "hello"), rulesOf(route));
      assert.deepEqual([marksOf(sent, "request"), reroutes(sent), report.prompt?.kind], [[], false, "allow"]);
    });

    it(`a client cannot choose it, nor the rules that go with it, ${mode}`, async () => {
      const options: SessionOptions = {
        identity: { tenant: { kind: "grpc", key: "x-tenant" }, principal: null },
        metadata: () => "blue",
      };
      const strict = `id: other, stage: prompt, when: { route: other }, ${mail}, action: redact`;
      const tenant = `id: red, stage: prompt, when: { tenant: red }, detect: { keywords: { list: [acme] } }, action: redact`;
      const plan = rulesOf(route, strict, tenant);
      const text = "hello acme";
      const honest = await runMessages(asked(mode, text), plan, options);
      assert.deepEqual(
        [reroutes(honest.sent), honest.report.route, honest.report.prompt?.kind],
        [false, "chat", "allow"],
      );
      const { sent, report } = await runMessages(asked(mode, text, { "x-guard-lane": "inside" }), plan, options);
      assert.ok(removedOf(sent).includes("x-guard-lane"));
      assert.equal(reroutes(sent), true);
      assert.deepEqual([report.route, report.tenant, report.prompt?.kind], [null, null, "redact"]);
    });
  }
});

describe("words in place of what was found", () => {
  for (const mode of modeNames) {
    for (const streams of [false, true]) {
      it(`${streams ? "a stream" : "JSON"}, ${mode}`, async () => {
        const plan = rulesOf(`id: r, stage: [prompt, reply], ${mail}, action: { replace: 'the "desk"' }`);
        const body = streams
          ? Buffer.from(`${event("write to ada@")}${event("example.org now")}data: [DONE]\n\n`)
          : reply(address);
        const type = streams ? "text/event-stream" : "application/json";
        const { sent } = await runMessages([...asked(mode, `to ${address}`), ...replied(mode, body, type)], plan);
        assert.match(writtenOf(sent, "request"), /"to the \\"desk\\""/);
        assert.match(writtenOf(sent, "response"), /the \\"desk\\"/);
        assert.doesNotMatch(writtenOf(sent, "request") + writtenOf(sent, "response"), /ada@|example\.org/);
      });
    }
  }
});

describe("a block in the policy's own words", () => {
  const forms = [
    ["error, status 451", "{ block: { form: error, status: 451, message: Not here. } }", 451],
    ["refusal", "{ block: { form: refusal, message: Not here. } }", 200],
  ] as const;
  for (const mode of modeNames) {
    for (const [form, action, status] of forms) {
      it(`of a prompt, ${form}, ${mode}`, async () => {
        const { sent } = await runMessages(
          asked(mode, address),
          rulesOf(`id: b, stage: prompt, ${mail}, action: ${action}`),
        );
        const answer = immediateOf(sent);
        assert.equal(answer?.status.code, status);
        assert.match(answer?.body?.toString() ?? "", /Not here\./);
        assert.equal(writtenOf(sent, "request"), "");
      });

      it(`of a reply, ${form}, ${mode}`, async () => {
        const plan = rulesOf(`id: b, stage: reply, ${mail}, action: ${action}`);
        const { sent } = await runMessages(
          [...asked(mode, "hello"), ...replied(mode, reply(address), "application/json")],
          plan,
        );
        const told = immediateOf(sent)?.body?.toString() ?? writtenOf(sent, "response");
        assert.match(told, /Not here\./);
        assert.doesNotMatch(told, /ada@/);
        assert.equal(immediateOf(sent)?.status.code, mode === "streamed" ? undefined : status);
      });

      it(`of a stream that has begun, ${form}, ${mode}`, async () => {
        const plan = rulesOf(`id: b, stage: reply, ${mail}, action: ${action}`);
        const body = Buffer.from(`${event("Hello. ")}${event("Write to ")}${event(`${address} now`)}data: [DONE]\n\n`);
        const pieces = mode === "buffered" ? [body] : [body.subarray(0, 100), body.subarray(100)];
        const { sent } = await runMessages(
          [
            ...asked(mode, "hello"),
            {
              request: "responseHeaders",
              responseHeaders: headers({ ":status": "200", "content-type": "text/event-stream" }),
            },
            ...pieces.map((piece, index) => ({
              request: "responseBody" as const,
              responseBody: { body: piece, endOfStream: index === pieces.length - 1 },
            })),
          ],
          plan,
        );
        const told = immediateOf(sent)?.body?.toString() ?? writtenOf(sent, "response");
        assert.match(told, /Not here\./);
        assert.doesNotMatch(told, /ada@/);
        if (mode === "buffered") return assert.equal(immediateOf(sent)?.status.code, status);
        assert.equal(immediateOf(sent), undefined);
        assert.match(told, /"Hello\. "/);
        assert.ok(told.endsWith("data: [DONE]\n\n"));
      });
    }
  }
});
