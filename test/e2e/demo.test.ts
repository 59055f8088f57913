// `sallyport demo` as `npm start` runs it: the first screen, and that nothing stays behind however it ends.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ModelServer, type SeenRequest } from "../../src/app/demo/model-server.ts";
import { isAlive, listProcesses, type ProcessRow } from "../../src/app/demo/starters.ts";
import { Child } from "../helpers/child.ts";
import { skipUnless } from "../helpers/require.ts";
import { openTempDir } from "../helpers/temp-dir.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const FREE_PORTS = ["--proxy-port", "0", "--envoy-admin-port", "0", "--admin", "127.0.0.1:0"];
const READY = /^sallyport: ready$/;

class Demo implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly child: Child;

  constructor(args: readonly string[] = FREE_PORTS, env: NodeJS.ProcessEnv = {}) {
    const { UPSTREAM_URL: _, FORCE_COLOR: __, ...rest } = process.env;
    this.child = new Child(process.execPath, [MAIN, "demo", ...args], {
      env: { ...rest, ...env },
      onStdout: (line) => this.lines.push(line),
      texts: "may-tell", // its screen shows the exchanges of its tour
    });
  }

  async ready(): Promise<void> {
    await this.child.line(READY);
  }

  /** The port in the first screen's line that begins with `name`. */
  port(name: string): number {
    const line = this.lines.find((candidate) => candidate.startsWith(` ${name} `));
    return Number(/:(\d+)/.exec(line ?? "")?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.child[Symbol.asyncDispose]();
  }
}

/** All processes below one: keepers and what they keep. */
function below(pid: number, rows = listProcesses()): ProcessRow[] {
  return rows.filter(({ parent }) => parent === pid).flatMap((row) => [row, ...below(row.pid, rows)]);
}

/** A connection to a server: its `close` tells that the server is gone. */
async function holdOn(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket.resume().on("error", () => undefined);
}

test("the first screen shows each verdict, and Ctrl-C ends all", skipUnless("ps"), async () => {
  await using demo = new Demo();
  await demo.ready();
  const screen = demo.lines.slice(0, demo.lines.findIndex((line) => READY.test(line)) + 1);
  assert.ok(screen.length <= 40, `${screen.length} lines`);
  for (const line of screen) assert.ok(line.length <= 100, line);
  const labels = screen.flatMap((line) => /^ (ALLOWED|REDACTED|BLOCKED) /.exec(line)?.[1] ?? []);
  assert.deepEqual(labels, ["ALLOWED", "REDACTED", "REDACTED", "BLOCKED", "BLOCKED"]);
  const text = screen.join("\n");
  assert.match(text, /model {2}.*\[AWS-ACCESS-KEY\] is the key, tell <PERSON_1_[a-z2-9]{6}>, <EMAIL_1_/);
  assert.match(text, /got {4}200 \[AWS-ACCESS-KEY\] is the key, tell Jonas Berg, jonas\.berg@example\.com/);
  assert.match(text, /rule=no-injection categories=injection\/prompt-injection/);
  assert.match(text, /rule=no-abuse-out categories=harm\/toxicity/);
  assert.doesNotMatch(text, /idiot/);
  assert.match(text, /\[EMAIL\].*\[PHONE\]/);
  assert.doesNotMatch(text, /mara\.lind@|4111/);
  const family = below(demo.child.pid);
  assert.ok(family.length >= 4, `${family.length} processes`);
  demo.child.signal("SIGINT");
  demo.child.signal("SIGINT");
  assert.equal(await demo.child.exited, 0);
  assert.deepEqual(
    family.filter(({ pid }) => isAlive(pid)),
    [],
  );
});

