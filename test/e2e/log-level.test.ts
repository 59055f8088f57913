// The log's level on a running guard, by its command: what passes untouched is told while it lasts.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { sallyport } from "../helpers/sallyport.ts";
import { openTempDir } from "../helpers/temp-dir.ts";
import { System, user } from "./system.ts";

const token = "a-token-for-this-test";

type Line = Readonly<Record<string, unknown>>;

test("exchanges that passed untouched are told while the level is debug; without the token nothing changes", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("token"), `${token}\n`);
  await writeFile(dir.join("wrong"), "some-other-token-here\n");
  const lines: Line[] = [];
  await using system = await System.open({
    config: { breakGlassTokenFile: dir.join("token") },
    guard: { onLine: (line) => line.startsWith("{") && lines.push(JSON.parse(line) as Line) },
  });
  const admin = `127.0.0.1:${system.guard.adminPort}`;
  const run = (...args: string[]) => sallyport(["log-level", ...args, "--admin", admin], { cwd: dir.path });
  /** The exchange's reference, as Envoy's record has it. */
  const pass = async (): Promise<unknown> => {
    await (await system.post("/v1/chat/completions", { model: "m", messages: user("good morning") })).text();
    return (await system.settled()).at(-1)?.sallyport?.["exchange"];
  };
  const told = (exchange: unknown): Line | undefined => lines.find((line) => line["exchange"] === exchange);

  const quiet = await pass();
  assert.deepEqual((await run("debug", "--minutes", "5", "--token-file", "wrong")).code, 1);
  assert.deepEqual((await run("debug", "--token-file", "token")).code, 2, "for how long is not said");
  const set = await run("debug", "--minutes", "5", "--owner", "on-call", "--token-file", "token");
  assert.equal(set.code, 0, set.stderr);
  assert.match((await run()).stdout, /^\{"level":"debug","configured":"info","ends":"20/);
  const loud = await pass();
  assert.equal((await run("reset", "--token-file", "token")).code, 0);
  assert.match((await run()).stdout, /^\{"level":"info","configured":"info","ends":null\}$/m);
  const quietAgain = await pass();

  assert.equal(await system.guard.terminate(), 0); // then all that it wrote was read
  assert.deepEqual([told(quiet), told(loud)?.["level"], told(quietAgain)], [undefined, "debug", undefined]);
  const changes = lines.filter(({ msg }) => msg === "log level changed");
  assert.deepEqual(
    changes.map(({ level, before, to, by, from, owner }) => [level, before, to, by, from, owner]),
    [
      ["warn", "info", "debug", "operator", "127.0.0.1", "on-call"],
      ["warn", "debug", "info", "operator", "127.0.0.1", undefined],
    ],
  );
});
