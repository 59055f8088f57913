import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { sallyport } from "../../test/helpers/sallyport.ts";
import { openTempDir, type TempDir } from "../../test/helpers/temp-dir.ts";

const policy = `kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: contacts, stage: [prompt, reply], detect: { pii: { kinds: [email] } }, action: redact }
  - { id: cards, stage: reply, detect: { pii: { kinds: [card] } }, action: { block: refusal } }
`;
const request = (content: string): string => JSON.stringify({ model: "m", messages: [{ role: "user", content }] });
const reply = (content: string): string =>
  JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content } }] });
const chunk = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const stream = (...contents: readonly string[]): string => `${contents.map(chunk).join("")}data: [DONE]\n\n`;

/** A folder with the policy and an allowed exchange in it. */
async function openFolder(): Promise<TempDir> {
  const dir = await openTempDir();
  await writeFile(dir.join("policy.yaml"), policy);
  await writeFile(dir.join("request.json"), request("Hello."));
  await writeFile(dir.join("reply.json"), reply("Good day."));
  return dir;
}

/** `sallyport scan` with that policy. */
const scan = (dir: TempDir, args: readonly string[], stdin = "") =>
  sallyport(["scan", "--policy", "policy.yaml", ...args], { cwd: dir.path, stdin });

const verdictIn = (line: string): unknown => (JSON.parse(line) as { verdict: unknown }).verdict;

test("what passes has status 0, and leaves byte for byte", async () => {
  await using dir = await openFolder();
  const { code, stdout, stderr } = await scan(dir, [
    ...["--request", "request.json", "--reply", "reply.json", "--out", "out.json"],
  ]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^verdict +allow$/m);
  assert.equal(await readFile(dir.join("out.json"), "utf8"), reply("Good day."));
});

test("stdin is a request or a reply; what is redacted has status 3, the verdict beside it", async () => {
  await using dir = await openFolder();
  const prompt = await scan(dir, ["--request", "-", "--out", "-", "--json"], request("Write to ann@example.com."));
  assert.deepEqual([prompt.code, prompt.stdout], [3, request("Write to [EMAIL].")]);
  assert.equal(verdictIn(prompt.stderr), "redact");
  const answer = await scan(dir, ["--request", "request.json", "--reply", "-", "--out", "-"], reply("ann@example.com"));
  assert.deepEqual([answer.code, answer.stdout], [3, reply("[EMAIL]")]);
});

test("a reply that begins as a stream is one, and a block ends it where it stands", async () => {
  await using dir = await openFolder();
  const masked = await scan(dir, ["--reply", "-", "--out", "-"], stream("Write to ann@exam", "ple.com now."));
  assert.deepEqual([masked.code, masked.stdout], [3, stream("Write to [EMAIL]", " now.")]);
  const named = `event: chunk\n${stream("plain")}`;
  const passed = await scan(dir, ["--reply", "-", "--out", "-"], named);
  assert.deepEqual([passed.code, passed.stdout], [0, named]);
  const blocked = await scan(dir, ["--reply", "-", "--out", "-"], stream("It is ", "4111 1111 1111 1111", " so."));
  assert.equal(blocked.code, 3);
  assert.ok(blocked.stdout.startsWith(chunk("It is ")));
  assert.match(blocked.stdout, /"finish_reason":"content_filter"\}\]\}\n\ndata: \[DONE\]\n\n$/);
  assert.doesNotMatch(blocked.stdout, /4111/);
});

test("the dialect names the operation", async () => {
  await using dir = await openFolder();
  const input = JSON.stringify({ model: "m", input: "ann@example.com" });
  const { code, stdout } = await scan(dir, ["--dialect", "openai/embeddings", "--request", "-", "--json"], input);
  assert.equal(code, 3);
  assert.match(stdout, /"operation":"openai\/embeddings"/);
});

test("a dialect that the policy describes is taken by its name", async () => {
  await using dir = await openFolder();
  const own = 'dialects: { acme: { operations: { answer: { path: "/acme/*/answer", prompt: [], reply: [] } } } }\n';
  await writeFile(dir.join("own.yaml"), policy.replace("rules:", `${own}rules:`));
  const args = ["scan", "--policy", "own.yaml", "--dialect", "acme", "--request", "-", "--json"];
  const { code, stdout } = await sallyport(args, { cwd: dir.path, stdin: '{"question": "ann@example.com"}' });
  assert.equal(code, 3);
  assert.match(stdout, /"operation":"acme\/answer"/);
});

test("without a policy the built-in one judges", async () => {
  await using dir = await openFolder();
  const { code, stdout } = await sallyport(["scan", "--request", "request.json"], { cwd: dir.path });
  assert.equal(code, 0);
  assert.match(stdout, /^policy +default@/m);
});

test("bad input has status 1, usage 2, and each says what is wrong and where", async () => {
  await using dir = await openFolder();
  await mkdir(dir.join("folder"));
  await writeFile(dir.join("bad.yaml"), policy.replace("email", "emial"));
  const cases: readonly (readonly [args: readonly string[], status: number, message: RegExp])[] = [
    [["--request", "none.json"], 1, /^sallyport scan: none\.json: cannot be read or written \(ENOENT\)$/m],
    [["--request", "folder"], 1, /^sallyport scan: folder: cannot be read or written \(EISDIR\)$/m],
    [["--request", "request.json", "--out", "none/out"], 1, /^sallyport scan: none\/out: .*\(ENOENT\)$/m],
    [["--policy", "none.yaml", "--request", "request.json"], 1, /none\.yaml: .*\(ENOENT\)/],
    [["--policy", "bad.yaml", "--request", "request.json"], 1, /^bad\.yaml:5:70: .*did you mean "email"\?/m],
    [[], 2, /name a --request, a --reply, or both/],
    [["--request", "-", "--reply", "-"], 2, /only one of --request and --reply can be stdin/],
    [["--dialect", "opnai", "--request", "request.json"], 2, /unknown dialect; take one of openai,/],
    [
      ["--dialect", "mcp/call", "--request", "request.json"],
      2,
      /unknown operation; take one of mcp\/send, mcp\/listen, /,
    ],
    [["--request", "request.json", "--loud"], 2, /unknown option '--loud'/],
    [["--request", "request.json", "reply.json"], 2, /too many arguments/],
  ];
  const outcomes = await Promise.all(cases.map(([args]) => scan(dir, args)));
  for (const [index, [args, status, message]] of cases.entries()) {
    const { code, stderr = "" } = outcomes[index] ?? {};
    assert.equal(code, status, `${args.join(" ")}\n${stderr}`);
    assert.match(stderr, message);
  }
});
