import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { chatHead, exchangeOf, jsonHead, planFrom, pushAll } from "../../test/helpers/exchange.ts";
import { createMemoryStore } from "../app/vault/memory-store.ts";
import { createVault } from "../app/vault/vault.ts";
import type { Piece } from "../domain/dialect.ts";
import type { Location } from "../domain/segment.ts";
import type { PlaceholderVault } from "../domain/vault.ts";
import { beginningOf, beginningUnitsMax } from "./conversation.ts";
import { noContext, type RequestContext } from "./parts.ts";

const policy = (...rules: readonly string[]): string => `
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
${rules.map((rule, at) => `  - { id: r${at}, ${rule} }`).join("\n")}
`;
const placeholder = (how: string, more = "stage: prompt"): string =>
  `${more}, detect: { pii: { kinds: [email] } }, action: { redact: { placeholder: { ${how} } } }`;
const lasting = policy(placeholder("restore: true, stable: conversation"));

function openVault(): PlaceholderVault {
  return createVault({
    store: createMemoryStore({ nowMs: () => 0 }, 1_000_000),
    keys: () => [{ id: "a", bytes: new Uint8Array(32).fill(1) }],
    clock: { epochS: () => 1_700_000_000 },
    ttlS: 3600,
    namesMax: 100,
  });
}

const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });
const system = (content: string) => ({ role: "system", content });
const ada: RequestContext = { ...noContext, tenant: "acme", principal: "ada" };
type Message = { readonly role: string; readonly content: unknown };
type Turn = {
  readonly sent: string;
  readonly called: readonly string[];
  readonly names: string | null;
  readonly got: string;
};

/** One turn: `reply` is what the model says, which is told what it is called. */
async function turn(
  vault: PlaceholderVault | null,
  messages: readonly Message[],
  more: {
    readonly yaml?: string;
    readonly context?: RequestContext;
    readonly reply?: (called: readonly string[]) => string;
  } = {},
): Promise<Turn> {
  const { yaml = lasting, context = ada, reply = () => "ok" } = more;
  const exchange = exchangeOf({ plan: planFrom(yaml), shared: { vault } });
  const body = Buffer.from(JSON.stringify({ model: "m", messages }));
  const { bytes } = await pushAll(exchange.openRequest(chatHead, context), [body]);
  const sent = bytes.toString();
  const called = sent.match(/<[A-Z_]+_\d+_[a-z2-9]{6}>/g) ?? [];
  const answer = JSON.stringify({ choices: [{ index: 0, message: assistant(reply(called)) }] });
  const replied = await pushAll(exchange.openReply(jsonHead, false).gate, [Buffer.from(answer)]);
  const { names } = exchange.close("complete").placeholders;
  return { sent, called, names, got: replied.bytes.toString() };
}

