// The layers hold, and the gate sees each kind of violation.

import assert from "node:assert/strict";
import test from "node:test";
import { importViolations } from "./imports.ts";
import { homes, layers } from "./layers.ts";
import { parseSource, readSources } from "./source.ts";

const src = readSources("src");

test("src/ keeps to the layers", () => {
  assert.ok(src.length > 30, `the gate saw ${src.length} files`);
  assert.ok(src.reduce((sum, { imports }) => sum + imports.length, 0) > 50, "the gate saw imports");
  assert.deepEqual(importViolations(src), []);
});

const allowed: readonly (readonly [path: string, text: string])[] = [
  ["src/app/serve.ts", 'import "../extproc/server.ts"; import "../detectors/all.ts"; import "../guard/judge.ts";'],
  ["src/domain/finding.ts", 'import type { Result } from "../stdx/result.ts"; import "./score.ts";'],
  ["src/extproc/server.ts", 'import { Server } from "@grpc/grpc-js";'],
  ["src/content/gzip.ts", 'import { createGunzip } from "node:zlib";'],
  ["src/detectors/pii/phone.ts", 'import { parse } from "libphonenumber-js/max";'],
  ["src/guard/judge.test.ts", 'import "../detectors/all.ts"; import fc from "fast-check"; import "node:fs";'],
  ["src/stdx/words.ts", '// import "../guard/judge.ts"\nexport const text = `import "../guard/judge.ts"`;'],
];
for (const [path, text] of allowed) {
  test(`allowed: ${path}`, () => assert.deepEqual(importViolations([parseSource(path, text)]), []));
}

const seeded: readonly (readonly [path: string, text: string, fault: RegExp])[] = [
  ["src/stdx/a.ts", 'import "../domain/score.ts";', /stdx may not import domain/],
  ["src/domain/a.ts", 'import type { Policy } from "../policy/policy.ts";', /domain may not import policy/],
  ["src/guard/a.ts", 'import { all } from "../detectors/all.ts";', /guard may not import detectors/],
  ["src/detectors/a.ts", 'export * from "../guard/judge.ts";', /detectors may not import guard/],
  ["src/detectors/a.ts", 'export { judge } from "../guard/judge.ts";', /detectors may not import guard/],
  ["src/extproc/a.ts", 'const admin = await import("../admin/page.ts");', /extproc may not import admin/],
  ["src/admin/a.ts", 'type Server = import("../extproc/server.ts").Server;', /admin may not import extproc/],
  ["src/moderation/a.ts", 'import "../extproc/server.ts";', /moderation may not import extproc/],
  ["src/exchange/a.ts", 'import "../extproc/wire.ts";', /exchange may not import extproc/],
  ["src/cli/a.ts", 'import "../extproc/server.ts";', /cli may not import extproc/],
  ["src/main.ts", 'import "./guard/judge.ts";', /main.ts may not import guard/],
  ["src/policy/a.ts", "const module = await import(name);", /an import names its module/],
  ["src/app/a.ts", 'import "../../test/helpers/require.ts";', /lies outside src/],
  ["src/app/a.ts", 'import "../guard/judge.test.ts";', /is a test/],
  ["src/app/a.ts", 'import "../utils/all.ts";', /utils has no row/],
  ["src/utils/a.ts", "export const a = 1;", /utils has no row/],
  ["src/extproc/health.ts", 'import { Server } from "@grpc/grpc-js";', /grpc-js has another home/],
  ["src/extproc/health.ts", 'import type { Server } from "@grpc/grpc-js";', /grpc-js has another home/],
  ["src/guard/a.ts", 'import pino from "pino";', /pino has another home/],
  ["src/extproc/a.ts", 'import { Counter } from "prom-client";', /prom-client has another home/],
  ["src/app/a.ts", 'import { Command } from "commander";', /commander has another home/],
  ["src/content/a.ts", 'import { parse } from "yaml";', /yaml has another home/],
  ["src/policy/a.ts", 'import { RegExpParser } from "@eslint-community/regexpp";', /regexpp has another home/],
  ["src/detectors/a.ts", 'import { isValidIBAN } from "ibantools";', /ibantools has another home/],
  ["src/guard/a.ts", 'import fc from "fast-check";', /fast-check has no home/],
  ["src/domain/a.ts", 'import { readFileSync } from "node:fs";', /domain may not use node:fs/],
  ["src/detectors/a.ts", 'import { readFile } from "node:fs/promises";', /detectors may not use node:fs/],
  ["src/content/a.ts", 'import { connect } from "node:net";', /content may not use node:net/],
  ["src/app/a.ts", 'import { readFileSync } from "fs";', /write node:fs/],
  ["src/cli/a.ts", 'import { env } from "node:process";', /global process/],
];
for (const [path, text, fault] of seeded) {
  test(`seeded: ${path}: ${text}`, () => {
    const found = importViolations([parseSource(path, text)]);
    assert.equal(found.length, 1);
    assert.match(found[0] ?? "", fault);
  });
}

test("seeded: a second file of a folder takes up yaml", () => {
  const text = 'import { parse } from "yaml";';
  const sources = ["src/policy/one.ts", "src/policy/two.ts", "src/config/file.ts"].map((path) =>
    parseSource(path, text),
  );
  assert.deepEqual(importViolations(sources), ["src/policy/two.ts: yaml is imported in src/policy/one.ts already"]);
});

test("the tables agree with each other and allow no way round", () => {
  const names = Object.keys(layers);
  for (const row of Object.values(layers)) {
    if (row !== "anything") for (const name of row) assert.ok(names.includes(name), name);
  }
  const doors: readonly string[] = ["extproc", "moderation", "admin"];
  for (const door of doors) {
    const importers = Object.entries(layers).filter(
      ([, row]) => row !== "anything" && row.some((name) => name === door),
    );
    assert.deepEqual(importers, [], `only app may import ${door}`);
  }
  assert.ok(Object.keys(homes).length > 5);
});
