// A child's exit status and the signals of its parent pass through.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { NoticeError, runAsMain, runChild } from "./process.mjs";

const module = fileURLToPath(new URL("process.mjs", import.meta.url));

/** A process that runs `code` in a child through runChild and exits as the child did. */
function launcher(code) {
  const script = `import { runAsMain, runChild } from ${JSON.stringify(module)};
    await runAsMain(() => runChild(process.execPath, ["-e", ${JSON.stringify(code)}]));`;
  return spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
}

test("the exit status of the child is handed on", async () => {
  assert.equal(await runChild(process.execPath, ["-e", "process.exit(7)"]), 7);
});

test("a child ended by a signal gives 128 and its number", async () => {
  assert.equal(await runChild(process.execPath, ["-e", "process.kill(process.pid, 'SIGKILL')"]), 137);
});

test("a program that is not there is a notice, not a stack", async () => {
  await assert.rejects(runChild("no-such-program-here", []), NoticeError);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  test(`${signal} reaches the child, and its status is the launcher's`, async () => {
    const process = launcher(
      `process.on("${signal}", () => process.exit(9)); setInterval(() => {}, 1e6); console.log("ready");`,
    );
    const exited = once(process, "exit");
    await once(process.stdout, "data");
    process.kill(signal);
    assert.deepEqual(await exited, [9, null]);
  });
}

test("an error that is no notice is not swallowed", async () => {
  await assert.rejects(
    runAsMain(() => {
      throw new TypeError("seeded");
    }),
    TypeError,
  );
});
