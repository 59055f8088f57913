/**
 * The running program: policy, metrics, log, admin page and guard, started in this order and ended in the other.
 *
 * Not ready before it listens, nor while it drains. A signal drains: running exchanges may end within the budget, what
 * is left then fails closed.
 */
import { type AdminParts, type AdminServer, openAdmin } from "../admin/server.ts";
import type { Config } from "../config/config.ts";
import type { Plan } from "../guard/plan.ts";
import { errorFields, exchangeLog, type Logger, type RootLogger } from "../telemetry/log.ts";
import type { LogOutput } from "../telemetry/log-output.ts";
import { createMetrics, type Metrics } from "../telemetry/metrics.ts";
import type { ServerFault } from "../extproc/server.ts";
import type { KnownModel } from "../policy/compile.ts";
import type { BreakGlass } from "../domain/break-glass.ts";
import type { Mistake, Policy } from "../domain/policy.ts";
import type { RestartHistory } from "../domain/restart.ts";
import type { ExchangeIds } from "../domain/verdict.ts";
import { type Audit, openAudit } from "./audit/open-audit.ts";
import type { WriteOut } from "./audit/stdout-sink.ts";
import { type Guard, openGuard } from "./guard.ts";
import type { ModelStore } from "./models/model-store.ts";
import { askedAtStart, knownAtStart, modelLoader } from "./models/policy-at-start.ts";
import { knownModels, modelNames, unansweredRules } from "./models/policy-models.ts";
import { bundleProblemLine, openServedModels, type ServedAsking } from "./models/serve-models.ts";
import { openSwitches } from "./switches.ts";
import { createPlanner } from "./plan.ts";
import { policyToolsFor } from "./policy-tools.ts";
import { lookElsewhere } from "./reload/look-elsewhere.ts";
import { mistakeLine, problemLines } from "./reload/policy-problem.ts";
import { openPolicyStore, type PolicyEvent, type PolicyStore } from "./reload/policy-store.ts";
import { openScores } from "./scores/open-scores.ts";
import { ProcessScores } from "./scores/process-scores.ts";
import { readTls, readToken } from "./serve-files.ts";
import { openOtel } from "./otel/open-otel.ts";
import { openShared, type Shared } from "./sharing/open-shared.ts";
import { orEnd, ServeError } from "./serve-error.ts";
import { createHoldings, createPace, systemClock } from "./surroundings.ts";
import { type ExchangeSink, tellExchange } from "./told.ts";
import { openVault, vaultNotice } from "./vault/open-vault.ts";

export type Running = {
  /** `unix:PATH` or `HOST:PORT`. */
  readonly address: string;
  readonly admin: { readonly host: string; readonly port: number };
  readonly policy: string;
  /** Drains and ends everything. */
  stop(): Promise<void>;
};

export type ServeParts = {
  readonly log: RootLogger;
  /** The log's, for whoever else wants them. */
  readonly lines: LogOutput;
  /** The standard output, for what is no log. */
  readonly writeOut: WriteOut;
  /** Of the processes before this one. */
  readonly restarts: RestartHistory["counts"];
};

