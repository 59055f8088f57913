// What a policy says must be judged, and which dialects it serves: `check` and a starting `serve` refuse what cannot be honoured, and
// a real Envoy shows what becomes of traffic that no dialect of the policy knows.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { System, user } from "../e2e/system.ts";
import { GuardProcess } from "../helpers/guard-process.ts";
import { sallyport } from "../helpers/sallyport.ts";
import { openTempDir } from "../helpers/temp-dir.ts";

const cell = "openai/chat-completions image prompt-json";
const policy = (coverage: string, onUnreadable = "block"): string => `kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: ${onUnreadable} }
coverage: { ${coverage} }
rules:
  - { id: banned, stage: [prompt, reply], detect: { keywords: { list: [zebrastripe] } }, action: { block: error } }
`;

test("a cell that cannot be honoured starts nothing: check and serve name it, with status 1", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("policy.yaml"), policy(`require: ["${cell}"]`));
  const wanted = new RegExp(`policy\\.yaml:4:\\d+: "${cell}" is not judged`);
  const checked = await sallyport(["check", "policy.yaml"], { cwd: dir.path });
  assert.equal(checked.code, 1);
  assert.match(checked.stdout, wanted);
  const where = ["--listen", `unix:${dir.join("s")}`, "--admin", "127.0.0.1:0", "--no-supervise"];
  const served = await sallyport(["serve", ...where, "--policy", "policy.yaml"], { cwd: dir.path });
  assert.equal(served.code, 1);
  assert.match(served.stderr, wanted);
});

test("the same policy starts where the cell is accepted by name", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("policy.yaml"), policy(`require: ["${cell}"], accept: ["${cell}"]`));
  const { code, stdout } = await sallyport(["check", "policy.yaml"], { cwd: dir.path });
  assert.deepEqual([code, stdout], [0, "policy.yaml: ok\n"]);
  await using guard = await GuardProcess.open({ policy: dir.join("policy.yaml") });
  assert.match(await guard.metrics(), /^sallyport_exchanges_in_flight 0$/m);
});

/** One of the policy's dialect; one of a dialect that it does not serve; one of none. */
const prompts = [
  { path: "/v1/chat/completions", body: { model: "m", messages: user("Hello") }, operation: "openai/chat-completions" },
  { path: "/v1/messages", body: { model: "m", max_tokens: 9, messages: user("Hello") }, operation: "unknown" },
  { path: "/acme/ask", body: { question: "Hello" }, operation: "unknown" },
] as const;

for (const [onUnreadable, status, verdict] of [
  ["block", 400, "block"],
  ["pass", null, "not-inspected"],
] as const)
  test(`traffic that the policy does not serve is counted and reported, and onUnreadable says: ${onUnreadable}`, async () => {
    await using system = await System.open({ policy: policy("dialects: [openai]", onUnreadable) });
    for (const { path, body } of prompts) {
      const response = await system.post(path, body);
      await response.text();
      if (path === "/v1/chat/completions") assert.equal(response.status, 200);
      else if (status !== null) assert.equal(response.status, status);
    }
    const counted = /^sallyport_unreadable_total\{why="unknown-path"\} (\d+)$/m.exec(await system.guard.metrics())?.[1];
    assert.equal(counted, "2");
    const passed = system.seen.map(({ path }) => path);
    assert.equal(passed.length, onUnreadable === "pass" ? 3 : 1, passed.join());
    const records = await system.settled();
    for (const [index, { operation }] of prompts.entries()) {
      const { sallyport: told = {} } = records[index] ?? {};
      const known = operation !== "unknown";
      assert.deepEqual(
        [told["operation"], told["verdict"], told["cause"]],
        [operation, known ? "allow" : verdict, known ? "" : "unreadable:unknown-path"],
      );
    }
  });
