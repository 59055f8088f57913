import assert from "node:assert/strict";
import { test } from "node:test";
import { isLocalReply, readReplyHead, readRequestHead } from "./heads.ts";
import type { HttpHeaders } from "./wire.ts";

const headers = (pairs: readonly (readonly [string, string])[]): HttpHeaders => ({
  headers: { headers: pairs.map(([key, value]) => ({ key, rawValue: Buffer.from(value) })) },
});
const request = (...pairs: readonly (readonly [string, string])[]) =>
  readRequestHead({ request: "requestHeaders", requestHeaders: headers(pairs) });

test("a path is told apart from what follows it", () => {
  for (const [target, wanted] of [
    ["/v1/models", ""],
    ["/v1/models?", ""],
    ["/v1/models?a=b?c", "a=b?c"],
    ["/v1/models?a=b#c", "a=b#c"],
    ["/v1/models#x?y", "#x?y"],
  ] as const) {
    const { path, query } = request([":method", "GET"], [":path", target]).head;
    assert.deepEqual([path, query], ["/v1/models", wanted]);
  }
});

test("repeated content codings are joined, so that none hides behind the first", () => {
  const { head } = request(["content-encoding", "gzip"], ["content-encoding", "br"]);
  assert.equal(head.contentEncoding, "gzip, br");
});

test("headers of ours that a client brings are removed", () => {
  const many = Array.from({ length: 100 }, (_, n) => [`x-sallyport-${n}`, "1"] as const);
  const { sent } = request(["x-other", "1"], ...many);
  assert.equal(sent.removeHeaders.length, 100);
  assert.ok(sent.removeHeaders.every((name) => name.startsWith("x-sallyport-")));
});

test("a request id is taken in Envoy's form alone", () => {
  const id = "8637c226-154b-49a1-a0b3-2f39b79c10c3";
  assert.equal(request(["x-request-id", id]).requestId, id);
  for (const other of ["ada@example.com", `${id}\n`, id.toUpperCase(), ""]) {
    assert.equal(request(["x-request-id", other]).requestId, null);
  }
});

test("a message without headers reads as an unknown one", () => {
  const { head, requestId } = readRequestHead({ request: "requestBody" });
  assert.deepEqual(head, { method: "", path: "", query: "", contentType: null, contentEncoding: null });
  assert.equal(requestId, null);
  assert.equal(readReplyHead({ request: "responseBody" }).status, 0);
});

test("Envoy's word tells its own replies from the upstream's; without it nothing is taken for Envoy's", () => {
  const details = (value: string) => ({
    attributes: { "envoy.filters.http.ext_proc": { fields: { "response.code_details": { stringValue: value } } } },
  });
  assert.equal(isLocalReply(details("route_not_found")), true);
  assert.equal(isLocalReply(details("via_upstream")), false);
  assert.equal(isLocalReply(details("")), false);
  assert.equal(isLocalReply({}), false);
});