/** Throws ServeError or ListenError: both messages are for the operator. */
export async function serve(config: Config, { log, lines, writeOut, restarts }: ServeParts): Promise<Running> {
  await using started = new AsyncDisposableStack();
  const holdings = createHoldings(config.limits.heldBytesTotalMax);
  const remembered = new ProcessScores(config.limits.rememberedEntriesMax, config.limits.rememberedBytesMax);
  const metrics = openMetrics(config, { holdings, remembered, lines, restarts });
  const { otel, audit, sinks } = await openTold(started, config, metrics, { log, lines, writeOut });
  let modelChanged: (name: string) => void = () => undefined; // no policy asks yet
  const asked = await askedAtStart(config.policyFile);
  const models = await openModelStore(config, metrics, log, {
    onChange: (name) => modelChanged(name),
    onEvent: (event) => audit.model(event),
    asked: asked ?? [],
  });
  started.defer(() => models.close());
  const shared = orEnd(await openShared(redisToShare(config), metrics.redis, log));
  started.defer(() => shared?.close());
  const token = config.breakGlassTokenFile === null ? null : await readToken(config.breakGlassTokenFile);
  const { breakGlass, logLevel } = openSwitches(started, () => store.current().policy, audit, metrics, log);
  const known = await knownAtStart(models, asked, config.models.shippedFolder);
  const onPolicy = policyTeller(config, shared, audit, metrics, log);
  const needs = { metrics, log, models, known, breakGlass: () => breakGlass.current(), onPolicy };
  const store = await openStore(config, needs);
  started.defer(() => store.close());
  modelChanged = (name) => {
    for (const rule of unansweredRules(store.current().policy, name, models))
      log.error("a rule asks what its model does not answer", { rule, model: name });
    void store.lookAgain();
  };
  let serving = false;
  const admin = await openAdminPage(config, {
    metrics,
    store,
    log,
    isReady: () => serving && audit.admits(),
    switches: { breakGlass: { ...breakGlass, token }, logLevel: { ...logLevel, token } },
  });
  started.defer(() => admin.close());
  const guard = await openGuard({
    listen: config.listen,
    tls: config.tls === null || config.listen.kind === "unix" ? null : await readTls(config.tls),
    limits: config.limits,
    holdings,
    identity: config.identity,
    vault: openVault(config.limits, shared),
    scores: openScores(config.limits, remembered, shared, metrics.scores, log),
    tracing: otel.tracing,
    currentPlan: () => store.current().built,
    admits: () => audit.admits(),
    onBegin: () => metrics.exchangeBegan(),
    onReport: (report) => tellExchange(sinks, report),
    onFault: (fault, ids) => tellFault(metrics, log, fault, ids),
    onEnd: (end) => metrics.streamEnded(end),
  });
  metrics.watchPermits(() => guard.inFlight);
  started.defer(() => guard.close());
  serving = true;
  guard.setServing(true);
  const running = started.move();
  return {
    address: guard.address,
    admin: { host: admin.host, port: admin.port },
    policy: store.current().policy.version,
    async stop() {
      serving = false;
      await drain(guard, config.limits.drainMs, log);
      await running.disposeAsync();
    },
  };
}

type Measured = Pick<ServeParts, "lines" | "restarts"> & {
  readonly holdings: { readonly bytes: number };
  readonly remembered: { readonly bytes: number };
};

const openMetrics = ({ limits }: Config, { holdings, remembered, lines, restarts }: Measured): Metrics =>
  createMetrics({
    heldBytes: () => holdings.bytes,
    rememberedBytes: () => remembered.bytes,
    logLinesLost: () => lines.lost,
    restarts,
    limits,
    epochMs: () => Date.now(),
  });

type Started = AsyncDisposableStack;

/** Who hears of each exchange, beside Envoy. */
async function openTold(
  started: Started,
  config: Config,
  metrics: Metrics,
  { log, lines, writeOut }: Omit<ServeParts, "restarts">,
) {
  // First, and so the last to close: what is logged meanwhile is sent too.
  const otel = started.adopt(orEnd(await openOtel(config.otel, { metrics, log, lines })), (opened) => opened.close());
  const auditParts = { settings: config.audit, redis: config.redis, metrics: metrics.audit, log, writeOut };
  const audit = started.adopt(orEnd(await openAudit(auditParts)), (opened) => opened.close());
  const counts: ExchangeSink = (report) => metrics.exchangeEnded(report);
  return { otel, audit, sinks: [counts, exchangeLog(log), audit.exchange, otel.sink] };
}

async function openModelStore(
  { models: settings }: Config,
  { models: metrics }: Metrics,
  log: Logger,
  asking: ServedAsking,
): Promise<ModelStore> {
  const opened = await openServedModels(settings, metrics, log, asking);
  if (opened.ok) return opened.value;
  throw new ServeError(opened.error.map(bundleProblemLine).join("; "));
}

/** None where the audit record alone is to go there. */
const redisToShare = ({ redis, audit }: Config): Config["redis"] =>
  audit?.to === "redis" && redis?.keysFile === null ? null : redis;

function policyTeller({ identity }: Config, shared: Shared | null, audit: Audit, metrics: Metrics, log: Logger) {
  const has = { principal: identity.principal !== null, shared: shared !== null };
  return (policy: Policy): void => {
    metrics.policyServed(policy);
    audit.policy(policy);
    const notice = vaultNotice(policy, has);
    if (notice !== null) log.warn(notice);
  };
}

