import assert from "node:assert/strict";
import { test } from "node:test";
import { attribute, identify, type IdentitySource } from "./identity.ts";
import type { ProcessingRequest, Value } from "./wire.ts";

const none = (): undefined => undefined;
const text = (stringValue: string): Value => ({ stringValue });
const struct = (fields: Readonly<Record<string, Value>>): Value => ({ structValue: { fields } });
const jwt: IdentitySource = { kind: "metadata", namespace: "jwt", path: ["payload", "org", "name"] };

const metadata = (payload: Value): ProcessingRequest => ({
  metadataContext: { filterMetadata: { jwt: { fields: { payload } } } },
});
const attributes = (fields: Readonly<Record<string, Value>>): ProcessingRequest => ({
  attributes: { "envoy.filters.http.ext_proc": { fields } },
});

const rows: readonly (readonly [string, Value, string | null])[] = [
  ["a claim", struct({ org: struct({ name: text("blue") }) }), "blue"],
  ["no claim", struct({ org: struct({}) }), null],
  ["an empty one", struct({ org: struct({ name: text("") }) }), null],
  ["a number", struct({ org: struct({ name: { numberValue: 7 } }) }), null],
  ["a list", struct({ org: struct({ name: { listValue: { values: [text("blue")] } } }) }), null],
  ["text where more was to come", struct({ org: text("blue") }), null],
  ["one too long to be a name", struct({ org: struct({ name: text("x".repeat(257)) }) }), null],
  ["what an object inherits", struct({ org: struct({}) }), null],
];
for (const [name, payload, wanted] of rows) {
  test(`${name} names ${wanted ?? "nobody"}`, () => assert.equal(identify(jwt, metadata(payload), none), wanted));
}

test("keys that every object has name nobody", () => {
  const source: IdentitySource = { kind: "metadata", namespace: "jwt", path: ["constructor", "name"] };
  assert.equal(identify(source, metadata(text("x")), none), null);
  assert.equal(identify({ ...source, namespace: "toString" }, metadata(text("x")), none), null);
});

test("an attribute that Envoy sent: a peer's certificate, a route", () => {
  const peer: IdentitySource = { kind: "attribute", name: "connection.uri_san_peer_certificate" };
  const message = attributes({
    "connection.uri_san_peer_certificate": text("spiffe://house/app"),
    "xds.route_name": text("chat"),
  });
  assert.equal(identify(peer, message, none), "spiffe://house/app");
  assert.equal(attribute(message, "xds.route_name"), "chat");
  assert.equal(attribute({}, "xds.route_name"), null);
});

test("the stream's own metadata, and nothing where no source is named", () => {
  const source: IdentitySource = { kind: "grpc", key: "x-desk" };
  assert.equal(
    identify(source, {}, (name) => (name === "x-desk" ? "partner" : undefined)),
    "partner",
  );
  assert.equal(identify(source, {}, none), null);
  assert.equal(
    identify(null, metadata(text("x")), () => "x"),
    null,
  );
});