test("the commands on the screen run as they are", skipUnless("curl", "sh"), async () => {
  await using demo = new Demo();
  await demo.ready();
  const first = demo.lines.findIndex((line) => line.startsWith("curl "));
  const commands = demo.lines.slice(
    first,
    demo.lines.findIndex((line) => READY.test(line)),
  );
  const shell = new Child("sh", ["-c", commands.join("\n")], { texts: "may-tell" });
  assert.equal(await shell.exited, 0);
  assert.match(shell.lastLines, /guarded door/);
  assert.match(shell.lastLines, /EMAIL|\[DONE\]/);
  assert.match(shell.lastLines, /"code":"content_filter"/);
  await demo.child.line(/ALLOWED +POST/);
  await demo.child.line(/REDACTED +POST/);
  await demo.child.line(/BLOCKED +POST/);
});

test("when Envoy dies, the demo says so and ends with 1", skipUnless("ps"), async () => {
  await using demo = new Demo();
  await demo.ready();
  const family = below(demo.child.pid);
  const envoy = family.find(({ name }) => name.includes("envoy"));
  assert.ok(envoy !== undefined);
  process.kill(envoy.pid, "SIGKILL");
  assert.equal(await demo.child.exited, 1);
  assert.match(demo.child.lastLines, /^sallyport demo: Envoy ended: SIGKILL$/m);
  assert.deepEqual(
    family.filter(({ pid }) => isAlive(pid)),
    [],
  );
});

test("when the demo is killed, its servers end too", async () => {
  // Its folder stays then, so it gets one that goes with the test.
  await using dir = await openTempDir();
  await using demo = new Demo(FREE_PORTS, { TMPDIR: dir.path });
  await demo.ready();
  const held = await Promise.all(["Proxy", "Sallyport"].map((name) => holdOn(demo.port(name))));
  const gone = held.map((socket) => once(socket, "close"));
  demo.child.signal("SIGKILL");
  await Promise.all(gone);
});

test("when its starter is killed, or npm further up, the demo ends", skipUnless("ps", "sh"), async (t) => {
  const demo = JSON.stringify([MAIN, "demo", ...FREE_PORTS]);
  const direct = `require("node:child_process").spawn(process.execPath, ${demo}, { stdio: "inherit" })`;
  // As npm does it: a shell between the two, which does not notice.
  const words = [process.execPath, MAIN, "demo", ...FREE_PORTS].map((word) => `'${word}'`).join(" ");
  const shell = JSON.stringify(["-c", `${words}; true`]);
  const npm = `process.title = "npm start"; require("node:child_process").spawn("sh", ${shell}, { stdio: "inherit" })`;
  for (const [name, script] of Object.entries({ direct, npm })) {
    await t.test(name, async () => {
      const starter = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
      let text = "";
      for await (const piece of starter.stdout) {
        text += String(piece);
        if (/^sallyport: ready$/m.test(text)) starter.kill("SIGKILL");
      }
      // The loop ends when nobody holds the pipe any more: starter and demo are both gone.
      assert.match(text, /^sallyport: ready$/m);
    });
  }
});

test("a port in use is named with its flag", async () => {
  await using server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await using demo = new Demo(["--proxy-port", String(port), "--envoy-admin-port", "0", "--admin", "127.0.0.1:0"]);
  assert.equal(await demo.child.exited, 1);
  assert.match(demo.child.lastLines, new RegExp(`port ${port} is in use; choose another with --proxy-port`));
});

test("a real model server gets no request unasked, and then the client's key", async () => {
  const seen: SeenRequest[] = [];
  await using model = await ModelServer.open({ onRequest: (request) => void seen.push(request) });
  await using demo = new Demo(FREE_PORTS, { UPSTREAM_URL: model.url });
  await demo.ready();
  assert.equal(seen.length, 0);
  assert.ok(demo.lines.some((line) => line.includes(model.url)));
  const reply = await fetch(`http://127.0.0.1:${demo.port("Proxy")}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer made-up" },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hello" }] }),
  });
  assert.equal(reply.status, 200);
  assert.equal(seen[0]?.headers.authorization, "Bearer made-up");
});
