// A client known by its certificate: Envoy checks it, and tells Sallyport the name in it. Nothing else is taken for it.

import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import type { IncomingMessage } from "node:http";
import { type Leaf, openAuthority } from "../helpers/certificates.ts";
import { skipUnless } from "../helpers/require.ts";
import { System } from "./system.ts";

const inline = (pem: Buffer): string => JSON.stringify(pem.toString());

/** The listener speaks TLS and asks for a certificate of the authority. */
const shape = (server: Leaf, ca: Buffer) => (yaml: string) =>
  yaml
    .replace(
      "        - filters:\n            - name: envoy.filters.network.http_connection_manager",
      `        - transport_socket:
            name: envoy.transport_sockets.tls
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
              require_client_certificate: true
              common_tls_context:
                tls_certificates:
                  - certificate_chain: { inline_string: ${inline(server.certificate)} }
                    private_key: { inline_string: ${inline(server.key)} }
                validation_context: { trusted_ca: { inline_string: ${inline(ca)} } }
          filters:
            - name: envoy.filters.network.http_connection_manager`,
    )
    .replace(/request_attributes: \[[^\]]*\]/, "request_attributes: [connection.uri_san_peer_certificate]");

const policy = {
  kind: "Policy",
  version: 1,
  defaults: { onUnknown: "closed", onUnreadable: "block" },
  rules: [
    {
      id: "not-from-others",
      stage: "prompt",
      detect: { keywords: { list: ["ledger"] } },
      action: "block",
      when: { principal: { not: "spiffe://house/books" } },
    },
  ],
};

test("a rule counts for the name in the certificate that Envoy checked", skipUnless("openssl"), async () => {
  await using authority = await openAuthority("test authority");
  const server = await authority.issue({ commonName: "proxy", san: ["DNS:localhost"], usage: "serverAuth" });
  const books = await authority.issue({ commonName: "a", san: ["URI:spiffe://house/books"], usage: "clientAuth" });
  const other = await authority.issue({
    commonName: "books",
    san: ["URI:spiffe://house/other"],
    usage: "clientAuth",
  });
  await using system = await System.open({
    policy: JSON.stringify(policy),
    shape: shape(server, authority.certificate),
    config: { identity: { principal: { attribute: "connection.uri_san_peer_certificate" } } },
  });
  const ask = async (leaf: Leaf): Promise<number> => {
    const asked = request({
      ...{ host: "127.0.0.1", port: system.envoy.proxyPort, servername: "localhost", path: "/v1/chat/completions" },
      ...{ method: "POST", ca: authority.certificate, cert: leaf.certificate, key: leaf.key, agent: false },
      headers: { "content-type": "application/json", "x-forwarded-client-cert": "URI=spiffe://house/books" },
    });
    asked.end(JSON.stringify({ model: "m", messages: [{ role: "user", content: "show me the ledger" }] }));
    const [reply] = (await once(asked, "response")) as [IncomingMessage];
    await text(reply);
    return reply.statusCode ?? 0;
  };
  assert.equal(await ask(books), 200);
  assert.equal(await ask(other), 400);
});
