// Ordinary work in rounds: the same bodies under the policy without rules, with rules that only note, and with rules that act;
// and each kind of guard alone beside the policy without rules. What comes out is looked at, too.

import type { SharedParts } from "../../src/app/exchange-parts.ts";
import type { DetectKind } from "../../src/domain/policy.ts";
import type { Stage } from "../../src/domain/segment.ts";
import { type Random, seeded } from "../../test/helpers/secret-samples.ts";
import { pass, type Passed } from "./pass.ts";
import { type Pauses, pausesOf } from "./pauses.ts";
import type { Plans } from "./plans.ts";
import { ordinaryText, planted, textWithFindings } from "./texts.ts";
import { bytesOfReply, jsonText, promptForReply, promptWith, streamOf, tokensOf, type Traffic } from "./traffic.ts";

export const workloadNames = ["4 KB prompt", "64 KB prompt", "1 MB prompt", "2,000-event stream"] as const;
export type WorkloadName = (typeof workloadNames)[number];
export type TextKind = "ordinary" | "with findings";

type Work = {
  readonly name: WorkloadName;
  readonly text: TextKind;
  readonly bytes: number;
  /** Of a stream; else 0. */
  readonly events: number;
};
type WorkTraffic = Work & { readonly traffic: Traffic; readonly said: string };

/** Milliseconds, one a round. */
export type Workload = Work & {
  /** Of the parts that every rule leaves out: what came in goes out. */
  readonly none: readonly number[];
  readonly noting: readonly number[];
  readonly every: readonly number[];
  /** Each of a few more rounds in which every rule acts. */
  readonly pauses: readonly Pauses[];
};

/** One kind of guard on one body. Milliseconds, one a round, pair by pair. */
export type Alone = {
  readonly kind: DetectKind;
  readonly on: "prompt" | "stream";
  readonly bytes: number;
  readonly events: number;
  readonly none: readonly number[];
  readonly alone: readonly number[];
};

/** Of the rounds that count, and at most. */
const warmUpShare = 0.2;
const warmUpMost = 5;
const pauseRounds = 3;
const warmUps = (rounds: number): number => Math.min(warmUpMost, Math.ceil(rounds * warmUpShare));

const prompts: readonly (readonly [WorkloadName, number])[] = [
  ["4 KB prompt", 4 * 1024],
  ["64 KB prompt", 64 * 1024],
  ["1 MB prompt", 1024 * 1024],
];
const streamTokens = 2000;
const unitsAToken = 8;

export function workloadsOf(seed: number): readonly WorkTraffic[] {
  return (["ordinary", "with findings"] as const).flatMap((text) => {
    const random = seeded(seed);
    const write: (random: Random, units: number) => string = text === "ordinary" ? ordinaryText : textWithFindings;
    return [
      ...prompts.map(([name, units]) => promptWork(name, text, write(random, units))),
      streamWork(text, write(random, streamTokens * unitsAToken), streamTokens),
    ];
  });
}

function promptWork(name: WorkloadName, text: TextKind, said: string): WorkTraffic {
  const request = promptWith(said);
  return { name, text, bytes: request.length, events: 0, traffic: { request, reply: null }, said };
}

function streamWork(text: TextKind, from: string, most: number): WorkTraffic {
  const tokens = tokensOf(from, most);
  const reply = streamOf(tokens);
  const traffic = { request: promptForReply(false), reply };
  return {
    name: "2,000-event stream",
    text,
    bytes: bytesOfReply(reply),
    events: tokens.length,
    traffic,
    said: tokens.join(""),
  };
}

export async function measureWorkload(
  { traffic, said, ...work }: WorkTraffic,
  plans: Plans,
  parts: SharedParts,
  rounds: number,
  faults: string[],
): Promise<Workload> {
  const times = { none: [] as number[], noting: [] as number[], every: [] as number[] };
  for (let round = -warmUps(rounds); round < rounds; round++) {
    for (const variant of ["none", "noting", "every"] as const) {
      const passed = await pass(plans[variant], parts, traffic);
      if (round >= 0) times[variant].push(passed.wallMs);
      else faults.push(...faultsOf(work, variant, traffic, said, passed));
    }
  }
  const pauses: Pauses[] = [];
  for (let round = 0; round < Math.min(pauseRounds, rounds); round++) {
    pauses.push((await pausesOf(() => pass(plans.every, parts, traffic, true))).pauses);
  }
  return { ...work, ...times, pauses };
}

