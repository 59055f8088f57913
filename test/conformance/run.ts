// `npm run conformance`: the ext_proc table through the real Envoy, with Sallyport as it ships. Prints one line a cell and,
// last, `N passed, N failed`; exit status 1 if any failed. An argument picks the cells whose line contains it.

import { writeFile } from "node:fs/promises";
import { envoyPath } from "../../scripts/envoy.mjs";
import { Envoy } from "../helpers/envoy.ts";
import { GuardProcess } from "../helpers/guard-process.ts";
import { openTempDir } from "../helpers/temp-dir.ts";
import { Upstream } from "../helpers/upstream.ts";
import { BANNED } from "./bodies.ts";
import { type Cell, cells, describeCell, type Fault as FaultName } from "./cells.ts";
import { differences } from "./compare.ts";
import { drive, type Site } from "./drive.ts";
import { Barrier } from "./barrier.ts";
import { type PolicyName, policySource } from "./policies.ts";
import { expectedOf } from "./rules.ts";
import { type Shape, shapeConfig } from "./shapes.ts";

const AT_ONCE = 8;
/** A cell that has not ended by then has failed; the slowest wait for Envoy's keepalive, under 10 s. */
const CELL_LIMIT_MS = 30_000;

type Outcome = { readonly cell: string; readonly problems: readonly string[] };
type Guards = Readonly<Record<PolicyName, GuardProcess>>;

const wanted = process.argv[2] ?? "";
const chosen = cells.filter((cell) => describeCell(cell).includes(wanted));
const outcomes: Outcome[] = [];
let passed = 0;

await using dir = await openTempDir();
await using stack = new AsyncDisposableStack();
const guards: Guards = { closed: await openGuard("closed"), open: await openGuard("open") };
const upstream = stack.use(await Upstream.open());
const sites = await openSites();

await phase(
  (fault) => !fault.startsWith("guard"),
  async () => undefined,
);
await phase(
  (fault) => fault.startsWith("guard stopped"),
  async () => each((guard) => guard.stall()),
);
await each((guard) => guard.resume());
await phase(
  (fault) => fault === "guard killed asking",
  () => each((guard) => guard.kill()),
);
await each((guard) => guard.start());
await phase(
  (fault) => fault === "guard killed replying",
  () => each((guard) => guard.kill()),
);
await phase(
  (fault) => fault === "guard dead",
  async () => undefined,
);
for (const [shape, site] of sites) tell(await neverEndedCleanly(shape, site));

const failed = outcomes.length - passed;
await stack.disposeAsync();
await dir[Symbol.asyncDispose]();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function openGuard(name: PolicyName): Promise<GuardProcess> {
  const policy = dir.join(`${name}.yaml`);
  await writeFile(policy, policySource(name, BANNED));
  return stack.use(await GuardProcess.open({ policy }));
}

async function each(act: (guard: GuardProcess) => unknown): Promise<void> {
  await Promise.all(Object.values(guards).map(act));
}

async function openSites(): Promise<Map<Shape, Site>> {
  const program = await envoyPath();
  const open = async (shape: Shape): Promise<[Shape, Site]> => {
    const envoy = await Envoy.open({
      program,
      guard: { kind: "unix", path: guards[shape.policy].socket },
      upstream: { host: "127.0.0.1", port: upstream.port },
      shape: (yaml) => shapeConfig(yaml, shape),
    });
    return [shape, { envoy: stack.use(envoy), upstream, begun: 0 }];
  };
  const opened: [Shape, Site][] = [];
  for (const shape of new Set(chosen.map((cell) => cell.shape))) opened.push(await open(shape));
  return new Map(opened);
}

/** Runs the cells whose fault is `mine`. Cells that wait for the guard's fault all begin at once. */
async function phase(mine: (fault: FaultName) => boolean, fault: () => Promise<void>): Promise<void> {
  const now = chosen.filter((cell) => mine(cell.fault));
  const together = now.some((cell) => cell.fault.startsWith("guard") && cell.fault !== "guard dead");
  const barrier = new Barrier(now.length, fault);
  const queue = [...now];
  const work = async (): Promise<void> => {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      tell(await run(cell, barrier));
    }
  };
  await Promise.all(Array.from({ length: together ? now.length : AT_ONCE }, work));
}

async function run(cell: Cell, barrier: Barrier): Promise<Outcome> {
  const arrival = barrier.arrival();
  const site = sites.get(cell.shape) as Site;
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

/**
 * A clean end before the exchange is over would let the rest pass unguarded. Envoy counts every end by the server as
 * half-closed, and those that were not clean as failed too.
 */
async function neverEndedCleanly(shape: Shape, { envoy }: Site): Promise<Outcome> {
  const ended = await envoy.stat("http.proxy.ext_proc.sallyport.server_half_closed");
  const failed = await envoy.stat("http.proxy.ext_proc.sallyport.streams_failed");
  const allowed = await envoy.stat("http.proxy.ext_proc.sallyport.failure_mode_allowed");
  const clean = Math.max(0, ended - failed - allowed);
  return {
    cell: `${shape.name} | the guard never ends cleanly first`,
    problems: clean === 0 ? [] : [`${clean} clean ends`],
  };
}

function tell(outcome: Outcome): void {
  outcomes.push(outcome);
  if (outcome.problems.length === 0) passed += 1;
  const mark = outcome.problems.length === 0 ? "ok    " : "FAILED";
  console.log(`${mark} ${outcome.cell}${outcome.problems.map((problem) => `\n         ${problem}`).join("")}`);
}
