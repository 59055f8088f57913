import assert from "node:assert/strict";
import { test } from "node:test";
import { Permits } from "./permits.ts";

test("as many as there are, one more is shed, and one given back is free again", () => {
  const permits = new Permits(2);
  const first = permits.tryAcquire();
  {
    using second = permits.tryAcquire();
    assert.ok(second);
    assert.equal(permits.held, 2);
    assert.equal(permits.tryAcquire(), undefined);
  }
  assert.equal(permits.held, 1);
  assert.ok(permits.tryAcquire());
  first?.[Symbol.dispose]();
  first?.[Symbol.dispose]();
  assert.equal(permits.held, 1, "given back twice counts once");
});

test("none at all sheds all", () => assert.equal(new Permits(0).tryAcquire(), undefined));
