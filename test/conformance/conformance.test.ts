// The whole table as one test of the runner, and the proof that its checks can fail.

import assert from "node:assert/strict";
import { test } from "node:test";
import { envoyPath } from "../../scripts/envoy.mjs";
import { BANNED, CARD, EMAIL, promptBody, replyPieces, SECRET } from "./bodies.ts";
import { type Cell, cells, describeCell, faults } from "./cells.ts";
import { differences } from "./compare.ts";
import type { Observed } from "./drive.ts";
import { expectedOf } from "./rules.ts";
import { modes } from "./shapes.ts";
import { type Outcome, runTable } from "./table.ts";

const CELLS_MIN = 150;

test("every cell of the table passes on the real Envoy", async () => {
  const outcomes: Outcome[] = [];
  await runTable({ envoy: await envoyPath(), cells, onOutcome: (outcome) => outcomes.push(outcome) });
  assert.ok(outcomes.length > cells.length);
  const failed = outcomes.filter(({ problems }) => problems.length > 0);
  assert.deepEqual(failed, []);
});

test("the table covers every mode of each direction, every fault and both clients", () => {
  assert.ok(cells.length >= CELLS_MIN);
  assert.equal(new Set(cells.map(describeCell)).size, cells.length);
  assert.deepEqual(new Set(cells.map(({ shape }) => shape.request)), new Set(modes));
  assert.deepEqual(new Set(cells.map(({ shape }) => shape.response)), new Set(modes));
  assert.deepEqual(new Set(cells.map(({ fault }) => fault)), new Set(faults));
  assert.deepEqual(new Set(cells.map(({ http }) => http)), new Set(["1.1", "2"]));
});

const find = (text: string): Cell => {
  const cell = cells.find((candidate) => describeCell(candidate).startsWith(text));
  assert.ok(cell, text);
  return cell;
};

/** What a passing, unchanged exchange looks like. */
function passed(cell: Cell, verdict: string): Observed {
  return {
    requests: 1,
    sent: promptBody(cell.prompt, cell.form),
    sentEnd: "complete",
    sentLength: undefined,
    sentTrailers: {},
    status: 200,
    replyHeaders: { "content-type": "application/json" },
    seen: Buffer.concat(replyPieces(cell.reply, cell.form)),
    seenEnd: "complete",
    seenTrailers: {},
    record: { sallyport: { verdict } },
  };
}

test("a faithful exchange has no differences", () => {
  const cell = find("duplex/duplex | HTTP/1.1 | clean, apart | json clean, apart");
  assert.deepEqual(differences(cell, expectedOf(cell), passed(cell, "allow")), []);
});

test("bytes that should not have passed are told", () => {
  for (const [prefix, what] of [
    ["duplex/duplex | HTTP/1.1 | secret, apart | json clean, apart", "prompt reached the upstream"],
    ["duplex/duplex | HTTP/1.1 | banned, apart | json clean, apart", "prompt reached the upstream"],
    ["duplex/duplex | HTTP/1.1 | clean, apart | json personal, apart", "reply reached the client"],
    ["duplex/duplex | HTTP/1.1 | clean, apart | json card, apart", "reply reached the client"],
    ["duplex/duplex | HTTP/1.1 | clean, apart | sse personal, apart", "reply reached the client"],
  ] as const) {
    const cell = find(prefix);
    const found = differences(cell, expectedOf(cell), passed(cell, "allow"));
    assert.ok(
      found.some((sentence) => sentence.includes(what)),
      `${prefix}: ${found.join("; ")}`,
    );
  }
});

test("a changed byte, a cut, a second request, a wrong verdict and text in the log are told", () => {
  const cell = find("duplex/duplex | HTTP/1.1 | clean, apart | json clean, apart");
  const good = passed(cell, "allow");
  const changes: Partial<Observed>[] = [
    { sent: Buffer.concat([good.sent, Buffer.from(" ")]) },
    { seen: good.seen.subarray(1) },
    { sentEnd: "cut" },
    { sentLength: "1" },
    { seenEnd: "cut" },
    { requests: 2 },
    { status: 500 },
    { record: { sallyport: { verdict: "pending" } } },
    ...[SECRET, BANNED, EMAIL, CARD].map((text) => ({ record: { path: text, sallyport: { verdict: "allow" } } })),
  ];
  for (const change of changes) {
    assert.notDeepEqual(differences(cell, expectedOf(cell), { ...good, ...change }), [], JSON.stringify(change));
  }
});
