// What is compared: the same gateway in front of the same upstream, without ext_proc (`bare`), with an ext_proc server
// that does nothing (`pass`), and with Sallyport under its embedded policy without models (`sallyport`). Real Envoy, one worker.

import { writeFile } from "node:fs/promises";
import { parse, parseDocument } from "yaml";
import { modelKinds } from "../../src/domain/policy.ts";
import { defaultPolicySource } from "../../src/policy/default-policy.ts";
import { Child } from "../../test/helpers/child.ts";
import { Envoy } from "../../test/helpers/envoy.ts";
import { GuardProcess } from "../../test/helpers/guard-process.ts";
import { openTempDir } from "../../test/helpers/temp-dir.ts";
import { programPath } from "./run-program.ts";

export const variants = ["bare", "pass", "sallyport"] as const;
export type Variant = (typeof variants)[number];

export interface GatewayShape {
  readonly guarded: boolean;
  /** The runtime guard `envoy.reloadable_features.ext_proc_graceful_grpc_close`. */
  readonly gracefulClose: boolean;
}

/** The upstream in a process of its own. */
export async function openUpstream(
  parts: AsyncDisposableStack,
): Promise<{ readonly port: number; readonly pid: number }> {
  let port = 0;
  const onStdout = (line: string): void => {
    port = Number(/^port (\d+)$/.exec(line)?.[1] ?? port);
  };
  const child = parts.use(new Child(process.execPath, [programPath("upstream")], { onStdout }));
  await child.line(/^port \d+$/);
  return { port, pid: child.pid };
}

/** The do-nothing server in a process of its own; resolves with its socket. */
export async function openPassServer(parts: AsyncDisposableStack): Promise<string> {
  const dir = parts.use(await openTempDir());
  const socket = dir.join("pass.sock");
  const child = parts.use(new Child(process.execPath, [programPath("pass-server"), socket]));
  await child.line(/^serving$/);
  return socket;
}

/** A configuration in which no exchange is late, however busy the machine is. */
const patient = "kind: Config\nversion: 1\nlimits: { promptBudgetMs: 120000, windowBudgetMs: 120000 }\n";

/** The embedded policy but for its models: what those take is the model's own time, and `prompts` measures it. */
export function withoutModels(): object {
  const policy = parse(defaultPolicySource) as { readonly rules: readonly { readonly detect: object }[] };
  const asksNone = ({ detect }: { readonly detect: object }): boolean => !modelKinds.some((kind) => kind in detect);
  return { ...policy, rules: policy.rules.filter(asksNone) };
}

/** `sallyport serve` with that policy. `isPatient`: for what is not about time. */
export async function openSallyport(parts: AsyncDisposableStack, isPatient = false): Promise<GuardProcess> {
  const dir = parts.use(await openTempDir());
  const policy = dir.join("policy.yaml");
  const config = dir.join("config.yaml");
  await writeFile(policy, JSON.stringify(withoutModels()));
  await writeFile(config, patient);
  return parts.use(await GuardProcess.open({ policy, args: isPatient ? ["--config", config] : [] }));
}

export interface GatewayOptions extends GatewayShape {
  readonly program: string;
  readonly socket: string;
  readonly upstreamPort: number;
}

export async function openGateway(parts: AsyncDisposableStack, options: GatewayOptions): Promise<Envoy> {
  const { program, socket, upstreamPort, ...shape } = options;
  const envoy = await Envoy.open({
    program,
    guard: { kind: "unix", path: socket },
    upstream: { host: "127.0.0.1", port: upstreamPort },
    shape: (yaml) => shaped(yaml, shape),
  });
  return parts.use(envoy);
}

/** The rendered gateway as it is measured: it writes its access log, but to nowhere, so that no reader takes CPU time. */
export function shaped(yaml: string, { guarded, gracefulClose }: GatewayShape): string {
  const document = parseDocument(yaml);
  const manager = ["static_resources", "listeners", 0, "filter_chains", 0, "filters", 0, "typed_config"];
  const log = [...manager, "access_log", 0];
  document.setIn([...log, "name"], "envoy.access_loggers.file");
  document.setIn(
    [...log, "typed_config", "@type"],
    "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
  );
  document.setIn([...log, "typed_config", "path"], "/dev/null");
  document.setIn(
    ["layered_runtime", "layers", 0, "static_layer", "envoy.reloadable_features.ext_proc_graceful_grpc_close"],
    gracefulClose,
  );
  if (!guarded) {
    const filters = document.toJS()["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0];
    const names = (filters["typed_config"]["http_filters"] as { name: string }[]).map(({ name }) => name);
    const at = names.indexOf("envoy.filters.http.ext_proc");
    if (at === -1) throw new Error("the gateway has no ext_proc filter");
    document.deleteIn([...manager, "http_filters", at]);
  }
  return document.toString({ lineWidth: 0 });
}