type StoreNeeds = {
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly models: ModelStore;
  /** What the first policy is held against. */
  readonly known: readonly KnownModel[];
  readonly breakGlass: () => BreakGlass;
  /** Told each policy that comes into force. */
  readonly onPolicy: (policy: Policy) => void;
};

async function openStore(config: Config, needs: StoreNeeds): Promise<PolicyStore<Plan>> {
  const { metrics, log, models, known, breakGlass, onPolicy } = needs;
  const file = config.policyFile ?? "built in";
  const planner = createPlanner(models, breakGlass);
  const pace = createPace(systemClock);
  let load: (names: readonly string[]) => Promise<readonly string[]> = () => Promise.resolve([]);
  const opened = await openPolicyStore({
    file: config.policyFile,
    build: (policy) => planner.planPaced(policy, pace),
    tools: policyToolsFor(known),
    lookAt: lookElsewhere({
      known: () => knownModels(models),
      shippedFolder: config.models.shippedFolder,
      load: (names) => load(names),
    }),
    onEvent: (event) => {
      if (event.kind !== "stale") void models.ask(modelNames(event.served.policy));
      if (event.kind === "swapped") onPolicy(event.served.policy);
      policyChanged(event, file, metrics, log);
    },
  });
  if (!opened.ok) throw new ServeError(`the policy ${file} cannot be used`, opened.error);
  load = modelLoader(models, () => opened.value.current().policy);
  logNotices(log, file, opened.value.notices);
  onPolicy(opened.value.current().policy);
  metrics.policyStale(false);
  return opened.value;
}

function policyChanged(event: PolicyEvent<Plan>, file: string, metrics: Metrics, log: Logger): void {
  const policy = event.served.policy.version;
  metrics.policyStale(event.kind === "stale");
  if (event.kind === "stale") {
    metrics.policyReloaded(event.problem.kind);
    const mistakes = problemLines(file, event.problem);
    log.error("policy not taken; the one before still serves", { policy, mistakes });
    if (event.problem.kind === "unbuildable") log.error("policy could not be built", errorFields(event.problem.error));
    return;
  }
  metrics.policyReloaded(event.kind);
  if (event.kind === "swapped") logNotices(log, file, event.notices);
  log.info(event.kind === "swapped" ? "policy swapped" : "policy is again what serves", { policy });
}

function logNotices(log: Logger, file: string, notices: readonly Mistake[]): void {
  for (const notice of notices) log.error("policy notice", { notice: mistakeLine(file, notice) });
}

type AdminNeeds = {
  readonly metrics: Metrics;
  readonly store: PolicyStore<Plan>;
  readonly log: Logger;
  readonly isReady: () => boolean;
  readonly switches: Pick<AdminParts, "breakGlass" | "logLevel">;
};

async function openAdminPage(
  { admin }: Config,
  { metrics, store, log, isReady, switches }: AdminNeeds,
): Promise<AdminServer> {
  try {
    return await openAdmin({
      host: admin.host,
      port: admin.port,
      readiness: () => ({
        ready: isReady(),
        policy: store.current().policy.version,
        stale: store.stale,
        breakGlass: switches.breakGlass.entries().length,
      }),
      ...switches,
      metrics: (accept) => metrics.page(accept),
      onError: (error) => log.error("admin page failed", errorFields(error)),
      onRefused: (page, from, status) => log.warn("change refused: no token, or a wrong one", { page, from, status }),
    });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    const why = code === "EADDRINUSE" ? "is in use; name another with --admin HOST:PORT" : `cannot be had (${code})`;
    throw new ServeError(`the admin address ${admin.host}:${admin.port} ${why}`);
  }
}

async function drain(guard: Guard, budgetMs: number, log: Logger): Promise<void> {
  log.info("draining", { exchanges: guard.inFlight });
  await guard.drain(budgetMs);
}

function tellFault(metrics: Metrics, log: Logger, fault: ServerFault, ids: ExchangeIds | null): void {
  metrics.fault(fault.kind);
  if (fault.kind === "peer-refused") return log.warn("peer refused", { why: fault.why });
  if (fault.kind === "connection-broken") return log.error("connection broken", errorFields(fault.error));
  const stream = { ...ids, stream: fault.stream, kind: fault.kind };
  log.error("stream failed", "error" in fault ? { ...stream, ...errorFields(fault.error) } : stream);
}
