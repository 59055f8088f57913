// Placeholders that last through a conversation: two guards, each behind a real Envoy, share a real Redis; people are known by
// tokens that Envoy checked, and speak through the official client. Redis is spoilt, stalled and killed meanwhile.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import OpenAI from "openai";
import { RedisServer } from "../helpers/redis.ts";
import { skipUnless } from "../helpers/require.ts";
import { openTempDir } from "../helpers/temp-dir.ts";
import { model, System } from "./system.ts";
import { checksTokens, tokenFor } from "./tokens.ts";

const policy = JSON.stringify({
  kind: "Policy",
  version: 1,
  defaults: { onUnknown: "closed", onUnreadable: "block" },
  rules: [
    {
      id: "stand-ins",
      stage: "prompt",
      detect: { pii: { kinds: ["email"] } },
      action: { redact: { placeholder: { restore: true, stable: "conversation" } } },
    },
  ],
});
const said = "Repeat after me:";
const ada = "ada@example.org";
const bob = "bob@example.org";
const cy = "cy@example.org";

type Message = { readonly role: "user" | "assistant"; readonly content: string };
const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });

class Replica implements AsyncDisposable {
  readonly lines: string[];
  readonly #system: System;

  private constructor(system: System, lines: string[]) {
    this.#system = system;
    this.lines = lines;
  }

  static async open(config: Readonly<Record<string, unknown>>): Promise<Replica> {
    const lines: string[] = [];
    const onLine = (line: string): void => void lines.push(line);
    return new Replica(await System.open({ policy, config, shape: checksTokens, guard: { onLine } }), lines);
  }

  /** What the model was told, and what the person read. `who`: `null` for nobody whom Envoy knows. */
  async turn(who: string | null, messages: readonly Message[], stream = false) {
    const already = this.#system.seen.length;
    const client = new OpenAI({
      baseURL: `${this.#system.url}/v1`,
      apiKey: who === null ? "none" : tokenFor({ sub: who }),
      ...(who === null ? { defaultHeaders: { authorization: null } } : {}),
    });
    const asked = { model, messages: [...messages] };
    let read = "";
    if (stream) {
      for await (const chunk of await client.chat.completions.create({ ...asked, stream }))
        read += chunk.choices[0]?.delta.content ?? "";
    } else read = (await client.chat.completions.create(asked)).choices[0]?.message.content ?? "";
    const body = this.#system.seen[already]?.body ?? "";
    return { read, body, called: body.match(/<EMAIL_\d+_[a-z2-9]{6}>/g) ?? [] };
  }

