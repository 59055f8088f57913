// docs/guards/pii.md says of every kind what the code does: its scores, whether it is looked for by default, and the recorded quality.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { kindRows } from "../../../bench/quality/pii-report.ts";
import type { PiiRaw } from "../../../bench/quality/pii-measure.ts";
import { optInPiiKinds, type PiiKind, piiKinds } from "../../../src/domain/pii-kinds.ts";
import { toldScores } from "./told-scores.ts";

const guide = readFileSync(new URL("../../../docs/guards/pii.md", import.meta.url), "utf8");
const results = new URL("../../../bench/results/", import.meta.url);

function marked(name: string): string {
  return (guide.split(`<!-- ${name} -->\n`)[1] ?? "").split(`<!-- /${name} -->`)[0] ?? "";
}

/** Rows of the kinds' tables: kind, section, scores. */
function rows(): readonly {
  readonly kind: string;
  readonly section: string;
  readonly near: string;
  readonly alone: string;
}[] {
  let section = "";
  return marked("kinds")
    .split("\n")
    .flatMap((line) => {
      section = /^### (.*)/.exec(line)?.[1] ?? section;
      const [, kind, near, alone] = /^\| `([^`]+)` \| .* \| ([^|]+) \| ([^|]+) \|$/.exec(line) ?? [];
      return kind === undefined || near === undefined || alone === undefined ? [] : [{ kind, section, near, alone }];
    });
}

test("the guide has each kind once, with its scores", () => {
  const told = rows();
  assert.deepEqual(told.map(({ kind }) => kind).sort(), [...piiKinds].sort());
  for (const { kind, near, alone } of told) assert.deepEqual({ near, alone }, toldScores(kind as PiiKind), kind);
  assert.match(guide, new RegExp(`\\b${piiKinds.length} kinds`));
});

test("the guide's opt-in section is the code's", () => {
  const told = rows().filter(({ section }) => section.startsWith("Opt-in"));
  assert.deepEqual(told.map(({ kind }) => kind).sort(), [...optInPiiKinds].sort());
});

test("the guide's quality is the latest that was recorded, of all kinds", () => {
  const latest = readdirSync(results)
    .filter((name) => name.endsWith("-pii.json"))
    .sort()
    .at(-1);
  assert.ok(latest !== undefined);
  const raw = JSON.parse(readFileSync(new URL(latest, results), "utf8")) as PiiRaw;
  assert.deepEqual(
    raw.kinds.map(({ kind }) => kind),
    piiKinds,
  );
  assert.equal(marked("quality").trim(), kindRows(raw).join("\n"));
});
