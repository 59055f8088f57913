// An upstream with TLS behind the real Envoy: reached only when the chain and the name of its certificate are right.

import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { envoyPath } from "../../scripts/envoy.mjs";
import { openAuthority } from "../helpers/certificates.ts";
import { openHttp1 } from "../helpers/client-http1.ts";
import { Envoy } from "../helpers/envoy.ts";
import { openPassGuard } from "../helpers/pass-guard.ts";
import { skipUnless } from "../helpers/require.ts";
import { openTempDir } from "../helpers/temp-dir.ts";

const cases = [
  { what: "right chain and name", name: "localhost", otherAuthority: false, status: 200, reached: 1 },
  { what: "another name", name: "elsewhere.test", otherAuthority: false, status: 503, reached: 0 },
  { what: "another authority", name: "localhost", otherAuthority: true, status: 503, reached: 0 },
] as const;

for (const { what, name, otherAuthority, status, reached } of cases) {
  test(`a TLS upstream: ${what} gives ${status}`, skipUnless("openssl"), async () => {
    await using stack = new AsyncDisposableStack();
    const dir = stack.use(await openTempDir());
    const authority = stack.use(await openAuthority("Test authority"));
    const trusted = otherAuthority ? stack.use(await openAuthority("Other authority")) : authority;
    await writeFile(dir.join("ca.pem"), trusted.certificate);
    const leaf = await authority.issue({ commonName: name, san: [`DNS:${name}`], usage: "serverAuth" });
    let requests = 0;
    const hosts: (string | undefined)[] = [];
    const server = createServer({ cert: leaf.certificate, key: leaf.key }, (request, response) => {
      requests += 1;
      hosts.push(request.headers.host);
      request.resume().once("end", () => response.end("ok"));
    });
    server.listen(0, "localhost");
    await once(server, "listening");
    stack.defer(() => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    const guard = stack.use(await openPassGuard());
    const envoy = await Envoy.open({
      program: await envoyPath(),
      guard: { kind: "unix", path: guard.socket },
      upstream: { host: "localhost", port, tls: { caFile: dir.join("ca.pem") } },
    });
    stack.use(envoy);
    using client = openHttp1(envoy.proxyPort, {
      method: "POST",
      path: "/v1/chat/completions",
      ends: "apart",
      headers: {},
    });
    client.end(Buffer.from("ping"), {});
    assert.equal((await client.head).status, status);
    assert.equal(requests, reached);
    if (reached > 0) assert.deepEqual(hosts, [`localhost:${port}`]);
  });
}
