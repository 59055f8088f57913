import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SharedStore } from "../../domain/ports.ts";
import type { Conversation } from "../../domain/vault.ts";
import type { Key, Keys } from "../sharing/keys.ts";
import { createVault, type VaultParts } from "./vault.ts";

const keyOf = (id: string, fill: number): Key => ({ id, bytes: new Uint8Array(32).fill(fill) });
const mine: Conversation = {
  tenant: "acme",
  principal: "ada",
  header: null,
  beginning: { text: "Write to ada@example.org\n", length: 25 },
};
const ttlS = 1000;

function openStore() {
  const entries = new Map<string, { value: Uint8Array; readonly ttlS: number }>();
  const store: SharedStore = {
    get: (key) => Promise.resolve(entries.get(key)?.value ?? null),
    put: (key, value, forS) => void entries.set(key, { value, ttlS: forS }),
  };
  return { entries, store };
}

function openVault(more: Partial<VaultParts> = {}) {
  const { entries, store } = openStore();
  let nowS = 1_000_000;
  let keys: Keys = [keyOf("one", 1)];
  const parts: VaultParts = { store, keys: () => keys, clock: { epochS: () => nowS }, ttlS, namesMax: 100, ...more };
  return {
    entries,
    vault: createVault(parts),
    parts,
    pass: (seconds: number) => void (nowS += seconds),
    rotate: (...to: Keys) => void (keys = to),
  };
}
type Opened = ReturnType<typeof openVault>;

/** A turn that calls `text` EMAIL_NUMBER_TAIL, as a ledger does where it has no name yet. */
async function turn(
  { vault }: Pick<Opened, "vault">,
  conversation: Conversation,
  texts: readonly string[],
  tail: string,
) {
  const names = await vault.open(conversation);
  const called = texts.map((text) => {
    const known = names.find("EMAIL", text);
    if (known !== null) return `${known.number}_${known.tail}`;
    const number = names.highest("EMAIL") + 1;
    names.add("EMAIL", text, { number, tail });
    return `${number}_${tail}`;
  });
  names.keep();
  return { outcome: names.outcome, called };
}

test("a text keeps its name in its conversation, and numbers go on", async () => {
  const it = openVault();
  assert.deepEqual(await turn(it, mine, ["a@x.example", "b@x.example"], "aaaaaa"), {
    outcome: "new",
    called: ["1_aaaaaa", "2_aaaaaa"],
  });
  assert.deepEqual(await turn(it, mine, ["b@x.example", "c@x.example"], "bbbbbb"), {
    outcome: "known",
    called: ["2_aaaaaa", "3_bbbbbb"],
  });
  assert.deepEqual((await turn(it, mine, ["c@x.example", "a@x.example"], "cccccc")).called, ["3_bbbbbb", "1_aaaaaa"]);
  const names = await it.vault.open(mine);
  assert.equal(names.find("PHONE", "a@x.example"), null, "another kind is another name");
});

const others: readonly (readonly [what: string, conversation: Conversation])[] = [
  ["tenant", { ...mine, tenant: "other" }],
  ["tenant, none", { ...mine, tenant: null }],
  ["tenant, empty", { ...mine, tenant: "" }],
  ["principal", { ...mine, principal: "bob" }],
  ["tenant and principal, shifted", { ...mine, tenant: "acmea", principal: "da" }],
  ["beginning", { ...mine, beginning: { text: "Write to bob@example.org\n", length: 25 } }],
  ["length of the beginning", { ...mine, beginning: { ...mine.beginning, length: 26 } }],
  ["header", { ...mine, header: { name: "x-conversation", value: null } }],
  ["header's value", { ...mine, header: { name: "x-conversation", value: "1" } }],
  ["header's value, empty", { ...mine, header: { name: "x-conversation", value: "" } }],
];
for (const [what, other] of others) {
  test(`another ${what} has other names, also where the entry is put in its place`, async () => {
    const it = openVault();
    await turn(it, mine, ["a@x.example"], "aaaaaa");
    const [entry] = it.entries.values();
    assert.deepEqual(await turn(it, other, ["a@x.example"], "bbbbbb"), { outcome: "new", called: ["1_bbbbbb"] });
    const [, place] = it.entries.keys();
    assert.ok(entry !== undefined && place !== undefined);
    it.entries.set(place, entry);
    assert.deepEqual(await turn(it, other, ["a@x.example"], "cccccc"), { outcome: "refused", called: ["1_cccccc"] });
    assert.deepEqual((await turn(it, mine, ["a@x.example"], "dddddd")).called, ["1_aaaaaa"]);
  });
}

test("two conversations share a place only where all of them is the same", () => {
  const text = fc.string({ maxLength: 8, unit: "binary" });
  const conversation: fc.Arbitrary<Conversation> = fc.record({
    tenant: fc.option(text),
    principal: text,
    header: fc.option(fc.record({ name: text, value: fc.option(text) })),
    beginning: fc.record({ text, length: fc.nat(20) }),
  });
  return fc.assert(
    fc.asyncProperty(conversation, conversation, async (one, two) => {
      const it = openVault();
      await turn(it, one, ["a@x.example"], "aaaaaa");
      const isSame = JSON.stringify(one) === JSON.stringify(two);
      const { called } = await turn(it, two, ["a@x.example"], "bbbbbb");
      assert.equal(called[0], isSame ? "1_aaaaaa" : "1_bbbbbb");
    }),
  );
});

