/**
 * A policy case: an exchange in a file, with what must come of it. Reads cases and runs them, whole and cut at random, through
 * the same exchange as Envoy's traffic. Placeholders, hashes and references repeat, so that released bytes can be compared.
 */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { standardLimits } from "../config/limits.ts";
import type { Mistake } from "../domain/policy.ts";
import type { Clock } from "../domain/ports.ts";
import type { Plan } from "../guard/plan.ts";
import { readDocument, type SourceTree } from "../policy/document.ts";
import { checkValue } from "../policy/explain.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { verdictFields } from "../telemetry/verdict-fields.ts";
import { type VerdictRecord, verdictRecord } from "../telemetry/verdict-record.ts";
import { noContext } from "../exchange/parts.ts";
import { type ScanOutcome, scan } from "./scan.ts";
import { sha256Hex } from "./plan.ts";
import { systemClock } from "./surroundings.ts";

/** In place of a policy's file. */
export const builtIn = "built-in";

const text = z.string().max(1_000_000);
const body = z
  .union([text, z.record(z.string(), z.unknown()), z.strictObject({ file: z.string().min(1) })])
  .describe("the body: an object, its text, or { file: NAME } beside this file");
const wanted = z
  .union([z.null(), text, z.record(z.string(), z.unknown())])
  .describe("the released body: an object (compared as JSON), its text, { file: NAME }, or null for nothing");
const fact = z.string().min(1).max(256).optional();
const recordKeys = Object.keys(verdictFields) as [keyof VerdictRecord, ...(keyof VerdictRecord)[]];

export const caseSource = z
  .strictObject({
    kind: z.literal("PolicyCase"),
    version: z.literal(1),
    policy: z
      .string()
      .min(1)
      .optional()
      .describe("the policy's file, from this file's folder, or built-in; else --policy names it"),
    exchange: z.strictObject({
      path: z.string().startsWith("/").optional().describe("/v1/chat/completions where left out"),
      method: z.string().optional(),
      headers: z.record(z.string(), z.string()).optional().describe("request headers that scopes may ask for"),
      route: fact,
      cluster: fact,
      tenant: fact,
      principal: fact,
      request: body,
      reply: body.optional(),
    }),
    expect: z
      .strictObject({
        record: z
          .partialRecord(z.enum(recordKeys), z.union([z.string(), z.number(), z.boolean()]))
          .optional()
          .describe("fields of the verdict record (docs/verdict-schema.md) and their values"),
        status: z.int().optional().describe("of the answer in place of the reply"),
        request: wanted.optional(),
        reply: wanted.optional(),
      })
      .describe("what must come of it; only what stands here is compared"),
  })
  .meta({ $id: "policy-case-v1.json", title: "Sallyport policy case, version 1" });

export type PolicyCase = {
  readonly file: string;
  /** `null`: the file does not say. */
  readonly policyFile: string | null;
  readonly source: z.output<typeof caseSource>;
  readonly request: Buffer;
  readonly reply: Buffer | null;
};

/** Mistakes of form; the files that it names are not looked at. */
export function checkCase(tree: SourceTree): readonly Mistake[] {
  const checked = checkValue(caseSource, tree);
  return checked.ok ? [] : checked.error;
}

const mistake = (message: string): readonly Mistake[] => [{ line: 1, column: 1, message }];

export async function readCase(file: string, bytes: Uint8Array): Promise<Result<PolicyCase, readonly Mistake[]>> {
  const document = readDocument(bytes);
  if (!document.ok) return document;
  const checked = checkValue(caseSource, document.value);
  if (!checked.ok) return checked;
  const { exchange, policy } = checked.value;
  try {
    const request = await bytesOf(file, exchange.request);
    const reply = exchange.reply === undefined ? null : await bytesOf(file, exchange.reply);
    const policyFile = policy === undefined || policy === builtIn ? (policy ?? null) : join(dirname(file), policy);
    return ok({ file, policyFile, source: checked.value, request, reply });
  } catch (error) {
    const path = error instanceof Error && "path" in error ? String(error.path) : "a file that it names";
    return err(mistake(`${path} cannot be read; a body's file stands beside this one`));
  }
}

const isFile = (value: unknown): value is { readonly file: string } =>
  typeof value === "object" && value !== null && Object.keys(value).join() === "file" && "file" in value;

async function bytesOf(file: string, said: z.output<typeof body>): Promise<Buffer> {
  if (typeof said === "string") return Buffer.from(said);
  if (isFile(said)) return readFile(join(dirname(file), said.file));
  return Buffer.from(JSON.stringify(said));
}

