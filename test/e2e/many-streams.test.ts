// Many streams at once over one connection to the guard: none sees a word of another, and each is judged.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccessRecord } from "../helpers/envoy.ts";
import { createGate } from "../helpers/gate.ts";
import { model, System, user } from "./system.ts";

const STREAMS = 1_000;
const BUDGET_MS = 600_000;

test(`${STREAMS} concurrent streams never cross`, async () => {
  // No reply begins before every prompt has passed: all streams are open at once.
  const gate = createGate();
  let arrived = 0;
  await using system = await System.open({
    // All at once they may wait longer than the standard deadlines on a small machine; those are tested elsewhere.
    limits: { promptBudgetMs: BUDGET_MS, windowBudgetMs: BUDGET_MS },
    onRequest: () => {
      arrived += 1;
      if (arrived === STREAMS) gate.open();
      return gate.opened;
    },
  });
  // Each prompt holds an address of its own, which the model never sees and the same stream alone gets back.
  const failures: string[] = [];
  await Promise.all(
    Array.from({ length: STREAMS }, async (_, index) => {
      const marker = `marker-${String(index).padStart(4, "0")}`;
      const said = Array.from({ length: 12 }, () => marker).join(" ");
      const prompt = `Repeat after me: ${said} by ${marker}@example.com, end of ${marker}`;
      const reply = await system.post("/v1/chat/completions", { model, stream: true, messages: user(prompt) });
      const text = contentOf(await reply.text());
      if (reply.status !== 200 || text !== `${said} by ${marker}@example.com, end of ${marker}`)
        failures.push(`${marker}: ${reply.status} ${text}`);
    }),
  );
  const records = await system.settled();
  assert.deepEqual(failures.slice(0, 3), [], failuresOf(records));
  const verdicts = new Set(records.map(({ sallyport }) => sallyport?.["verdict"]));
  assert.deepEqual([...verdicts], ["redact"]);
  const exchanges = new Set(records.map(({ sallyport }) => sallyport?.["exchange"]));
  assert.equal(exchanges.size, STREAMS);
  assert.equal(await system.envoy.stat("cluster.sallyport.upstream_cx_total"), 1);
});

/** How exchanges that were not 200 ended, with their number. */
function failuresOf(records: readonly AccessRecord[]): string {
  const ends = records
    .filter(({ status }) => status !== 200)
    .map(({ status, details, flags, sallyport }) => `${status} ${details} ${flags} ${String(sallyport?.["cause"])}`);
  return [...new Set(ends)].map((end) => `${ends.filter((other) => other === end).length} x ${end}`).join("\n");
}

function contentOf(body: string): string {
  const events = body.split("\n").filter((line) => line.startsWith("data: {"));
  return events
    .map((line) => JSON.parse(line.slice("data: ".length)) as { choices: { delta: { content?: string | null } }[] })
    .flatMap(({ choices }) => choices)
    .map(({ delta }) => delta.content ?? "")
    .join("");
}
