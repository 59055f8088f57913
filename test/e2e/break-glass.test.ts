// The break-glass switch on a running guard, by its command, through Envoy.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { sallyport } from "../helpers/sallyport.ts";
import { openTempDir } from "../helpers/temp-dir.ts";
import { System, user } from "./system.ts";

const token = "a-token-for-this-test";

test("a rule is out of force for a while, and comes back; without the token nothing changes", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("token"), `${token}\n`);
  await writeFile(dir.join("wrong"), "some-other-token-here\n");
  await using system = await System.open({ config: { breakGlassTokenFile: dir.join("token") } });
  const status = async (): Promise<number> =>
    (await system.post("/v1/chat/completions", { model: "m", messages: user("about acme-internal") })).status;
  const admin = `127.0.0.1:${system.guard.adminPort}`;
  const run = (...args: string[]) => sallyport(["break-glass", ...args, "--admin", admin], { cwd: dir.path });
  const order = ["--rule", "banned-words", "--minutes", "5", "--reason", "false alarms", "--owner", "on-call"];

  assert.equal(await status(), 400);
  const refused = await run("open", ...order, "--token-file", "wrong");
  assert.deepEqual([refused.code, await status()], [1, 400]);

  const opened = await run("open", ...order, "--token-file", "token");
  assert.equal(opened.code, 0, opened.stderr);
  assert.equal(await status(), 200);
  const record = await system.envoy.record(({ sallyport: told }) => told?.["shadow"] === "banned-words");
  assert.equal(record.sallyport?.["verdict"], "allow", "judged and told all the same");
  assert.match((await run("list")).stdout, /"rule":"banned-words".*"owner":"on-call"/);
  const metrics = await (await fetch(`http://${admin}/metrics`)).text();
  assert.match(metrics, /^sallyport_break_glass_open 1$/m);

  assert.equal((await run("close", "--rule", "banned-words", "--token-file", "token")).code, 0);
  assert.equal(await status(), 400);
  const typo = await run("open", ...order.with(1, "baned-words"), "--token-file", "token");
  assert.deepEqual([typo.code, /no rule of the policy/.test(typo.stderr)], [1, true]);
});
