// Who asks, and where a request goes: tenants from a token that Envoy checked, from the route, and from the stream's own
// metadata; a rule that sends a request to another model; and clients that try to say it themselves.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Upstream } from "../helpers/upstream.ts";
import { System } from "./system.ts";
import { checksTokens, tokenFor } from "./tokens.ts";

/** Envoy checks tokens, tells Sallyport of their claims, and has a second model behind a route of its own. */
const shape = (secondPort: number) => (yaml: string) => {
  const changed = checksTokens(yaml).replace(
    "                      routes:\n",
    `                      routes:
                        - name: small
                          match: { prefix: /, headers: [{ name: x-sallyport-model, string_match: { exact: small } }] }
                          route: { cluster: second, timeout: 0s }
                        - name: partner
                          match: { prefix: /v1/, headers: [{ name: x-partner, present_match: true }] }
                          route: { cluster: model, timeout: 0s }
                          typed_per_filter_config:
                            envoy.filters.http.ext_proc:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute
                              overrides: { grpc_initial_metadata: [{ key: x-sallyport-desk, value: partner }] }
`,
  );
  const second = `
    - name: second
      type: STATIC
      load_assignment:
        cluster_name: second
        endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: ${secondPort} } } } }] }]
`;
  const clusters = changed.lastIndexOf("\n  clusters:\n") + "\n  clusters:".length;
  return changed.slice(0, clusters) + second + changed.slice(clusters + 1);
};

const words = (list: string[]) => ({ keywords: { list } });
const policy = {
  kind: "Policy",
  version: 1,
  defaults: { onUnknown: "closed", onUnreadable: "block" },
  rules: [
    { id: "blue-only", stage: "prompt", detect: words(["azure"]), action: "block", when: { tenant: "blue" } },
    { id: "not-blue", stage: "prompt", detect: words(["cobalt"]), action: "block", when: { tenant: { not: "blue" } } },
    {
      id: "small-talk",
      stage: "prompt",
      detect: words(["chit-chat"]),
      action: { route: { header: "x-sallyport-model", value: "small" } },
    },
    { id: "on-partner", stage: "prompt", detect: words(["rebate"]), action: "block", when: { route: "partner" } },
    { id: "gpt-only", stage: "prompt", detect: words(["mauve"]), action: "block", when: { model: "gpt-*" } },
  ],
};

let first: Upstream;
let second: Upstream;
let byToken: System;
let byStream: System;
before(async () => {
  first = await Upstream.open();
  second = await Upstream.open();
  const options = { upstreamPort: first.port, policy: JSON.stringify(policy), shape: shape(second.port) };
  byToken = await System.open({ ...options, config: { identity: { tenant: { jwt: ["jwt_payload", "org"] } } } });
  const tenant = { grpcMetadata: "x-sallyport-desk" };
  const partner = JSON.stringify(policy).replaceAll('"blue"', '"partner"');
  byStream = await System.open({ ...options, policy: partner, config: { identity: { tenant } } });
});
after(async () => {
  for (const part of [byToken, byStream, first, second]) await part[Symbol.asyncDispose]();
});

let cells = 0;
type Asked = {
  readonly status: number;
  readonly by: "first" | "second" | null;
  readonly headers: Readonly<Record<string, unknown>>;
};

async function ask(
  system: System,
  content: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): Promise<Asked> {
  const cell = `cell-${cells++}`;
  for (const upstream of [first, second])
    upstream.script(cell, async (exchange) => {
      await exchange.body.ended;
      exchange.respond(200, { "content-type": "application/json" });
      exchange.write('{"choices":[]}');
      exchange.end();
    });
  const reply = await fetch(`${system.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-cell": cell, ...headers },
    body: body === "" ? JSON.stringify({ model: "m", messages: [{ role: "user", content }] }) : body,
  });
  await reply.text();
  const by = first.count(cell) > 0 ? "first" : second.count(cell) > 0 ? "second" : null;
  const got = by === null ? {} : (await (by === "first" ? first : second).exchange(cell)).headers;
  return { status: reply.status, by, headers: got };
}
const bearer = (claims: Readonly<Record<string, unknown>>) => ({ authorization: `Bearer ${tokenFor(claims)}` });

test("a tenant's rules count for whom Envoy vouches, and for nobody else", async () => {
  assert.equal((await ask(byToken, "azure", bearer({ org: "blue" }))).status, 400);
  assert.equal((await ask(byToken, "azure", bearer({ org: "red" }))).status, 200);
  assert.equal((await ask(byToken, "azure")).status, 400, "nobody could be blue");
  assert.equal((await ask(byToken, "cobalt", bearer({ org: "blue" }))).status, 200);
  assert.equal((await ask(byToken, "cobalt")).status, 400, "nobody is not blue");
});

test("what a client writes makes it nobody", async () => {
  const forged = { "x-tenant": "blue", tenant: "blue", "x-sallyport-tenant": "blue", "x-sallyport-desk": "partner" };
  assert.equal((await ask(byToken, "cobalt", forged)).status, 400);
  assert.equal((await ask(byStream, "cobalt", forged)).status, 400);
  const token = tokenFor({ org: "blue" });
  const broken = { authorization: `Bearer ${token.slice(0, -8)}AAAAAAAA` };
  assert.equal((await ask(byToken, "cobalt", broken)).status, 401);
  assert.equal((await ask(byToken, "cobalt", bearer({ org: ["blue"] }))).status, 400, "a list names nobody");
});

test("a route names its own metadata for the stream, and its own rules", async () => {
  assert.equal((await ask(byStream, "cobalt", { "x-partner": "1" })).status, 200);
  assert.equal((await ask(byStream, "cobalt")).status, 400);
  assert.equal((await ask(byToken, "rebate", { "x-partner": "1" })).status, 400);
  assert.equal((await ask(byToken, "rebate")).status, 200);
});

test("a rule sends a request to another model; a client cannot ask for it", async () => {
  const plain = await ask(byToken, "a question");
  assert.deepEqual([plain.status, plain.by], [200, "first"]);
  const routed = await ask(byToken, "some chit-chat");
  assert.deepEqual([routed.status, routed.by, routed.headers["x-sallyport-model"]], [200, "second", "small"]);
  const forged = await ask(byToken, "a question", { "x-sallyport-model": "small" });
  assert.deepEqual([forged.by, forged.headers["x-sallyport-model"]], ["first", undefined]);
});

test("a model that is not clear gets the rules of all models", async () => {
  const body = (members: string): string => `{${members}"messages":[{"role":"user","content":"mauve"}]}`;
  assert.equal((await ask(byToken, "", {}, body('"model":"gpt-4o",'))).status, 400);
  assert.equal((await ask(byToken, "", {}, body('"model":"other",'))).status, 200);
  assert.equal((await ask(byToken, "", {}, body('"model":"other","model":"other2",'))).status, 400);
  assert.equal((await ask(byToken, "", {}, body('"model":"other","Model":"gpt-4o",'))).status, 400);
  assert.equal((await ask(byToken, "", {}, body(""))).status, 400);
});

test("the record says whose exchange it was", async () => {
  await ask(byToken, "hello", bearer({ org: "green" }));
  const record = await byToken.envoy.record(({ sallyport }) => sallyport?.["tenant"] === "green");
  assert.equal(record.sallyport?.["verdict"], "allow");
});
