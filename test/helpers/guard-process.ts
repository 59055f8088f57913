// `sallyport serve` as a child process on a UNIX socket of its own: started, stopped, killed and started again on the
// same socket, as its supervisor would: it has none, unless a test asks for one.

import { fileURLToPath } from "node:url";
import { readFile } from "node:fs/promises";
import { auditFilesIn } from "../../src/app/audit/folder.ts";
import { parse } from "yaml";
import { readConfig } from "../../src/config/config.ts";
import { Child } from "./child.ts";
import { assertNoLeak, list } from "./leaks.ts";
import { openTempDir, type TempDir } from "./temp-dir.ts";

const PROGRAM = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
/** What `serve` prints once it takes exchanges. */
const SERVING = /^sallyport: serving on .*, admin http:\/\/127\.0\.0\.1:(\d+),/;

export interface GuardOptions {
  readonly policy: string;
  /** Under its supervisor, as people run it. Then signals and `pid` are the supervisor's. */
  readonly supervised?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** More arguments of `serve`. */
  readonly args?: readonly string[];
  /** The program's entry; this checkout's where left out. */
  readonly main?: string;
  /** Told each line of its log. */
  readonly onLine?: (line: string) => void;
}

export class GuardProcess implements AsyncDisposable {
  readonly socket: string;
  readonly #dir: TempDir;
  readonly #options: GuardOptions;
  #child: Child | undefined;
  #adminPort = 0;
  /** It answers on its admin port, for all that is known here. */
  #answers = false;

  private constructor(dir: TempDir, options: GuardOptions) {
    this.#dir = dir;
    this.#options = options;
    this.socket = dir.join("guard.sock");
  }

  /** Resolves when it takes exchanges. */
  static async open(options: GuardOptions): Promise<GuardProcess> {
    const guard = new GuardProcess(await openTempDir(), options);
    try {
      await guard.start();
      return guard;
    } catch (error) {
      await guard[Symbol.asyncDispose]();
      throw error;
    }
  }

  async start(): Promise<void> {
    const { policy, args = [], env = {}, onLine, supervised = false, main = PROGRAM } = this.#options;
    const alone = supervised ? [] : ["--no-supervise"];
    const where = ["--listen", `unix:${this.socket}`, "--admin", "127.0.0.1:0", "--policy", policy];
    await listedNames(this.#options.policy);
    this.#child = new Child(process.execPath, [main, "serve", ...where, ...alone, ...args], {
      env: { ...process.env, ...env },
      ...(onLine === undefined ? {} : { onStdout: onLine }),
    });
    const [, port] = await this.#child.line(SERVING);
    this.#adminPort = Number(port);
    this.#answers = true;
  }

  /** SIGKILL; resolves once the process is gone. */
  async kill(): Promise<void> {
    this.#answers = false;
    this.#running.signal("SIGKILL");
    await this.#running.exited;
  }

  /** Starts it again on the same socket, after `kill` or `terminate`. */
  async restart(): Promise<void> {
    this.#child?.mayName(await listedNames(this.#options.policy));
    await this.#child?.[Symbol.asyncDispose]();
    await this.start();
  }

  /** SIGSTOP: it keeps its connections and answers nothing. */
  stall(): void {
    this.#answers = false;
    this.#running.signal("SIGSTOP");
  }

  resume(): void {
    this.#running.signal("SIGCONT");
  }

  /** SIGTERM; resolves with the exit status. */
  terminate(): Promise<number | NodeJS.Signals> {
    this.#answers = false;
    return this.#running.stop();
  }

  get pid(): number {
    return this.#running.pid;
  }

  /** A free one, another after each start. */
  get adminPort(): number {
    return this.#adminPort;
  }

  /** Resolves when a line of its output matches. */
  line(wanted: RegExp): Promise<RegExpExecArray> {
    return this.#running.line(wanted);
  }

  get lastLines(): string {
    return this.#child?.lastLines ?? "";
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.adminPort}/metrics`)).text();
  }

  /** Throws where its output or its metrics tell what a client or a model wrote. */
  async [Symbol.asyncDispose](): Promise<void> {
    await using parts = new AsyncDisposableStack();
    parts.use(this.#dir);
    const listed = await listedNames(this.#options.policy);
    parts.defer(async () => assertNoLeak("the audit record", await auditLines(this.#options.args ?? []), listed));
    if (this.#child !== undefined) parts.use(this.#child);
    this.#child?.mayName(listed);
    if (this.#answers) assertNoLeak("the guard's metrics", (await this.metrics()).split("\n"), listed);
  }

  get #running(): Child {
    if (this.#child === undefined) throw new Error("serve was not started");
    return this.#child;
  }
}

/** What stands in the files of the audit record, where the configuration names a folder for them. */
async function auditLines(args: readonly string[]): Promise<readonly string[]> {
  const path = args[args.indexOf("--config") + 1] ?? "";
  const bytes = args.includes("--config") ? await readFile(path).catch(() => null) : null;
  const config = bytes === null ? null : readConfig({ file: { path, bytes }, env: {}, flags: {} });
  const folder = config?.ok === true ? (config.value.audit?.folder ?? null) : null;
  if (folder === null) return [];
  const files = await auditFilesIn(folder).catch(() => []); // a test may have taken it away
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return texts.flatMap((text) => text.split("\n"));
}

/** Names of models, tools, paths and users that may be told, because the policy lists them. */
async function listedNames(policy: string): Promise<readonly string[]> {
  const text = await readFile(policy, "utf8").catch(() => ""); // a test may have taken it away
  const report = reportIn(text);
  const names = Object.values(report).flatMap((each) => (Array.isArray(each) ? (each as unknown[]).map(String) : []));
  list(names);
  return names;
}

/** Policies of tests may be bad. */
function reportIn(policy: string): object {
  try {
    const { report = {} } = (parse(policy) ?? {}) as { readonly report?: object };
    return report;
  } catch {
    return {};
  }
}
