/** The audit record as the configuration says it: keys, the record before this start, the sink, and what the guard tells it. */
import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import type { AuditSettings } from "../../config/audit.ts";
import type { RedisSettings } from "../../config/redis.ts";
import type { Policy } from "../../domain/policy.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { bodyOf, createChain, type Entry, noHead } from "../../telemetry/audit/chain.ts";
import { readSigner, type Signer } from "../../telemetry/audit/checkpoint.ts";
import { exchangeFields, isNotable } from "../../telemetry/audit/notable.ts";
import type { AuditMetrics } from "../../telemetry/audit-metrics.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { BreakGlassEvent } from "../break-glass.ts";
import type { ModelEvent } from "../models/model-store.ts";
import { readRedisAccess } from "../redis/redis-access.ts";
import { openRedisStream } from "../redis/redis-stream.ts";
import type { ExchangeSink } from "../told.ts";
import { breakGlassFields, modelFields, policyEvent } from "./audit-events.ts";
import { AuditWriter } from "./audit-writer.ts";
import { createFileSink } from "./file-sink.ts";
import { writeKeptHead } from "./folder.ts";
import { lockFolder } from "./folder-lock.ts";
import { type Earlier, recoverFiles, recoverHead } from "./recover.ts";
import { createRedisSink } from "./redis-sink.ts";
import { type AuditSink, failureOf } from "./sink.ts";
import { createStdoutSink, type WriteOut } from "./stdout-sink.ts";
import { readSubjectKey, type SubjectNames } from "./subject.ts";

export type Audit = {
  /** Each exchange that ended. Never waits, never throws. */
  readonly exchange: ExchangeSink;
  /** Each policy that comes into force. */
  policy(policy: Policy): void;
  breakGlass(event: BreakGlassEvent): void;
  model(event: ModelEvent): void;
  /** False: no exchange is to begin, because the record of it could be lost. */
  admits(): boolean;
  /** Seals the record. */
  close(): Promise<void>;
};

export type AuditParts = {
  readonly settings: AuditSettings | null;
  readonly redis: RedisSettings | null;
  readonly metrics: AuditMetrics;
  readonly log: Logger;
  readonly writeOut: WriteOut;
};

/** There is no record. */
const noAudit: Audit = {
  exchange: () => undefined,
  policy: () => undefined,
  breakGlass: () => undefined,
  model: () => undefined,
  admits: () => true,
  close: () => Promise.resolve(),
};

/** What may wait to be written: far more than there can be exchanges at once. */
const queueEntriesMax = 20_000;
const queueBytesMax = 32 * 1024 * 1024;

/** The error says what of the configuration cannot be used. A sink that fails is none: it is tried again. */
export async function openAudit(parts: AuditParts): Promise<Result<Audit, string>> {
  const { settings, log } = parts;
  if (settings === null) return ok(noAudit);
  const signer = await readKey(settings.keyFile, "keyFile", readSigner);
  if (!signer.ok) return signer;
  const names = await readKey(settings.subjectKeyFile, "subjectKeyFile", readSubjectKey);
  if (!names.ok) return names;
  if (signer.value === null) log.warn("audit checkpoints are not signed; name a key in audit.keyFile");
  const place = await openPlace(settings);
  if (!place.ok) return place;
  const { earlier, lock } = place.value;
  const sink = await openSink(parts, settings, earlier);
  if (!sink.ok) {
    await lock?.[Symbol.asyncDispose]();
    return sink;
  }
  if (earlier.end === "cut") log.error("the end of the audit record is missing; it goes on after what was known of it");
  const writer = createWriter(parts, settings, sink.value, signer.value, earlier);
  const { after, end, torn } = earlier;
  await writer.begin({ kind: "start", timeMs: Date.now(), body: bodyOf({ after, end, torn }) });
  return ok(createAudit(writer, settings, names.value, lock));
}