describe("placeholders of a conversation", () => {
  it("stay what they were, and new ones go on with a tail of their own", async () => {
    const vault = openVault();
    const first = await turn(vault, [user("Write to ada@x.example and bob@x.example.")], {
      reply: ([one]) => `Dear ${one},`,
    });
    const [one = "", two = ""] = first.called;
    assert.deepEqual([first.names, first.got.includes("Dear ada@x.example,")], ["new", true]);
    const second = await turn(
      vault,
      [
        user("Write to ada@x.example and bob@x.example."),
        assistant("Dear ada@x.example,"),
        user("And to cy@x.example, and bob@x.example"),
      ],
      { reply: (called) => called.join(" ") },
    );
    const [, , , three = ""] = second.called;
    assert.deepEqual([second.names, second.called], ["known", [one, two, one, three, two]]);
    assert.match(three, /^<EMAIL_3_/);
    assert.notEqual(three.slice(-7), one.slice(-7));
    assert.match(second.got, /"ada@x\.example bob@x\.example ada@x\.example cy@x\.example bob@x\.example"/);
  });

  it("are put back only where this prompt brought the text", async () => {
    const vault = openVault();
    const [, secret = ""] = (await turn(vault, [user("Hello, bob@x.example"), user("I am ada@x.example")])).called;
    assert.match(secret, /EMAIL_2/);
    const trimmed = await turn(vault, [user("Hello, bob@x.example"), user(`Who is ${secret}?`)], {
      reply: ([bob]) => `${secret} knows ${bob}`,
    });
    assert.equal(trimmed.names, "known");
    assert.ok(trimmed.got.includes(`${secret} knows bob@x.example`), trimmed.got);
    const back = await turn(vault, [user("Hello, bob@x.example"), user("I am ada@x.example")], { reply: () => secret });
    assert.match(back.got, /ada@x\.example/);
  });

  const strangers: readonly (readonly [who: string, context: RequestContext, names: string])[] = [
    ["another principal", { ...ada, principal: "eve" }, "new"],
    ["another tenant", { ...ada, tenant: "other" }, "new"],
    ["nobody's tenant", { ...ada, tenant: null }, "new"],
    ["nobody", { ...ada, principal: null }, "no-principal"],
  ];
  for (const [who, context, wanted] of strangers) {
    it(`are not those of ${who} who sends the same messages, nor put back there`, async () => {
      const vault = openVault();
      const messages = [user("Hello"), user("I am ada@x.example")];
      const [mine = ""] = (await turn(vault, messages)).called;
      const { names, called, got } = await turn(vault, messages, { context, reply: () => mine });
      assert.equal(names, wanted);
      assert.match(called[0] ?? "", /^<EMAIL_1_/);
      assert.notEqual(called[0], mine);
      assert.doesNotMatch(got, /ada@/);
      assert.deepEqual((await turn(vault, messages)).called, [mine], "and they changed nothing");
    });
  }

  it("without somebody whom Envoy vouches for are new in each exchange", async () => {
    const vault = openVault();
    const context = { ...ada, principal: null };
    const messages = [user("I am ada@x.example")];
    const [one] = (await turn(vault, messages, { context })).called;
    const [two] = (await turn(vault, messages, { context })).called;
    assert.notEqual(one, two);
    const none = await turn(null, messages, { reply: ([called]) => `${called}` });
    assert.deepEqual([none.names, none.got.includes("ada@x.example")], ["no-vault", true]);
  });

  it("are kept although the instructions change, and not where the conversation began in another way", async () => {
    const vault = openVault();
    const [mine] = (await turn(vault, [system("It is 9:00."), user("I am ada@x.example")])).called;
    assert.deepEqual((await turn(vault, [system("It is 9:01."), user("I am ada@x.example")])).called, [mine]);
    assert.notEqual((await turn(vault, [user("I am ada@x.example!")])).called[0], mine);
  });

  it("are told apart by a header too, and never by a header alone", async () => {
    const vault = openVault();
    const yaml = policy(placeholder("stable: { conversation: { header: X-Chat } }"));
    const with_ = (chat: string, principal = "ada"): RequestContext => ({
      ...ada,
      principal,
      headers: new Map([["x-chat", chat]]),
    });
    const ask = async (context: RequestContext, text = "I am ada@x.example") =>
      (await turn(vault, [user(text)], { yaml, context })).called[0];
    const mine = await ask(with_("1"));
    assert.deepEqual(planFrom(yaml).policy.headers, ["x-chat"]);
    assert.equal(await ask(with_("1")), mine);
    assert.notEqual(await ask(with_("2")), mine);
    assert.notEqual(await ask(ada), mine);
    assert.notEqual(await ask(with_("1", "eve")), mine);
    assert.notEqual(await ask(with_("1"), "I am not ada@x.example"), mine);
  });

  it("last only where a rule asks: another rule has other names for the same text", async () => {
    const vault = openVault();
    const yaml = policy(
      placeholder("restore: true, stable: conversation", "stage: prompt, when: { role: user }"),
      placeholder("restore: true", "stage: prompt, when: { role: assistant }"),
    );
    const messages = [user("ada@x.example"), assistant("ada@x.example")];
    const reply = (called: readonly string[]): string => called.join(" and ");
    const first = await turn(vault, messages, { yaml, reply });
    const second = await turn(vault, messages, { yaml, reply });
    assert.equal(first.called[0], second.called[0]);
    assert.equal(new Set([...first.called, ...second.called]).size, 3);
    for (const { got } of [first, second]) assert.match(got, /"ada@x\.example and ada@x\.example"/);
  });

  it("are asked for by no rule in shadow, nor by one that does not apply", async () => {
    const vault = openVault();
    for (const rule of [
      `shadow: true, ${placeholder("stable: conversation")}`,
      placeholder("stable: conversation", "stage: prompt, when: { tenant: other }"),
    ])
      assert.equal((await turn(vault, [user("ada@x.example")], { yaml: policy(rule) })).names, null);
  });

  it("of a prompt that was blocked are not kept", async () => {
    const vault = openVault();
    const yaml = policy(
      placeholder("stable: conversation"),
      "stage: prompt, detect: { keywords: { list: [stop] } }, action: block",
    );
    const messages = [user("ada@x.example")];
    await turn(vault, [...messages, user("stop")], { yaml });
    assert.equal((await turn(vault, messages, { yaml })).names, "new");
    assert.equal((await turn(vault, messages, { yaml })).names, "known");
  });

  it("that a rule of the reply wrote stay too, when the client sends them back and the model says the text again", async () => {
    const vault = openVault();
    const yaml = policy(placeholder("stable: conversation", "stage: [prompt, reply]"));
    const got = async (...messages: readonly Message[]) =>
      /<EMAIL_\d_[a-z2-9]{6}>/.exec((await turn(vault, messages, { yaml, reply: () => "bob@x.example" })).got)?.[0];
    const first = await got(user("Who?"));
    assert.match(first ?? "", /^<EMAIL_1_/);
    assert.equal(await got(user("Who?"), assistant(first ?? ""), user("Again?")), first);
  });

  it("of a body without a person's message are new in each exchange", async () => {
    const { names, called } = await turn(openVault(), [system("Write to ada@x.example")]);
    assert.deepEqual([names, called.length], ["no-conversation", 1]);
  });
});

const at = (pointer: string, text: string, more: Partial<Location> = {}): Piece =>
  ({ text, location: { role: "user", place: "content", pointer, ...more } }) as Piece;

test("a conversation begins with the first message of a person: all its parts, and nothing behind it", () => {
  const pieces = [
    at("/messages/0/content", "be kind", { role: "system" }),
    at("/messages/1/content/0/text", "one"),
    at("/messages/1/content/1/text", "two"),
    at("/messages/1/name", "Ada", { place: "name" }),
    at("/messages/2/content", "hello", { role: "assistant" }),
    at("/messages/3/content", "three"),
  ];
  assert.deepEqual(beginningOf({ pieces }), { text: "one\ntwo\n", length: 8 });
  assert.deepEqual(beginningOf({ pieces: pieces.slice(0, 1) }), null);
  assert.deepEqual(beginningOf({ pieces: [] }), null);
});

test("of a long beginning, the first units and the length count", () => {
  for (const length of [beginningUnitsMax - 1, beginningUnitsMax, beginningUnitsMax + 1]) {
    const begun = beginningOf({ pieces: [at("/messages/0/content", "x".repeat(length))] });
    assert.deepEqual([begun?.text.length, begun?.length], [Math.min(length, beginningUnitsMax) + 1, length + 1]);
  }
});
