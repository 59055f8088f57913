// Mutual TLS: only the pinned client of the given authority gets a byte of HTTP/2 through.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { credentials } from "@grpc/grpc-js";
import { openServer, type GuardServer, type ServerFault } from "../../src/extproc/server.ts";
import { hasName, type TlsOptions } from "../../src/extproc/tls.ts";
import { type Authority, type Leaf, openAuthority } from "../helpers/certificates.ts";
import { bodyOf, codec, echo, ProcessorClient, requestBody } from "../helpers/processor-client.ts";
import { skipUnless } from "../helpers/require.ts";

const SPIFFE = "spiffe://mesh/ns/edge/sa/envoy";

async function open(tls: TlsOptions, faults: ServerFault[]): Promise<GuardServer> {
  return openServer({
    codec,
    listen: { kind: "tcp", host: "127.0.0.1", port: 0 },
    tls,
    maxMessageBytes: 1024,
    onStream: async (stream) => {
      for await (const message of stream.messages) await stream.send(echo(message.requestBody?.body));
    },
    onFault: (fault) => faults.push(fault),
  });
}

describe("mutual TLS", skipUnless("openssl"), () => {
  let ours: Authority;
  let others: Authority;
  let server: Leaf;
  before(async () => {
    ours = await openAuthority("ours");
    others = await openAuthority("others");
    server = await ours.issue({ commonName: "guard", san: ["DNS:guard"], usage: "serverAuth" });
  });
  after(async () => {
    await ours[Symbol.asyncDispose]();
    await others[Symbol.asyncDispose]();
  });
  const options = (clientName: string): TlsOptions => ({
    certificate: server.certificate,
    key: server.key,
    clientCa: ours.certificate,
    clientName,
  });

  const peers = [
    { who: "the pinned DNS name", pin: "envoy.edge", san: ["DNS:other", "DNS:envoy.edge"], passes: true },
    { who: "the pinned DNS name in capitals", pin: "envoy.edge", san: ["DNS:ENVOY.edge"], passes: true },
    { who: "the pinned URI", pin: SPIFFE, san: ["DNS:other", `URI:${SPIFFE}`], passes: true },
    { who: "another DNS name", pin: "envoy.edge", san: ["DNS:envoy.edge.other"], passes: false },
    { who: "a wildcard", pin: "envoy.edge", san: ["DNS:*.edge"], passes: false },
    { who: "the name as common name only", pin: "envoy.edge", cn: "envoy.edge", passes: false },
    { who: "a URI that begins alike", pin: SPIFFE, san: [`URI:${SPIFFE}2`], passes: false },
    { who: "the URI posing as a DNS name", pin: SPIFFE, san: [`DNS:${SPIFFE}`], passes: false },
    {
      who: "a certificate for servers",
      pin: "envoy.edge",
      san: ["DNS:envoy.edge"],
      usage: "serverAuth",
      passes: false,
    },
    {
      who: "the name from another authority",
      pin: "envoy.edge",
      san: ["DNS:envoy.edge"],
      from: "others",
      passes: false,
    },
    { who: "no certificate", pin: "envoy.edge", none: true, passes: false },
  ] as const;
  for (const { who, pin, passes, ...peer } of peers) {
    test(`${who} ${passes ? "passes" : "is refused"}`, async () => {
      const authority = "from" in peer ? others : ours;
      const leaf = await authority.issue({
        commonName: "cn" in peer ? peer.cn : "client",
        ...("san" in peer && { san: peer.san }),
        ...("usage" in peer && { usage: peer.usage }),
      });
      const faults: ServerFault[] = [];
      const guard = await open(options(pin), faults);
      const [key, certificate] = "none" in peer ? [null, null] : [leaf.key, leaf.certificate];
      using client = new ProcessorClient(guard.address, credentials.createSsl(ours.certificate, key, certificate), {
        "grpc.ssl_target_name_override": "guard",
      });
      const call = client.open();
      call.send(requestBody("x"));
      assert.equal(bodyOf(await call.next()), passes ? "x" : "");
      if (!passes) assert.equal((await call.status).code, 14);
      assert.equal(faults.length > 0, !passes);
      for (const fault of faults) assert.equal(fault.kind, "peer-refused");
      await guard.close();
    });
  }

  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    test(`a resumed session is held to the same name (${version})`, async () => {
      const faults: ServerFault[] = [];
      const guard = await open(options("envoy.edge"), faults);
      const leaf = await ours.issue({ commonName: "client", san: ["DNS:envoy.edge"] });
      const base = {
        host: "127.0.0.1",
        port: Number(guard.address.split(":")[1]),
        ca: ours.certificate,
        servername: "guard",
      };
      const dial = (session?: Buffer): TLSSocket =>
        connect({
          ...base,
          cert: leaf.certificate,
          key: leaf.key,
          ALPNProtocols: ["h2"],
          minVersion: version,
          maxVersion: version,
          ...(session && { session }),
        });
      const first = dial();
      const [session] = await once(first, "session");
      await once(first.resume(), "data");
      const second = dial(session);
      // The server's settings: it has taken the connection for HTTP/2.
      await once(second.resume(), "data");
      assert.ok(second.isSessionReused());
      assert.deepEqual(faults, []);
      first.destroy();
      second.destroy();
      await guard.close();
    });
  }

  test("a plain connection is refused", async () => {
    const faults: ServerFault[] = [];
    const guard = await open(options("envoy.edge"), faults);
    using client = new ProcessorClient(guard.address);
    assert.equal((await client.open().status).code, 14);
    assert.deepEqual(faults[0], { kind: "peer-refused", why: "handshake" });
    await guard.close();
  });

  test("off loopback it opens with mutual TLS", async () => {
    const guard = await openServer({
      codec,
      listen: { kind: "tcp", host: "0.0.0.0", port: 0 },
      tls: options("envoy.edge"),
      maxMessageBytes: 1024,
      onStream: () => undefined,
      onFault: () => undefined,
    });
    assert.match(guard.address, /^0\.0\.0\.0:\d+$/);
    await guard.close();
  });

  for (const [what, change] of [
    ["a key of another certificate", async () => ({ key: (await ours.issue({ commonName: "x" })).key })],
    ["a certificate that is none", async () => ({ certificate: "no PEM" })],
    ["no authority", async () => ({ clientCa: "" })],
    ["an empty name", async () => ({ clientName: "" })],
    ["a name with a wildcard", async () => ({ clientName: "*.edge" })],
  ] as const) {
    test(`${what} does not open`, async () => {
      await assert.rejects(open({ ...options("envoy.edge"), ...(await change()) }, []), {
        name: "ListenError",
        code: "bad_tls",
      });
    });
  }

  test("a name inside another name does not count", async () => {
    const { certificate } = await ours.issue({
      commonName: "x",
      san: ["DNS:a", "URI:http://a/?x, URI:spiffe://mesh/envoy, y"],
    });
    const parsed = new X509Certificate(certificate);
    assert.equal(hasName(parsed, "spiffe://mesh/envoy"), false, parsed.subjectAltName);
    assert.equal(hasName(parsed, "a"), true);
  });
});
