import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestReader } from "./constant-upstream.ts";

const plain = "POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello";
const chunked = "POST /b HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
const bare = "GET /c HTTP/1.1\r\nhost: x\r\n\r\n";

test("requests are read alike wherever the bytes are cut", () => {
  const wire = Buffer.from(plain + chunked + bare + plain);
  for (let cut = 0; cut <= wire.length; cut += 1) {
    const seen: string[] = [];
    const reader = new RequestReader((head, body) => seen.push(`${head.split(" ")[1]} ${body.toString()}`));
    assert.ok(reader.push(wire.subarray(0, cut)));
    assert.ok(reader.push(wire.subarray(cut)));
    assert.deepEqual(seen, ["/a hello", "/b abcde", "/c ", "/a hello"]);
  }
});

test("what is no HTTP body is refused", () => {
  const reader = new RequestReader(() => assert.fail("nothing was complete"));
  assert.equal(reader.push(Buffer.from("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n")), false);
});
