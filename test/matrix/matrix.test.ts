// The published matrix is the one that the tables make and the real path shows.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { type Outcome, runMatrix } from "./matrix.ts";
import { asJson, asMarkdown } from "./report.ts";

const page = new URL("../../docs/coverage.md", import.meta.url);
const told = ({ row, failures }: Outcome): string =>
  `${row.dialect} ${row.location} ${row.mode}: ${failures.join("; ")}`;

test("every cell holds on the real path, and docs/coverage.md says what they are", async () => {
  const outcomes = await runMatrix(() => undefined);
  const rows = outcomes.map(({ row }) => row);
  assert.deepEqual(outcomes.filter(({ row }) => row.failed).map(told), []);
  assert.ok(rows.length >= 300, `${rows.length} cells`);
  assert.equal(asMarkdown(rows), await readFile(page, "utf8"), "stale: npm run -s matrix > docs/coverage.md");
  const parsed = JSON.parse(asJson(rows)) as { readonly cells: readonly Readonly<Record<string, unknown>>[] };
  const keys = ["dialect", "location", "mode", "state", "blockable", "streamed", "failed", "reason"];
  for (const cell of parsed.cells) assert.deepEqual(Object.keys(cell), keys);
});
