/** The short form: the bars of quality hold. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { envoyPath } from "../../scripts/envoy.mjs";
import { hiddenKinds } from "../../src/domain/policy.ts";
import { falseRate, hiddenQualityPage, runHiddenQuality } from "./hidden.ts";

test("hidden text: at least 95 of 100 of each form, at most one false finding in 10,000 words", async () => {
  await using parts = new AsyncDisposableStack();
  const { raw, failures } = await runHiddenQuality({
    envoy: await envoyPath(),
    short: true,
    rounds: undefined,
    seconds: undefined,
    command: "test",
    say: () => {},
    parts,
  });
  for (const { what, form, found, samples } of [...raw.kinds, ...raw.views])
    assert.ok(found >= samples * 0.95, `${what}, ${form}: ${found} of ${samples}`);
  assert.deepEqual(new Set(raw.kinds.map(({ what }) => what)), new Set(hiddenKinds));
  for (const { set, words } of raw.sets) assert.ok(words > 1_000, set);
  assert.ok(falseRate(raw.sets) <= 1);
  assert.equal(failures, 0);
  assert.match(hiddenQualityPage(raw), /in 10,000/);
});
