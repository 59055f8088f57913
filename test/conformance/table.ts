// Runs cells on the real Envoy with Sallyport as it ships: opens what they need, lets the guard break when it must, and
// judges each. One Envoy a shape, one guard a policy, one upstream a protocol.

import { writeFile } from "node:fs/promises";
import { Envoy } from "../helpers/envoy.ts";
import { GuardProcess } from "../helpers/guard-process.ts";
import { openTempDir } from "../helpers/temp-dir.ts";
import { Upstream } from "../helpers/upstream.ts";
import { type Arrival, Barrier } from "./barrier.ts";
import { BANNED } from "./bodies.ts";
import { type Cell, describeCell, type Fault } from "./cells.ts";
import { differences } from "./compare.ts";
import { drive, type Site } from "./drive.ts";
import { type PolicyName, policySource } from "./policies.ts";
import { expectedOf } from "./rules.ts";
import { type Shape, shapeConfig } from "./shapes.ts";

const AT_ONCE = 8;
/** A cell that has not ended by then has failed; the slowest wait for Envoy's keepalive, under 10 s. */
const CELL_LIMIT_MS = 30_000;

export interface Outcome {
  readonly cell: string;
  /** Sentences; none: it passed. */
  readonly problems: readonly string[];
}

export interface TableOptions {
  /** The Envoy program. */
  readonly envoy: string;
  readonly cells: readonly Cell[];
  readonly onOutcome: (outcome: Outcome) => void;
}

type Guards = Readonly<Record<PolicyName, GuardProcess>>;

interface Scene {
  readonly guards: Guards;
  readonly sites: ReadonlyMap<Shape, Site>;
  readonly options: TableOptions;
}

export async function runTable(options: TableOptions): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const scene = await setScene(stack, options);
  const { guards, sites, onOutcome } = { ...scene, ...options };
  await phase(
    scene,
    (fault) => !fault.startsWith("guard"),
    async () => undefined,
  );
  for (const [name, guard] of Object.entries(guards)) onOutcome(await holdsNothing(name, guard));
  await phase(
    scene,
    (fault) => fault.startsWith("guard stopped"),
    async () => each(guards, (guard) => guard.stall()),
  );
  await each(guards, (guard) => guard.resume());
  await phase(
    scene,
    (fault) => fault === "guard killed asking",
    () => each(guards, (guard) => guard.kill()),
  );
  await each(guards, (guard) => guard.restart());
  await phase(
    scene,
    (fault) => fault === "guard killed replying",
    () => each(guards, (guard) => guard.kill()),
  );
  await each(guards, (guard) => guard.kill());
  await phase(
    scene,
    (fault) => fault === "guard dead",
    async () => undefined,
  );
  for (const [shape, site] of sites) onOutcome(await neverEndsCleanlyFirst(shape, site));
}

async function each(guards: Guards, act: (guard: GuardProcess) => unknown): Promise<void> {
  await Promise.all(Object.values(guards).map(act));
}

async function setScene(stack: AsyncDisposableStack, options: TableOptions): Promise<Scene> {
  const dir = stack.use(await openTempDir());
  const openGuard = async (name: PolicyName): Promise<GuardProcess> => {
    const policy = dir.join(`${name}.yaml`);
    await writeFile(policy, policySource(name, BANNED));
    return stack.use(await GuardProcess.open({ policy }));
  };
  const guards: Guards = { closed: await openGuard("closed"), open: await openGuard("open") };
  const upstreams = { "1.1": stack.use(await Upstream.open()), "2": stack.use(await Upstream.open({ http2: true })) };
  const sites = new Map<Shape, Site>();
  for (const shape of new Set(options.cells.map((cell) => cell.shape))) {
    const upstream = upstreams[shape.upstream];
    const envoy = await Envoy.open({
      program: options.envoy,
      guard: { kind: "unix", path: guards[shape.policy].socket },
      upstream: { host: "127.0.0.1", port: upstream.port, http2: shape.upstream === "2" },
      shape: (yaml) => shapeConfig(yaml, shape),
    });
    sites.set(shape, { envoy: stack.use(envoy), upstream, begun: 0 });
  }
  return { guards, sites, options };
}

/** Runs the cells whose fault is `mine`. Cells that wait for the guard's fault all begin at once. */
async function phase(scene: Scene, mine: (fault: Fault) => boolean, fault: () => Promise<void>): Promise<void> {
  const queue = scene.options.cells.filter((cell) => mine(cell.fault));
  const together = queue.some((cell) => cell.fault.startsWith("guard") && cell.fault !== "guard dead");
  const atOnce = together ? queue.length : AT_ONCE;
  const barrier = new Barrier(queue.length, fault);
  const work = async (): Promise<void> => {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      scene.options.onOutcome(await run(cell, scene.sites.get(cell.shape) as Site, barrier.arrival()));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function run(cell: Cell, site: Site, arrival: Arrival): Promise<Outcome> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error(`not over within ${CELL_LIMIT_MS} ms`)), CELL_LIMIT_MS);
  try {
    const seen = await Promise.race([drive(cell, site, arrival), limit.promise]);
    return { cell: describeCell(cell), problems: differences(cell, expectedOf(cell), seen) };
  } catch (error) {
    return { cell: describeCell(cell), problems: [(error as Error).message] };
  } finally {
    clearTimeout(timer);
    arrival.leave();
  }
}

/** However exchanges ended, the guard has let go of all that it kept of them. Envoy may end its streams after the client's. */
async function holdsNothing(name: string, guard: GuardProcess): Promise<Outcome> {
  const cell = `policy ${name} | the guard holds nothing once all is over`;
  const limit = AbortSignal.timeout(CELL_LIMIT_MS);
  for (;;) {
    const page = await guard.metrics();
    const zero = (metric: string): boolean => page.split("\n").includes(`${metric} 0`);
    const left = ["sallyport_exchanges_in_flight", "sallyport_held_bytes"].filter((metric) => !zero(metric));
    if (left.length === 0) return { cell, problems: [] };
    if (limit.aborted) return { cell, problems: left.map((metric) => `${metric} is not 0`) };
  }
}

/**
 * A clean end before the exchange is over would let the rest pass unguarded. Envoy counts every end by the server as
 * half-closed, and those that were not clean as failed (or allowed, where it may go on without a guard) too.
 */
async function neverEndsCleanlyFirst(shape: Shape, { envoy }: Site): Promise<Outcome> {
  const stat = (name: string): Promise<number> => envoy.stat(`http.proxy.ext_proc.sallyport.${name}`);
  const notClean = (await stat("streams_failed")) + (await stat("failure_mode_allowed"));
  const clean = Math.max(0, (await stat("server_half_closed")) - notClean);
  const problems = clean === 0 ? [] : [`${clean} clean ends`];
  return { cell: `${shape.name} | the guard never ends cleanly first`, problems };
}
