import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { KeptProcess } from "./kept-process.ts";

/** A program that holds a connection as long as it lives and tells its parent's id through it: its end is then an event. */
const HOLDS = `
  const socket = require("node:net").connect(Number(process.argv[1]), "127.0.0.1");
  socket.write(String(process.ppid));
  process.on("SIGTERM", () => process.argv[2] === "stubborn" || process.exit(7));
`;

async function listen(): Promise<{
  port: number;
  connection: Promise<Socket>;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const connection = once(server, "connection").then(([socket]) => socket as Socket);
  return {
    port: (server.address() as AddressInfo).port,
    connection,
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  };
}

const program = process.execPath;
const holder = (port: number, ...more: string[]): string[] => ["-e", HOLDS, String(port), ...more];

test("its holder ends it, and learns how it ended", async () => {
  await using server = await listen();
  const kept = new KeptProcess({ name: "It", program, args: holder(server.port) });
  const socket = await server.connection;
  await once(socket, "data");
  await kept[Symbol.asyncDispose]();
  assert.equal((await kept.ended).message, "It ended: exit status 7");
});

test("lines are passed on, and waited for", async () => {
  const lines: string[] = [];
  await using kept = new KeptProcess({
    name: "It",
    program,
    args: ["-e", 'console.log("one"); console.error("two"); setInterval(() => {}, 1000)'],
    onStdout: (line) => lines.push(line),
  });
  await kept.line(/^two$/);
  await kept.line(/^one$/);
  assert.deepEqual(lines, ["one"]);
});

test("an end before the awaited line is an error with the last words", async () => {
  const kept = new KeptProcess({ name: "It", program, args: ["-e", 'console.error("no room"); process.exit(3)'] });
  await assert.rejects(kept.line(/ready/), { message: "It ended: exit status 3", lastLines: ["no room"] });
});

test("a program that is not there says so", async () => {
  const kept = new KeptProcess({ name: "It", program: "/nonexistent/program", args: [] });
  const end = await kept.ended;
  assert.equal(end.message, "It could not be started");
  assert.match(end.lastLines.join(), /ENOENT/);
});

test("when its holder is killed, it ends too", async () => {
  await using server = await listen();
  const module = new URL("./kept-process.ts", import.meta.url).href;
  const args = JSON.stringify(holder(server.port));
  const script = `const { KeptProcess } = await import("${module}");
    new KeptProcess({ name: "It", program: process.execPath, args: ${args} });`;
  const starter = spawn(program, ["--input-type=module", "-e", script], { stdio: "ignore" });
  const socket = await server.connection;
  const gone = once(socket.resume(), "close");
  starter.kill("SIGKILL");
  await gone;
});

test("when the keeper is killed, the program goes with it", async () => {
  await using server = await listen();
  const kept = new KeptProcess({ name: "It", program, args: holder(server.port, "stubborn") });
  const socket = await server.connection;
  const [keeper] = (await once(socket, "data")) as [Buffer];
  const gone = once(socket, "close");
  process.kill(Number(keeper.toString()), "SIGKILL");
  assert.equal((await kept.ended).message, "It ended: SIGKILL");
  await gone;
});
