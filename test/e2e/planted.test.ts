// The gate of all end-to-end tests fails where it should: a text that a test has sent is seeded into each sink, and closing says so.

import assert from "node:assert/strict";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import { auditFileName } from "../../src/app/audit/folder.ts";
import { importing } from "../helpers/importing.ts";
import { openTempDir } from "../helpers/temp-dir.ts";
import { System, type SystemOptions, user } from "./system.ts";

const secret = "the tower of the north is sold on friday";

/** Opens, sends the text, lets `seed` leak it, and gives what closing says; `null`: nothing. */
async function closing(options: SystemOptions, seed: (system: System) => Promise<unknown>): Promise<string | null> {
  const system = await System.open(options);
  const headers = { authorization: "Bearer north-key-0123456789" };
  const reply = await system.post("/v1/chat/completions", { model: "m", messages: user(secret) }, headers);
  await reply.text();
  await system.settled();
  await seed(system);
  return system[Symbol.asyncDispose]().then(
    () => null,
    (error: unknown) => inspect(error),
  );
}
const nothing = (): Promise<void> => Promise.resolve();
const leaking = (code: string): SystemOptions => ({ guard: { env: { NODE_OPTIONS: importing(code) } } });

test("nothing is seeded, nothing is said", async () => {
  assert.equal(await closing({}, nothing), null);
});

test("a line of the guard's log that quotes a prompt", async () => {
  const line = JSON.stringify({ level: "error", msg: "failed", why: "Unexpected token in 'of the north is sold'" });
  const said = await closing(
    leaking(`process.on('SIGUSR2', () => console.log(${JSON.stringify(line)}))`),
    async (system) => {
      process.kill(system.guard.pid, "SIGUSR2");
      await system.guard.line(/Unexpected token/);
    },
  );
  assert.match(String(said), /user text in the output of .*of the north is sold/);
});

test("a label of the guard's metrics", async () => {
  const code = `import { ServerResponse } from 'node:http';
    const { end, writeHead } = ServerResponse.prototype;
    ServerResponse.prototype.writeHead = function (status, { 'content-length': _, ...headers }) { return writeHead.call(this, status, headers); };
    ServerResponse.prototype.end = function (body) { return end.call(this, body + 'seeded{tool="the tower of the north"} 1\\n'); };`;
  assert.match(
    String(await closing(leaking(code), nothing)),
    /user text in the guard's metrics: "the tower of the north"/,
  );
});

test("a field of Envoy's access log", async () => {
  const shape = (yaml: string): string => {
    const changed = yaml.replace(/protocol: "%PROTOCOL%"/, 'protocol: "%REQ(AUTHORIZATION)%"');
    assert.notEqual(changed, yaml);
    return changed;
  };
  assert.match(String(await closing({ shape }, nothing)), /user text in the output of .*envoy.*north-key-0123456789/);
});

test("an entry of the audit record", async () => {
  await using dir = await openTempDir();
  const folder = dir.join("audit");
  const file = join(folder, auditFileName(1_000_000, 0));
  const seed = (): Promise<void> =>
    appendFile(file, `${JSON.stringify({ kind: "exchange", tool: secret.slice(4, 24) })}\n`);
  const said = await closing({ config: { audit: { to: "file", folder } } }, seed);
  assert.match(String(said), /user text in the audit record: "tower of the north i"/);
});
