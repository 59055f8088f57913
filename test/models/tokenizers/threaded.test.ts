// A tokenizer in its own thread gives what it gives in this one, and each text is answered, also where the thread ends.

import assert from "node:assert/strict";
import { copyFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { openTokenizer, type ThreadedTokenizer } from "../../../src/inference/tokens/threaded-tokenizer.ts";
import { loadTokenizer } from "../../../src/inference/tokens/tokenizer.ts";
import { openTempDir } from "../../helpers/temp-dir.ts";
import { tokenizerPath } from "./expected.ts";

const { signal } = new AbortController();
const program = new URL("./mortal-thread.ts", import.meta.url);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const unasked = (message: string): void => assert.fail(message);

async function open(path: string, onDeath = unasked, mortal = false): Promise<ThreadedTokenizer> {
  const opened = await openTokenizer({ path, onDeath, ...(mortal ? { program } : {}) });
  return opened.ok ? opened.value : assert.fail(opened.error);
}

const lives = (tokenizer: ThreadedTokenizer): Promise<boolean> =>
  tokenizer.encode(signal, "a").then(
    () => true,
    () => false,
  );

test("frames, sizes and tokens are those of the tokenizer itself, also of long texts and many at once", async () => {
  for (const name of ["bert", "xlm-roberta"]) {
    const path = tokenizerPath(name);
    const own = await loadTokenizer(path);
    assert.ok(own.ok);
    const tokenizer = await open(path);
    const { encode: _encode, close: _close, ...facts } = tokenizer;
    const { encode, ...wanted } = own.value;
    assert.deepEqual(facts, wanted);
    const texts = ["", "Hello world", "naïve 😀 text", "A text of some length, in several blocks. ".repeat(500)];
    const found = await Promise.all(texts.map((text) => tokenizer.encode(signal, text)));
    for (const [at, text] of texts.entries()) assert.deepEqual(found[at], await encode(signal, text));
    await tokenizer.close();
    await assert.rejects(tokenizer.encode(signal, "late"));
  }
});

test("the reason of a bad file is told", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("tokenizer.json"), "{}");
  const bad = await openTokenizer({ path: dir.join("tokenizer.json"), onDeath: unasked });
  assert.match(bad.ok ? "" : bad.error, /is no tokenizer\.json/);
  const missing = await openTokenizer({ path: dir.join("none.json"), onDeath: unasked });
  assert.match(missing.ok ? "" : missing.error, /cannot be read \(ENOENT\)/);
});

test("who leaves is answered at once with the reason, and the next text is tokenised", async () => {
  const tokenizer = await open(tokenizerPath("bert"));
  const leaving = new AbortController();
  const asked = tokenizer.encode(leaving.signal, "word ".repeat(400_000));
  leaving.abort(new Error("the deadline"));
  await assert.rejects(asked, /the deadline/);
  await assert.rejects(tokenizer.encode(leaving.signal, "a"), /the deadline/);
  assert.ok(await lives(tokenizer));
  await tokenizer.close();
});

for (const [text, reason] of [
  ["end!", /^a tokenizer's thread: its thread ended$/],
  ["err!", /^a tokenizer's thread: its thread ended by Error$/],
] as const) {
  test(`a thread that ends at ${text} fails what it was asked, and another is started`, async () => {
    const deaths: string[] = [];
    const tokenizer = await open(tokenizerPath("bert"), (message) => deaths.push(message), true);
    const asked = ["word ".repeat(20_000), text, "after"].map((each) => tokenizer.encode(signal, each));
    const states = (await Promise.allSettled(asked)).map(({ status }) => status);
    assert.deepEqual(states.slice(0, 2), ["rejected", "rejected"]);
    assert.ok(states[2] === "rejected" || text === "err!"); // what is thrown ends it a little later
    while (!(await lives(tokenizer))) await turn();
    assert.equal(deaths.length, 1);
    assert.match(deaths[0] ?? "", reason);
    await tokenizer.close();
  });
}

test("a file that was changed since is not taken in place of what it was", async () => {
  await using dir = await openTempDir();
  const path = dir.join("tokenizer.json");
  await copyFile(tokenizerPath("bert"), path);
  const deaths: string[] = [];
  const told = Promise.withResolvers<void>();
  const onDeath = (message: string): void => {
    if (deaths.push(message) === 2) told.resolve();
  };
  const tokenizer = await open(path, onDeath, true);
  await copyFile(tokenizerPath("roberta"), path);
  await assert.rejects(tokenizer.encode(signal, "end!"));
  await told.promise;
  assert.match(deaths[1] ?? "", /was changed since the model was loaded/);
  await assert.rejects(tokenizer.encode(signal, "a"), /no thread of the tokenizer is alive/);
  await copyFile(tokenizerPath("bert"), path);
  while (!(await lives(tokenizer))) await turn();
  await tokenizer.close();
});

test("closed while another is started, it ends", async () => {
  const tokenizer = await open(tokenizerPath("bert"), () => undefined, true);
  await assert.rejects(tokenizer.encode(signal, "end!"));
  await tokenizer.close();
  await assert.rejects(tokenizer.encode(signal, "a"));
});
