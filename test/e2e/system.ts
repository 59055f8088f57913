// The whole path for one test: OpenAI client, real Envoy, `sallyport serve`, model server. It owns all of them and a folder
// with the policy; closing it leaves no process behind.

import { readFile, writeFile } from "node:fs/promises";
import OpenAI from "openai";
import { ModelServer, type ModelServerOptions, type SeenRequest } from "../../src/app/demo/model-server.ts";
import { type AccessRecord, Envoy, type EnvoyOptions } from "../helpers/envoy.ts";
import { type GuardOptions, GuardProcess } from "../helpers/guard-process.ts";
import { openTempDir, type TempDir } from "../helpers/temp-dir.ts";

export const model = "stand-in-small";

/** The policy that the README shows and the demo serves. */
const plainPolicy = await readFile(new URL("./policy.yaml", import.meta.url), "utf8");

export type SystemOptions = {
  readonly policy?: string;
  /** Where the policy is, if the test put it somewhere itself. */
  readonly policyFile?: string;
  /** Limits other than the standard ones, as in a file of `kind: Config`. */
  readonly limits?: Readonly<Record<string, number>>;
  /** More of the configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Of the guard's process. */
  readonly guard?: Pick<GuardOptions, "supervised" | "env" | "onLine">;
  /** Parts of envoy/ to put into Envoy's configuration. */
  readonly telemetry?: EnvoyOptions["telemetry"];
  /** Last changes to Envoy's YAML. */
  readonly shape?: (yaml: string) => string;
  /** Instead of the stand-in model server. */
  readonly upstreamPort?: number;
  readonly onRequest?: ModelServerOptions["onRequest"];
};

export const user = (content: string): { role: "user"; content: string }[] => [{ role: "user", content }];

export class System implements AsyncDisposable {
  readonly guard: GuardProcess;
  readonly envoy: Envoy;
  /** What got as far as the stand-in model server. */
  readonly seen: readonly SeenRequest[];
  readonly policyFile: string;
  readonly #parts: AsyncDisposableStack;
  #settled = 0;

  private constructor(parts: AsyncDisposableStack, made: Pick<System, "guard" | "envoy" | "seen" | "policyFile">) {
    this.#parts = parts;
    this.guard = made.guard;
    this.envoy = made.envoy;
    this.seen = made.seen;
    this.policyFile = made.policyFile;
  }

  static async open(options: SystemOptions = {}): Promise<System> {
    await using parts = new AsyncDisposableStack();
    const dir: TempDir = parts.use(await openTempDir());
    const policyFile = options.policyFile ?? dir.join("policy.yaml");
    if (options.policyFile === undefined) await writeFile(policyFile, options.policy ?? plainPolicy);
    const seen: SeenRequest[] = [];
    const onRequest = (request: SeenRequest): void | Promise<void> => {
      seen.push(request);
      return options.onRequest?.(request);
    };
    const port = options.upstreamPort ?? parts.use(await ModelServer.open({ onRequest })).port;
    const configFile = dir.join("config.yaml");
    await writeFile(
      configFile,
      JSON.stringify({ kind: "Config", version: 1, limits: options.limits ?? {}, ...options.config }),
    );
    const guard = parts.use(
      await GuardProcess.open({ policy: policyFile, args: ["--config", configFile], ...options.guard }),
    );
    const envoy = parts.use(
      await Envoy.open({
        program: envoyProgram(),
        guard: { kind: "unix", path: guard.socket },
        upstream: { host: "127.0.0.1", port },
        ...(options.telemetry === undefined ? {} : { telemetry: options.telemetry }),
        ...(options.shape === undefined ? {} : { shape: options.shape }),
      }),
    );
    return new System(parts.move(), { guard, envoy, seen, policyFile });
  }

  get url(): string {
    return `http://127.0.0.1:${this.envoy.proxyPort}`;
  }

  /** The official client as people configure it; retries as it does by default. */
  client(): OpenAI {
    return new OpenAI({ baseURL: `${this.url}/v1`, apiKey: "none" });
  }

  /** Records of all exchanges before: the log keeps their order, so one more request is sent and its record awaited. */
  async settled(): Promise<readonly AccessRecord[]> {
    const last = `/settled/${this.#settled++}`;
    await (await fetch(this.url + last)).text();
    await this.envoy.record(({ path }) => path === last);
    return this.envoy.records.filter(({ path }) => !String(path).startsWith("/settled/"));
  }

  post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(this.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}

function envoyProgram(): string {
  const program = process.env["ENVOY_BIN"];
  if (program === undefined) throw new Error("ENVOY_BIN names no Envoy; `npm test` gets one");
  return program;
}
