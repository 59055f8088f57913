// The program runs with a small young heap, unless whoever starts it asks for another.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";

const module = fileURLToPath(new URL("node24.mjs", import.meta.url));

/** What Node's options are for what runNode24 starts. */
function optionsSeen(env = {}) {
  const script = `import { runNode24 } from ${JSON.stringify(module)};
    await runNode24(["-p", "process.execArgv.filter((option) => option !== '-p').join()"]);`;
  return execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", ...env },
  });
}

test("what is started has a small young heap", () => {
  assert.match(optionsSeen(), /^--max-semi-space-size=8\b/);
});

test("the environment's choice stands", () => {
  assert.doesNotMatch(optionsSeen({ NODE_OPTIONS: "--max-semi-space-size=16" }), /=8/);
});