test("any altered byte of an entry is refused, and the conversation begins anew", () =>
  fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const it = openVault();
      await turn(it, mine, ["a@x.example"], "aaaaaa");
      for (const entry of it.entries.values()) {
        const altered = Buffer.from(entry.value);
        const index = at % altered.length;
        altered.writeUInt8(altered.readUInt8(index) ^ by, index);
        entry.value = altered;
      }
      assert.deepEqual(await turn(it, mine, ["a@x.example"], "bbbbbb"), { outcome: "refused", called: ["1_bbbbbb"] });
      assert.deepEqual(await turn(it, mine, ["a@x.example"], "cccccc"), { outcome: "known", called: ["1_bbbbbb"] });
    }),
  ));

test("nothing that the store sees tells of a text or of a person", async () => {
  const it = openVault();
  await turn(it, mine, ["a@x.example"], "aaaaaa");
  const [[key, { value, ttlS: kept }] = assert.fail("nothing was put")] = it.entries;
  assert.equal(kept, ttlS);
  assert.match(key, /^placeholders:[A-Za-z0-9_-]{43}$/);
  assert.doesNotMatch(Buffer.from(value).toString("latin1"), /example|ada|acme|EMAIL|aaaaaa/);
});

test("names end with their time, also where the store gives them still; a conversation that goes on keeps them", async () => {
  const it = openVault();
  await turn(it, mine, ["a@x.example"], "aaaaaa");
  const [first] = it.entries.values();
  it.pass(ttlS - 1);
  assert.deepEqual((await turn(it, mine, ["a@x.example"], "bbbbbb")).called, ["1_aaaaaa"]);
  const [second] = it.entries.values();
  assert.notEqual(first, second, "it is kept anew, though it had nothing new to keep");
  it.pass(ttlS - 1);
  assert.deepEqual((await turn(it, mine, ["a@x.example"], "cccccc")).called, ["1_aaaaaa"]);
  it.pass(ttlS);
  assert.deepEqual(await turn(it, mine, ["a@x.example"], "dddddd"), { outcome: "new", called: ["1_dddddd"] });
});

test("a turn without a new name leaves the entry as it is", async () => {
  const it = openVault();
  await turn(it, mine, ["a@x.example"], "aaaaaa");
  const [before] = it.entries.values();
  await turn(it, mine, ["a@x.example"], "bbbbbb");
  assert.equal([...it.entries.values()][0], before);
  await turn(it, { ...mine, principal: "bob" }, [], "cccccc");
  assert.equal(it.entries.size, 1, "a conversation without a name leaves none");
});

test("keys are rotated: all read, the first writes, and what an old one wrote is written anew", async () => {
  const it = openVault();
  await turn(it, mine, ["a@x.example", "b@x.example"], "aaaaaa");
  it.rotate(keyOf("two", 2), keyOf("one", 1));
  assert.deepEqual(await turn(it, mine, ["b@x.example"], "bbbbbb"), { outcome: "known", called: ["2_aaaaaa"] });
  assert.equal(it.entries.size, 2);
  it.rotate(keyOf("two", 2));
  assert.deepEqual(await turn(it, mine, ["b@x.example", "c@x.example"], "cccccc"), {
    outcome: "known",
    called: ["2_aaaaaa", "3_cccccc"],
  });
  it.rotate(keyOf("three", 3));
  assert.deepEqual(await turn(it, mine, ["b@x.example"], "dddddd"), { outcome: "new", called: ["1_dddddd"] });
});

test("another key by the same id reads nothing", async () => {
  const it = openVault();
  await turn(it, mine, ["a@x.example"], "aaaaaa");
  it.rotate(keyOf("one", 9));
  assert.deepEqual((await turn(it, mine, ["a@x.example"], "bbbbbb")).called, ["1_bbbbbb"]);
});

test("a conversation has at most so many names: those go that were not needed longest", async () => {
  const it = openVault({ namesMax: 2 });
  await turn(it, mine, ["a@x.example", "b@x.example"], "aaaaaa");
  await turn(it, mine, ["a@x.example", "c@x.example"], "bbbbbb");
  assert.deepEqual((await turn(it, mine, ["a@x.example", "c@x.example"], "cccccc")).called, ["1_aaaaaa", "3_bbbbbb"]);
  assert.deepEqual((await turn(it, mine, ["b@x.example"], "dddddd")).called, ["4_dddddd"]);
});

test("turns that ran at once lose names, and never call two texts the same", async () => {
  const it = openVault();
  await turn(it, mine, ["a@x.example"], "aaaaaa");
  const [one, two] = await Promise.all([it.vault.open(mine), it.vault.open(mine)]);
  for (const [names, text, tail] of [
    [one, "b@x.example", "bbbbbb"],
    [two, "c@x.example", "cccccc"],
  ] as const) {
    names.add("EMAIL", text, { number: names.highest("EMAIL") + 1, tail });
    names.keep();
  }
  const { called } = await turn(it, mine, ["a@x.example", "b@x.example", "c@x.example"], "dddddd");
  assert.deepEqual(called, ["1_aaaaaa", "3_dddddd", "2_cccccc"]);
  assert.equal(new Set([...called, "2_bbbbbb"]).size, 4);
});

test("a store that is gone costs names alone", async () => {
  const gone: SharedStore = { get: () => Promise.resolve(null), put: () => undefined };
  const it = openVault({ store: gone });
  for (const tail of ["aaaaaa", "bbbbbb"])
    assert.deepEqual(await turn(it, mine, ["a@x.example"], tail), { outcome: "new", called: [`1_${tail}`] });
});