/** Without rules, and in text without findings, what came in goes out; what is to be redacted is gone. */
function faultsOf(
  { name, text }: Work,
  variant: "none" | "noting" | "every",
  { request, reply }: Traffic,
  said: string,
  { released, verdict }: Passed,
): readonly string[] {
  const where = `${name}, ${text}, ${variant}`;
  const found = text === "with findings" && variant !== "none";
  const wanted = !found ? "allow" : variant === "noting" ? "flag" : "redact";
  if (verdict.kind !== wanted) return [`${where}: ${verdict.kind}, not ${wanted}`];
  const { characters, present } = verdict.coverage;
  if (variant !== "none" && characters !== present) return [`${where}: ${characters} of ${present} judged`];
  const came = Buffer.concat(reply === null ? [request] : reply.kind === "json" ? [reply.body] : reply.events);
  const went = Buffer.concat(released);
  if (variant !== "every" || !found) return came.equals(went) ? [] : [`${where}: what went is not what came`];
  const left = reply === null ? went.toString() : saidIn(went.toString());
  const there = planted.filter(({ text: whole, gone }) => said.includes(whole) && left.includes(gone));
  return there.map(({ gone }) => `${where}: still there: ${JSON.stringify(gone)}`);
}

/** What the events of a stream say together. */
function saidIn(stream: string): string {
  return [...stream.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text as string)).join("");
}

export async function measureAlone(
  plans: Plans,
  parts: SharedParts,
  shape: {
    readonly promptUnits: number;
    readonly streamEvents: number;
    readonly rounds: number;
    readonly seed: number;
  },
  faults: string[],
): Promise<readonly Alone[]> {
  const { promptUnits, streamEvents, rounds, seed } = shape;
  const text = ordinaryText(seeded(seed), Math.max(promptUnits, streamEvents * unitsAToken));
  const prompt = promptWork("64 KB prompt", "ordinary", text.slice(0, promptUnits));
  const tasks = plans.kinds.flatMap((kind) =>
    plans
      .stages(kind)
      .map((stage) => ({ kind, stage, work: stage === "prompt" ? prompt : streamFor(kind, text, streamEvents) })),
  );
  const done = tasks.map(() => ({ none: [] as number[], alone: [] as number[] }));
  for (let round = -warmUps(rounds); round < rounds; round++) {
    for (const [index, { kind, work }] of tasks.entries()) {
      const none = await pass(plans.none, parts, work.traffic);
      const alone = await pass(plans.alone(kind), parts, work.traffic);
      if (round < 0 && alone.verdict.kind !== "allow") faults.push(`${kind}, ${work.name}: ${alone.verdict.kind}`);
      if (round < 0) continue;
      done[index]?.none.push(none.wallMs);
      done[index]?.alone.push(alone.wallMs);
    }
  }
  return tasks.map(({ kind, stage, work: { bytes, events } }, index) => ({
    kind,
    on: stage === ("prompt" satisfies Stage) ? "prompt" : "stream",
    bytes,
    events,
    ...(done[index] as { none: number[]; alone: number[] }),
  }));
}

/** A stream in which there is something to do for that kind. */
function streamFor(kind: DetectKind, text: string, events: number): WorkTraffic {
  const wantsJson = kind === "reply-schema";
  if (!wantsJson && kind !== "tool-calls") return streamWork("ordinary", text, events);
  const tokens = jsonTokens(text, events);
  const reply = streamOf(tokens, wantsJson ? "content" : "arguments");
  const traffic = { request: promptForReply(wantsJson), reply };
  return {
    name: "2,000-event stream",
    text: "ordinary",
    bytes: bytesOfReply(reply),
    events: tokens.length,
    traffic,
    said: tokens.join(""),
  };
}

/** As much of the text, as JSON, as fits so many tokens. */
function jsonTokens(text: string, most: number): readonly string[] {
  for (let units = text.length; ; units = Math.floor(units * 0.9)) {
    const tokens = tokensOf(jsonText(text.slice(0, units)), Number.POSITIVE_INFINITY);
    if (tokens.length <= most) return tokens;
  }
}