function createAudit(
  writer: AuditWriter,
  settings: AuditSettings,
  names: SubjectNames | null,
  lock: AsyncDisposable | null,
): Audit {
  let isAll = false;
  const add = (kind: Entry["kind"], fields: object | null): void => {
    if (fields !== null) writer.add({ kind, timeMs: Date.now(), body: bodyOf(fields) });
  };
  return {
    exchange(report, record) {
      if (!isAll && !isNotable(report)) return;
      const { principal, tenant, trace, requestId } = report;
      const whose = principal?.reveal() ?? tenant;
      const subject = names === null || whose === null ? null : names(whose);
      add("exchange", exchangeFields({ subject, traceId: trace?.traceId ?? null, requestId, record: record() }));
    },
    policy(policy) {
      isAll = policy.report.audit === "all";
      add("event", policyEvent(policy.version));
    },
    breakGlass: (event) => add("event", breakGlassFields(event)),
    model: (event) => add("event", modelFields(event)),
    admits: () => settings.onFailure === "continue" || writer.works,
    async close() {
      await writer.close();
      await lock?.[Symbol.asyncDispose]();
    },
  };
}

async function readKey<T>(
  file: string | null,
  name: "keyFile" | "subjectKeyFile",
  read: (content: Buffer) => Result<T, string>,
): Promise<Result<T | null, string>> {
  if (file === null) return ok(null);
  const content = await readFile(file).catch(() => null);
  if (content === null) return err(`${file}: cannot be read; it is named in audit.${name}`);
  const key = read(content);
  return key.ok ? key : err(`${file}: ${key.error}; it is named in audit.${name}`);
}

type Place = { readonly earlier: Earlier; readonly lock: AsyncDisposable | null };

async function openPlace({ to, folder }: AuditSettings): Promise<Result<Place, string>> {
  if (folder === null) return ok({ earlier: { after: null, end: "none", torn: 0, goOn: null }, lock: null });
  let lock: AsyncDisposable | null = null;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    lock = await lockFolder(folder);
    if (lock === null)
      return err(`${folder}: another guard writes its audit record there; name another in audit.folder`);
    return ok({ earlier: await (to === "file" ? recoverFiles(folder) : recoverHead(folder)), lock });
  } catch (error) {
    await lock?.[Symbol.asyncDispose]();
    return err(`${folder}: cannot be used (${failureOf(error)}); it is named in audit.folder`);
  }
}

async function openSink(
  { redis, writeOut }: AuditParts,
  settings: AuditSettings,
  { goOn, after }: Earlier,
): Promise<Result<AuditSink, string>> {
  const { to, folder, fileBytesMax, fileAgeS, stream, streamEntriesMax } = settings;
  if (to === "file" && folder !== null) {
    const firstSeq = (after?.seq ?? 0) + 1;
    return ok(
      createFileSink({ folder, fileBytesMax, fileMsMax: fileAgeS * 1000, goOn, firstSeq, epochMs: () => Date.now() }),
    );
  }
  if (to === "stdout" || redis === null) return ok(createStdoutSink(writeOut));
  const access = await readRedisAccess(redis);
  if (!access.ok) return access;
  const parts = { ...access.value, settings: redis, key: stream, entriesMax: streamEntriesMax };
  return ok(createRedisSink(openRedisStream(parts)));
}

function createWriter(
  { metrics, log }: AuditParts,
  { folder, checkpointEntries, checkpointS, onFailure }: AuditSettings,
  sink: AuditSink,
  signer: Signer | null,
  { after: earlier }: Earlier,
): AuditWriter {
  const instance = randomBytes(12).toString("hex");
  const exchanges = onFailure === "refuse" ? "refused" : "go on";
  let isHeadTold = true;
  return new AuditWriter({
    chain: createChain(instance, earlier ?? noHead),
    sink,
    signer,
    limits: { queueEntriesMax, queueBytesMax, checkpointEntries, checkpointMs: checkpointS * 1000 },
    metrics,
    epochMs: () => Date.now(),
    after: (ms, then) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    async onCheckpoint(head, reason) {
      log.info("audit checkpoint", { sequence: head.seq, hash: head.hash });
      if (folder === null) return;
      try {
        await writeKeptHead(folder, { ...head, instance, isEnd: reason === "stop" });
        isHeadTold = true;
      } catch (error) {
        metrics.failed();
        if (isHeadTold) log.error("the head of the audit record cannot be kept", { why: failureOf(error) });
        isHeadTold = false;
      }
    },
    onState(why, lost) {
      if (why === null) log.warn("the audit record is written again", { lost });
      else log.error("the audit record cannot be written; it is tried again", { why, exchanges });
    },
    onEnd: (lost) => log.error("entries of the audit record were lost at the end", { lost }),
  });
}
