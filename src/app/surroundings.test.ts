import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { createPace, hmacSha256 } from "./surroundings.ts";

test("the keyed hash is HMAC with SHA-256", () => {
  for (const keyBytes of [0, 1, 32, 63, 64, 65, 200]) {
    const key = Buffer.alloc(keyBytes, 0xa5);
    const hmac = hmacSha256(key);
    for (const text of ["", "a", "\u00fc".repeat(100), "\u{1f600}"]) {
      assert.equal(hmac(text), createHmac("sha256", key).update(text).digest("hex"));
    }
  }
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a turn may be used up, then a breath is due; a new turn begins by itself", async () => {
  let now = 0;
  const pace = createPace({ nowMs: () => now, epochS: () => 0 });
  assert.equal(pace.breathe(), undefined);
  now = 3.9;
  assert.equal(pace.breathe(), undefined);
  await turn();
  now = 7;
  assert.equal(pace.breathe(), undefined);
  now = 11;
  const breath = pace.breathe();
  assert.ok(breath instanceof Promise);
  await breath;
  assert.equal(pace.breathe(), undefined);
});

test("those who wait go on one a turn, in the order in which they came, again and again", async () => {
  let now = 0;
  const pace = createPace({ nowMs: () => now, epochS: () => 0 });
  const log: string[] = [];
  const work = async (name: string): Promise<void> => {
    for (let step = 0; step < 3; step++) {
      const breath = pace.breathe();
      if (breath !== undefined) await breath;
      log.push(name);
      now += 5;
    }
  };
  const turns = (async () => {
    for (let index = 0; index < 8; index++) {
      await turn();
      log.push("|");
    }
  })();
  await Promise.all([work("a"), work("b"), work("c"), turns]);
  const done = log.join("").split("|");
  assert.ok(
    done.every((names) => names.length <= 1),
    log.join(""),
  );
  // The first step needs no breath; it waits for its second before the others ask for their first.
  assert.equal(done.join(""), "a" + "abc" + "abc" + "bc");
});