  /** Conversations, by what was known of them. */
  async conversations(names: string): Promise<number> {
    const found = new RegExp(`^sallyport_conversations_total\\{names="${names}"\\} (\\d+)$`, "m");
    return Number(found.exec(await this.#system.guard.metrics())?.[1] ?? Number.NaN);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#system[Symbol.asyncDispose]();
  }
}

/** Asks until it holds; what is waited for may never come, and then the runner's own limit ends it. */
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await pause(5);
}

const first = [user(`${said} write to ${ada}`)];
const second = [...first, assistant(`write to ${ada}`), user(`${said} and to ${bob}, not ${ada}`)];

test(
  "a person's conversation keeps its names on any replica, whatever becomes of Redis",
  skipUnless("redis-server"),
  async () => {
    await using dir = await openTempDir();
    await writeFile(dir.join("keys"), `2026-11:${randomBytes(32).toString("base64")}\n`);
    await using redis = await RedisServer.open();
    await using store = redis.client();
    store.on("error", () => undefined); // it is killed below
    const config = {
      identity: { principal: { jwt: ["jwt_payload", "sub"] } },
      redis: { url: redis.url, keysFile: dir.join("keys"), timeoutMs: 500 },
    };
    await using one = await Replica.open(config);
    await using two = await Replica.open(config);
    const replicas = [one, two];
    await until(() => replicas.every(({ lines }) => lines.some((line) => line.includes("redis is there"))));

    const begun = await one.turn("ada", first);
    const [adaName = ""] = begun.called;
    assert.equal(begun.read, `write to ${ada}`);
    assert.match(adaName, /^<EMAIL_1_/);
    await until(async () => (await store.dbsize()) === 1);
    const [place = ""] = await store.keys("*");

    const goneOn = await two.turn("ada", second, true);
    const bobName = goneOn.called.find((name) => name !== adaName) ?? "";
    assert.deepEqual(goneOn.called, [adaName, adaName, bobName, adaName]);
    assert.match(bobName, /^<EMAIL_2_/);
    assert.equal(goneOn.read, `and to ${bob}, not ${ada}`, "all of it is put back, on a stream too");
    assert.equal(await two.conversations("known"), 1);

    // Another person with the very same words, and one whom nobody knows, have other names and read their own texts.
    for (const who of ["eve", null]) {
      const { called, read } = await two.turn(who, second);
      assert.equal(new Set([...called, adaName, bobName]).size, 4, String(who));
      assert.equal(read, `and to ${bob}, not ${ada}`);
      const asking = [...second, user(`${said} who is ${adaName}?`)];
      assert.equal(
        (await two.turn(who, asking)).read,
        `who is ${adaName}?`,
        "nor do they read what a name of hers stands for",
      );
    }
    assert.equal(await two.conversations("no-principal"), 2);

    // Nothing in Redis tells a text, a name or a person; what is put in another's place does not open.
    const kept = await Promise.all(
      (await store.keys("*")).map(async (key) => [key, await store.getBuffer(key)] as const),
    );
    assert.equal(kept.length, 2);
    for (const [key, value] of kept) assert.doesNotMatch(`${key} ${value?.toString("latin1")}`, /example|EMAIL/);
    const ofEve = kept.find(([key]) => key !== place)?.[1];
    const ofAda = kept.find(([key]) => key === place)?.[1];
    assert.ok(ofEve && ofAda);
    await store.set(place, ofEve);
    const spoilt = await one.turn("ada", second);
    assert.equal(await one.conversations("refused"), 1);
    assert.equal(new Set([...spoilt.called, adaName, bobName]).size, 4);
    assert.equal(spoilt.read, `and to ${bob}, not ${ada}`);
    await store.set(place, ofAda);
    assert.deepEqual((await one.turn("ada", second)).called, goneOn.called);

    // Stalled, then gone: each replica goes on with what it kept itself, and every text is put back.
    const third = [...second, assistant(`and to ${bob}, not ${ada}`), user(`${said} and to ${cy}`)];
    for (const how of ["stalled", "gone"]) {
      if (how === "stalled") redis.stall();
      else await redis.kill();
      const { called, read } = await two.turn("ada", third);
      assert.deepEqual(called.slice(0, 4), goneOn.called);
      assert.match(called.at(-1) ?? "", /^<EMAIL_3_/);
      assert.equal(read, `and to ${cy}`);
    }
    await redis.start();
    assert.equal((await one.turn("ada", third)).read, `and to ${cy}`);

    for (const line of replicas.flatMap(({ lines }) => lines)) assert.doesNotMatch(line, /example\.org|EMAIL_\d|"ada"/);
  },
);

test("without Redis names last within a process, and the log says so", async () => {
  await using alone = await Replica.open({ identity: { principal: { jwt: ["jwt_payload", "sub"] } } });
  assert.ok(alone.lines.some((line) => line.includes("placeholders stay in a conversation within this process alone")));
  const { called } = await alone.turn("ada", first);
  assert.deepEqual(new Set((await alone.turn("ada", first, true)).called), new Set(called));
  assert.equal(await alone.conversations("known"), 1);
});

test("where nobody says who asks, names are new in each exchange, and the log says so", async () => {
  await using blind = await Replica.open({});
  assert.ok(blind.lines.some((line) => line.includes("placeholders are new in each exchange")));
  const turns = [await blind.turn("ada", first), await blind.turn("ada", first)];
  assert.equal(new Set(turns.flatMap(({ called }) => called)).size, 2);
  for (const { read } of turns) assert.equal(read, `write to ${ada}`);
});
