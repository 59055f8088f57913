/** The short form: the bars of quality hold, for each kind. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { envoyPath } from "../../scripts/envoy.mjs";
import { piiKinds } from "../../src/domain/pii-kinds.ts";
import { runPii } from "./pii-measure.ts";
import { misses, piiPage } from "./pii-report.ts";

test("personal data: at least 95 of 100 valid numbers of each kind, at most one false finding in 10,000 words", async () => {
  await using parts = new AsyncDisposableStack();
  const { raw } = await runPii({
    envoy: await envoyPath(),
    short: true,
    rounds: undefined,
    seconds: undefined,
    command: "test",
    say: () => {},
    parts,
  });
  assert.deepEqual(misses(raw), []);
  assert.deepEqual(
    raw.kinds.map(({ kind }) => kind),
    piiKinds,
  );
  for (const { made } of raw.kinds) assert.ok(made >= 40);
  for (const { name, words } of raw.sets) assert.ok(words > 500, name);
  assert.match(piiPage(raw), /in 10,000/);
});

test("a kind that is missed, and one that is found where it is not, are told", () => {
  const kinds = [
    { kind: "imei", byDefault: true, made: 100, found: 94, falseFindings: 0 },
    { kind: "vin", byDefault: true, made: 100, found: 95, falseFindings: 3 },
  ] as const;
  const sets = [{ name: "logs", words: 20_000, byDefault: 3, optIn: 0 }];
  assert.deepEqual(misses({ kinds, sets }), [
    "imei: recall 94.0 %",
    "vin: 3 false findings in 20000 words",
    "all default kinds: 3 false findings in 20000 words",
  ]);
});
