import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { stat, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { importing } from "../../test/helpers/importing.ts";
import { skipUnless } from "../../test/helpers/require.ts";
import { sallyport } from "../../test/helpers/sallyport.ts";
import { openTempDir, type TempDir } from "../../test/helpers/temp-dir.ts";
import { isAlive, listProcesses } from "../app/demo/starters.ts";
import { defaultPolicySource } from "../policy/default-policy.ts";
import { createLogger } from "../telemetry/log.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const SERVING = /^sallyport: serving on \S+, admin (\S+),/;

type Entry = Readonly<Record<string, unknown>>;

/** A `serve` as people start it: its lines, and the end of all that wrote them. */
class Serve implements AsyncDisposable {
  /** Resolves when no process holds its outputs any more: it and what it has started are gone. */
  readonly closed: Promise<number | NodeJS.Signals>;
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #next: AsyncIterator<string>;

  constructor(dir: TempDir, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
    const where = ["--listen", `unix:${dir.join("s")}`, "--admin", "127.0.0.1:0"];
    this.#process = spawn(process.execPath, [main, "serve", ...where, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    this.closed = once(this.#process, "close").then(([status, signal]) => status ?? signal);
    assert.ok(this.#process.stdout !== null && this.#process.stderr !== null);
    this.#process.stderr.on("data", (piece) => this.lines.push(String(piece)));
    this.#next = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The next line that matches. */
  async line(wanted: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const { value, done } = await this.#next.next();
      assert.ok(done !== true, `it ended before it said ${wanted}:\n${this.lines.join("\n")}`);
      this.lines.push(value);
      const found = wanted.exec(value);
      if (found !== null) return found;
    }
  }

  async entry(message: string): Promise<Entry> {
    const { input } = await this.line(new RegExp(`"msg":"${message}"`));
    return JSON.parse(input) as Entry;
  }

  /** The process that serves. */
  child(): number {
    const found = listProcesses().filter(({ parent }) => parent === this.pid);
    assert.equal(found.length, 1);
    return found[0]?.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGTERM");
    await this.closed;
  }
}

test(
  "a crash is told, another process serves on the same socket and says why it was started",
  skipUnless("ps"),
  async () => {
    await using dir = await openTempDir();
    await using serve = new Serve(dir);
    await serve.line(SERVING);
    const crashes = [
      { signal: "SIGSEGV", restarts: 1, delayMs: 0 },
      { signal: "SIGKILL", restarts: 2, delayMs: 250 },
    ] as const;
    let page = "";
    for (const { signal, restarts, delayMs } of crashes) {
      process.kill(serve.child(), signal);
      const told = await serve.entry("the serving process crashed; another is started");
      const line: string[] = [];
      createLogger({ level: "info", write: (text) => line.push(text) }).error("m", { reason: "", restarts, delayMs });
      assert.deepEqual(Object.keys(told), Object.keys(JSON.parse(line.join("")) as Entry), "as any line of the log");
      assert.deepEqual({ ...told, time: "" }, { ...told, level: "error", reason: signal, restarts, delayMs, time: "" });
      page = (await serve.line(SERVING))[1] ?? "";
      const back = await serve.entry("serves again after a crash");
      assert.deepEqual([back["level"], back["reason"], back["restarts"]], ["warn", signal, restarts]);
      assert.ok(Number(back["awayMs"]) > 0);
    }
    const metrics = await (await fetch(`${page}/metrics`)).text();
    assert.match(metrics, /^sallyport_restarts_total\{reason="SIGSEGV"\} 1$/m);
    assert.match(metrics, /^sallyport_restarts_total\{reason="SIGKILL"\} 1$/m);
    assert.match(metrics, /^sallyport_restarts_total\{reason="SIGABRT"\} 0$/m);
    const child = serve.child();
    serve.signal("SIGTERM");
    assert.equal(await serve.closed, 0);
    assert.equal(isAlive(child), false);
    await assert.rejects(stat(dir.join("s")), { code: "ENOENT" });
  },
);

test(
  "an error that nothing caught is a crash too; a signal to the serving process itself ends all",
  skipUnless("ps"),
  async () => {
    await using dir = await openTempDir();
    const throws = "process.on('SIGUSR2', () => { throw new RangeError('what a user wrote'); })";
    await using serve = new Serve(dir, [], { NODE_OPTIONS: importing(throws) });
    await serve.line(SERVING);
    process.kill(serve.child(), "SIGUSR2");
    assert.equal((await serve.entry("ended by an error that nothing caught"))["error"], "RangeError");
    assert.equal((await serve.entry("the serving process crashed; another is started"))["reason"], "exit");
    await serve.line(SERVING);
    process.kill(serve.child(), "SIGTERM");
    assert.equal(await serve.closed, 0);
    assert.doesNotMatch(serve.lines.join("\n"), /a user wrote/);
  },
);

test(
  "a policy that went bad keeps it away after a crash, and a mended one brings it back",
  skipUnless("ps"),
  async () => {
    await using dir = await openTempDir();
    const policy = dir.join("policy.yaml");
    await writeFile(policy, defaultPolicySource);
    await using serve = new Serve(dir, ["--policy", policy]);
    await serve.line(SERVING);
    const child = serve.child();
    await writeFile(policy, "kind: Policy");
    await serve.entry("policy not taken; the one before still serves");
    process.kill(child, "SIGSEGV");
    const reasons = [];
    for (let restarts = 1; restarts <= 3; restarts += 1)
      reasons.push((await serve.entry("the serving process crashed; another is started"))["reason"]);
    assert.deepEqual(reasons, ["SIGSEGV", "exit", "exit"]);
    await writeFile(policy, defaultPolicySource);
    await serve.line(SERVING);
  },
);

test("Ctrl-C at a terminal, where both get the signal and more than once, drains", skipUnless("ps"), async () => {
  await using dir = await openTempDir();
  await using serve = new Serve(dir);
  await serve.line(SERVING);
  const child = serve.child();
  process.kill(child, "SIGINT");
  for (let times = 0; times < 3; times += 1) serve.signal("SIGINT");
  assert.equal(await serve.closed, 0);
});

test("when the supervisor is killed, the serving process ends in order, and the socket is free", async () => {
  await using dir = await openTempDir();
  const serve = new Serve(dir);
  await serve.line(SERVING);
  serve.signal("SIGKILL");
  await serve.entry("draining");
  assert.equal(await serve.closed, "SIGKILL");
  await assert.rejects(stat(dir.join("s")), { code: "ENOENT" });
  await using again = new Serve(dir);
  await again.line(SERVING);
});

test("what crashes before it has ever served is given up with a reason", async () => {
  await using dir = await openTempDir();
  const crashes = "process.env.SALLYPORT_SUPERVISED && process.kill(process.pid, 'SIGSEGV')";
  const args = ["serve", "--listen", `unix:${dir.join("s")}`, "--admin", "127.0.0.1:0"];
  const { code, stdout, stderr } = await sallyport(args, { cwd: dir.path, env: { NODE_OPTIONS: importing(crashes) } });
  assert.equal(code, 1);
  assert.match(stderr, /^sallyport serve: crashed 3 times before it served, last by SIGSEGV;/);
  assert.equal(stdout.match(/the serving process crashed/g)?.length, 2);
});

test(
  "without a supervisor there is one process; by flag or variable, and a wrong word is refused",
  skipUnless("ps"),
  async () => {
    await using dir = await openTempDir();
    const ways = [
      { args: ["--no-supervise"], env: {} },
      { args: [], env: { SALLYPORT_SUPERVISE: "false" } },
    ];
    for (const { args, env } of ways) {
      await using serve = new Serve(dir, args, env);
      await serve.line(SERVING);
      assert.deepEqual(
        listProcesses().filter(({ parent }) => parent === serve.pid),
        [],
      );
      serve.signal("SIGTERM");
      assert.equal(await serve.closed, 0);
    }
    const { code, stderr } = await sallyport(["serve"], { cwd: dir.path, env: { SALLYPORT_SUPERVISE: "no" } });
    assert.equal(code, 1);
    assert.equal(stderr, "sallyport serve: SALLYPORT_SUPERVISE: must be true or false\n");
  },
);
