// Where the server may listen, and who may reach it there.

import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { isLoopback, type Listen, SOCKET_PATH_BYTES_MAX } from "../../src/extproc/listen.ts";
import { type GuardServer, openServer } from "../../src/extproc/server.ts";
import { Child } from "../helpers/child.ts";
import { codec, ProcessorClient } from "../helpers/processor-client.ts";
import { openTempDir } from "../helpers/temp-dir.ts";

function open(listen: Listen): Promise<GuardServer> {
  return openServer({ codec, listen, maxMessageBytes: 1024, onStream: () => undefined, onFault: () => undefined });
}
const unix = (path: string): Listen => ({ kind: "unix", path });
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o7777;
async function answers(server: GuardServer): Promise<boolean> {
  using client = new ProcessorClient(server.address);
  return (await client.check()) > 0;
}

test("a missing directory is made private, the socket is 0660, and it is gone after close", async () => {
  await using dir = await openTempDir();
  const path = dir.join("a/b/guard.sock");
  const server = await open(unix(path));
  assert.equal(server.address, `unix:${path}`);
  assert.equal(await modeOf(dir.join("a/b")), 0o700);
  assert.equal(await modeOf(path), 0o660);
  assert.ok((await stat(path)).isSocket());
  assert.ok(await answers(server));
  await server.close();
  await assert.rejects(stat(path), { code: "ENOENT" });
});

const directories = [
  { mode: 0o700, opens: true },
  { mode: 0o750, opens: true },
  { mode: 0o2750, opens: true },
  { mode: 0o755, opens: false },
  { mode: 0o770, opens: false },
  { mode: 0o777, opens: false },
  { mode: 0o1777, opens: false },
  { mode: 0o751, opens: false },
] as const;
for (const { mode, opens } of directories) {
  test(`a directory of mode ${mode.toString(8)} is ${opens ? "taken" : "refused"}`, async () => {
    await using dir = await openTempDir();
    const inner = dir.join("d");
    await mkdir(inner);
    await chmod(inner, mode);
    if (opens) return (await open(unix(`${inner}/s`))).close();
    await assert.rejects(open(unix(`${inner}/s`)), { name: "ListenError", code: "not_private" });
  });
}

test("the directory behind a link is the one that counts", async () => {
  await using dir = await openTempDir();
  await mkdir(dir.join("open"));
  await chmod(dir.join("open"), 0o777);
  await symlink(dir.join("open"), dir.join("link"));
  await assert.rejects(open(unix(dir.join("link/s"))), { code: "not_private" });
});

test("a socket in use is left alone, and its server goes on", async () => {
  await using dir = await openTempDir();
  const first = await open(unix(dir.join("s")));
  await assert.rejects(open(unix(dir.join("s"))), { code: "in_use", message: /in use by a running process/ });
  assert.ok(await answers(first));
  await first.close();
});

test("the socket of a process that was killed is replaced", async () => {
  await using dir = await openTempDir();
  const path = dir.join("s");
  const code = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => console.log("up"))`;
  await using child = new Child(process.execPath, ["-e", code]);
  await child.line(/up/);
  child.signal("SIGKILL");
  await child.exited;
  assert.ok((await stat(path)).isSocket(), "the dead process left its socket");
  const server = await open(unix(path));
  assert.ok(await answers(server));
  await server.close();
});

test("of several that find a dead socket at once, one gets it and the others leave it alone", async () => {
  await using dir = await openTempDir();
  const path = dir.join("s");
  const listen = new URL("../../src/extproc/listen.ts", import.meta.url).href;
  const code = `
    import { createPlainListener, startListening } from ${JSON.stringify(listen)};
    const where = { kind: "unix", path: ${JSON.stringify(path)} };
    process.on("SIGUSR2", () => startListening(createPlainListener((socket) => socket.on("error", () => undefined).end(String(process.pid))), where, false)
      .then(() => console.log("got it"), ({ code }) => console.log("not:", code)));
    setInterval(() => undefined, 1000);
    console.log("ready");`;
  for (let round = 0; round < 3; round += 1) {
    const dead = new Child(process.execPath, [
      "-e",
      `require("net").createServer().listen("${path}", () => process.abort())`,
    ]);
    await dead.exited;
    await using children = new AsyncDisposableStack();
    const all = Array.from({ length: 4 }, () =>
      children.use(new Child(process.execPath, ["--input-type=module", "-e", code])),
    );
    for (const child of all) await child.line(/ready/);
    for (const child of all) child.signal("SIGUSR2");
    const said = await Promise.all(all.map(async (child) => (await child.line(/got it|not: .*/))[0]));
    assert.deepEqual(said.toSorted(), ["got it", "not: in_use", "not: in_use", "not: in_use"]);
    assert.equal(await text(connect(path)), String(all[said.indexOf("got it")]?.pid));
    assert.deepEqual(await readdir(dir.path), ["s"]);
    for (const child of all) child.signal("SIGKILL");
    await Promise.all(all.map((child) => child.exited));
  }
});

test("a file that is no socket is left alone", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("s"), "notes");
  await assert.rejects(open(unix(dir.join("s"))), { code: "not_a_socket" });
  assert.equal(await readFile(dir.join("s"), "utf8"), "notes");
});

test("a path must be absolute, short enough, and in a directory that can be", async () => {
  await using dir = await openTempDir();
  await assert.rejects(open(unix("guard.sock")), { code: "bad_path" });
  const room = SOCKET_PATH_BYTES_MAX - dir.join("s").length + 1;
  await (await open(unix(dir.join("s".repeat(room))))).close();
  await assert.rejects(open(unix(dir.join("s".repeat(room + 1)))), { code: "bad_path" });
  await writeFile(dir.join("file"), "");
  await assert.rejects(open(unix(dir.join("file/s"))), { code: "cannot_listen" });
});

test("a port in use is a clear error", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  await assert.rejects(open({ kind: "tcp", host: "127.0.0.1", port }), {
    code: "in_use",
    message: new RegExp(`127.0.0.1:${port}: in use`),
  });
  other.close();
});

for (const host of ["127.0.0.1", "localhost"]) {
  test(`plain TCP opens on ${host}`, async () => {
    const server = await open({ kind: "tcp", host, port: 0 });
    assert.ok(await answers(server));
    await server.close();
  });
}

for (const host of ["0.0.0.0", "::", "192.0.2.1", "example.test", "", "127.0.0.1.example.test"]) {
  test(`plain TCP is refused on "${host}"`, async () => {
    await assert.rejects(open({ kind: "tcp", host, port: 0 }), { name: "ListenError", code: "needs_tls" });
  });
}

test("TLS on a UNIX socket is refused", async () => {
  await using dir = await openTempDir();
  const tls = { certificate: "c", key: "k", clientCa: "a", clientName: "envoy" };
  const rest = { codec, maxMessageBytes: 1024, onStream: () => undefined, onFault: () => undefined };
  await assert.rejects(openServer({ ...rest, listen: unix(dir.join("s")), tls }), { code: "bad_tls" });
});

test("loopback is told by address", () => {
  const hosts = [
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "localhost",
    "128.0.0.1",
    "::2",
    "10.0.0.1",
    "::ffff:127.0.0.1",
    "loop",
  ];
  assert.deepEqual(hosts.map(isLoopback), [true, true, true, true, false, false, false, true, false]);
});