export type CaseResult = { readonly file: string; readonly differences: readonly string[]; readonly runs: number };

/** A small generator: the same cuts each time, so that a failure can be seen again. */
function* randoms(seed: number): Generator<number> {
  for (let state = seed >>> 0; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

function cutter(seed: number): (all: Uint8Array) => readonly Uint8Array[] {
  const draw = randoms(seed);
  return (all) => {
    const pieces: Uint8Array[] = [];
    for (let from = 0; from < all.length; ) {
      const long = 1 + Math.floor((draw.next().value as number) ** 3 * Math.max(16, all.length / 2));
      pieces.push(all.subarray(from, from + long));
      from += long;
    }
    return pieces;
  };
}

const isTimed = (key: string): boolean => key === "exchange" || key.endsWith("_ms");

/** `cuts`: how many times it runs with its bodies cut at random, beside once whole. */
export async function runCase(it: PolicyCase, plan: Plan, cuts: number): Promise<CaseResult> {
  // All of its runs are of one moment: an answer of ours tells the second in which it was made.
  const epochS = systemClock.epochS();
  const clock: Clock = { nowMs: systemClock.nowMs, epochS: () => epochS };
  const whole = await runOnce(it, plan, clock, (all) => (all.length === 0 ? [] : [all]));
  const differences = await compare(it, whole);
  const known = summary(whole);
  for (let seed = 1; seed <= cuts && differences.length === 0; seed += 1) {
    const again = summary(await runOnce(it, plan, clock, cutter(seed)));
    if (again !== known) differences.push(`cut at random (seed ${seed}) it comes out otherwise: please report this`);
  }
  return { file: it.file, differences, runs: cuts + 1 };
}

/** What a policy makes of an exchange, not how fast: a busy machine changes no case. */
const patienceMs = 120_000;

function runOnce(
  it: PolicyCase,
  plan: Plan,
  clock: Clock,
  cut: (all: Uint8Array) => readonly Uint8Array[],
): Promise<ScanOutcome> {
  const { exchange } = it.source;
  const headers = new Map(Object.entries(exchange.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const { route = null, cluster = null, tenant = null, principal = null } = exchange;
  return scan({
    plan,
    limits: { ...standardLimits, promptBudgetMs: patienceMs, windowBudgetMs: patienceMs },
    head: { method: exchange.method ?? "POST", path: exchange.path ?? "/v1/chat/completions" },
    request: it.request,
    reply: it.reply,
    context: { ...noContext, headers, route, cluster, tenant, principal },
    cut,
    parts: { clock, drawTail: () => "x7k2q9", pseudonym: (of) => sha256Hex(Buffer.from(of)).slice(0, 12) },
  });
}

/** References are drawn anew each time. */
const steady = (bytes: Uint8Array | null): string | null =>
  bytes === null
    ? null
    : Buffer.from(bytes)
        .toString()
        .replaceAll(/\b[0-9a-f]{24}\b/g, "REFERENCE");

function summary(outcome: ScanOutcome): string {
  const record = Object.entries(verdictRecord(outcome.report)).filter(([key]) => !isTimed(key));
  return JSON.stringify([record, outcome.status, steady(outcome.request), steady(outcome.reply)]);
}

async function compare(it: PolicyCase, outcome: ScanOutcome): Promise<string[]> {
  const { record = {}, status } = it.source.expect;
  const told: Readonly<Record<string, unknown>> = verdictRecord(outcome.report);
  const differences: string[] = [];
  const differ = (what: string, want: unknown, got: unknown): void => {
    differences.push(`${what}: wanted ${JSON.stringify(want)}, got ${JSON.stringify(got)}`);
  };
  for (const [key, value] of Object.entries(record)) if (told[key] !== value) differ(`record ${key}`, value, told[key]);
  if (status !== undefined && status !== outcome.status) differ("status", status, outcome.status);
  for (const part of ["request", "reply"] as const) {
    const want = it.source.expect[part];
    if (want === undefined) continue;
    const got = steady(outcome[part]);
    if (want === null || got === null) {
      if (got !== want) differ(`released ${part}`, want, got);
      continue;
    }
    const wantText = isFile(want) ? steady(await readFile(join(dirname(it.file), want.file))) : want;
    if (typeof wantText === "string" ? wantText !== got : !sameJson(wantText, got))
      differ(`released ${part}`, wantText, got);
  }
  return differences;
}

function sameJson(want: unknown, got: string): boolean {
  try {
    return JSON.stringify(sorted(want)) === JSON.stringify(sorted(JSON.parse(got)));
  } catch {
    return false;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
