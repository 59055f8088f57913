/** The short form: the bars of quality hold. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { envoyPath } from "../../scripts/envoy.mjs";
import { falseRate, runSecretsQuality, secretsQualityPage } from "./secrets.ts";

test("secrets: at least 95 of 100 examples of each kind, at most one false finding in 10,000 words", async () => {
  await using parts = new AsyncDisposableStack();
  const { raw, failures } = await runSecretsQuality({
    envoy: await envoyPath(),
    short: true,
    rounds: undefined,
    seconds: undefined,
    command: "test",
    say: () => {},
    parts,
  });
  for (const { kind, found, samples } of raw.kinds) assert.ok(found >= samples * 0.95, `${kind}: ${found}/${samples}`);
  assert.ok(raw.kinds.length > 200);
  for (const { set, words } of raw.sets) assert.ok(words > 1_000, set);
  assert.ok(falseRate(raw.sets) <= 1);
  assert.equal(failures, 0);
  assert.match(secretsQualityPage(raw), /in 10,000/);
});
