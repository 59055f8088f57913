/** The short form: the bars of quality hold. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { envoyPath } from "../../scripts/envoy.mjs";
import { linkKinds, qualityKinds } from "../../src/domain/policy.ts";
import { runText, textPage } from "./text.ts";

test("ways out, noise, refusals, calls: 95 of 100 of each form, no near miss, one false finding in 10,000 words", async () => {
  await using parts = new AsyncDisposableStack();
  const told: string[] = [];
  const { raw, failures } = await runText({
    envoy: await envoyPath(),
    short: true,
    rounds: undefined,
    seconds: undefined,
    command: "test",
    say: (line) => told.push(line),
    parts,
  });
  assert.equal(failures, 0, told.join("\n"));
  const kinds = (guard: string): Set<string> =>
    new Set(raw.forms.filter((each) => each.guard === guard && each.wanted).map(({ kind }) => kind));
  assert.deepEqual(kinds("links"), new Set(linkKinds));
  assert.deepEqual(kinds("quality"), new Set(qualityKinds));
  for (const { guard, words } of raw.benign) assert.ok(words > 100_000, guard);
  assert.match(textPage(raw), /in 10,000/);
});
