/** The short form: the bars of quality hold. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { envoyPath } from "../../scripts/envoy.mjs";
import { runLeaks, leaksPage } from "./leaks.ts";

test("leaks, tokens, data of tools and placeholders: at least 95 of 100 of each form, none that must not be", async () => {
  await using parts = new AsyncDisposableStack();
  const { raw, failures } = await runLeaks({
    envoy: await envoyPath(),
    short: true,
    rounds: undefined,
    seconds: undefined,
    command: "test",
    say: () => {},
    parts,
  });
  for (const { guard, form, wanted, found, samples } of raw.forms)
    assert.ok(wanted ? found >= samples * 0.95 : found === 0, `${guard}, ${form}: ${found} of ${samples}`);
  for (const { guard, words, findings } of raw.benign) {
    assert.ok(words > 100_000, guard);
    assert.ok(findings / words <= 1 / 10_000, `${guard}: ${findings} in ${words}`);
  }
  assert.equal(failures, 0);
  assert.match(leaksPage(raw), /in 10,000/);
});
