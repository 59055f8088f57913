// docs/opentelemetry.md lists every name that may be set, and none besides.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createDialects } from "../../src/content/index.ts";
import { namedOperations } from "../../src/telemetry/otel/gen-ai.ts";
import { conventionNames, ownNames } from "../../src/telemetry/otel/names.ts";
import { root } from "./tool.ts";

const rows = Object.entries({ ...conventionNames, ...ownNames }).map(
  ([name, { on, about }]) => `| \`${name}\` | ${on.join(", ")} | ${about} |`,
);

test("the table of names is the code's", () => {
  const page = readFileSync(join(root, "docs/opentelemetry.md"), "utf8");
  const lines = page.split("\n");
  const begin = lines.indexOf("| attribute | on | |");
  assert.notEqual(begin, -1);
  const end = lines.findIndex((line, at) => at > begin && line === "");
  assert.deepEqual(lines.slice(begin + 2, end), rows);
});

test("operations that have a name of the conventions are operations of the dialects", () => {
  const all = new Set(createDialects().flatMap(({ operations }) => operations.map(({ id }) => id)));
  assert.deepEqual(
    [...namedOperations].filter((id) => !all.has(id)),
    [],
  );
});
