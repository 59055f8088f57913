// What the README shows is what there is: its policy, its commands, its links.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { curlLines } from "../../src/app/demo/screen.ts";
import { tries } from "../../src/app/demo/tour.ts";

const root = new URL("../../", import.meta.url);
const demoPolicy = await readFile(new URL("docs/examples/policy.yaml", root), "utf8");
const readme = await readFile(new URL("README.md", root), "utf8");

test("its policy is the one that the demo serves", () => {
  const shown = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1];
  assert.equal(shown, demoPolicy.replace(/^#.*\n/, ""));
});

test("its commands are those of the first screen", () => {
  const lines = curlLines(tries(false), "http://127.0.0.1:10000", false);
  assert.ok(readme.includes(lines.join("\n")));
});

test("its links lead somewhere", () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] ?? "");
  assert.ok(links.length > 5);
  const dead = links.filter((link) => !/^https?:/.test(link) && !existsSync(new URL(link, root)));
  assert.deepEqual(dead, []);
});
