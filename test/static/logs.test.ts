// docs/logs.md lists every message of the log, and none that is not there. Shown to fail on a seeded message.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./tool.ts";

const sources = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "src"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .map((path) => readFileSync(join(root, path), "utf8"));

/** In quotes where it is given to the log; `msg` is the supervisor's, which has no logger. */
function messagesIn(source: string): string[] {
  const given = /\b(?:log|logger)\.(?:debug|info|warn|error)\(\s*(?:\w+ === \w+ \? )?"([^"]+)"(?: : "([^"]+)")?/g;
  const more = /\bmsg: "([^"]+)"/g;
  return [...source.matchAll(given), ...source.matchAll(more)].flatMap(([, ...found]) =>
    found.filter((message) => message !== undefined),
  );
}

function listedIn(page: string): string[] {
  const rows = page.slice(page.indexOf("| message |")).matchAll(/^\| (`[^|]*`) \|/gm);
  return [...rows].flatMap(([, cell = ""]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, message = ""]) => message));
}

const page = readFileSync(join(root, "docs/logs.md"), "utf8");
const unlisted = (text: string): string[] => messagesIn(text).filter((message) => !listedIn(page).includes(message));

test("each message of the log stands in the guide", () => {
  const all = sources.flatMap(messagesIn);
  assert.ok(all.length > 20, `only ${all.length} were found`);
  assert.deepEqual(sources.flatMap(unlisted), []);
  assert.deepEqual(unlisted('log.warn("seeded message", {});'), ["seeded message"]);
});

test("each message of the guide stands in the code", () => {
  const code = sources.join("\n");
  assert.deepEqual(
    listedIn(page).filter((message) => !code.includes(`"${message}"`)),
    [],
  );
  assert.equal(code.includes('"seeded message"'), false);
});
