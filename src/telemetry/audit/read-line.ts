/** One line of an audit record, read. Pure. What is not of the form is `null`, and never an exception. */
import { type AuditKind, auditKinds, type CheckpointReason, checkpointReasons, hashOf, type Head } from "./chain.ts";

/** A line longer than this is none of ours, in bytes. */
export const lineBytesMax = 128 * 1024;
/** What each of ours begins with: so it is told from lines of a log. */
export const lineBegins = '{"audit":';

export type ReadLine = {
  readonly instance: string;
  readonly seq: number;
  /** Since the Unix epoch. */
  readonly timeMs: number;
  readonly kind: AuditKind;
  readonly prev: string;
  readonly hash: string;
  /** The hash is that of what stands there. */
  readonly isIntact: boolean;
  readonly line: string;
};

const head =
  /^\{"audit":1,"instance":"([0-9a-f]{24})","seq":([1-9][0-9]{0,14}),"time":"([0-9]{4}-[0-9T:.-]{18}Z)","kind":"([a-z]{4,10})","prev":"([0-9a-f]{64})"(?=,)/;
const tail = /^,"hash":"([0-9a-f]{64})"\}$/;
const tailLength = 75;

/** `line`: without its line end. */
export function readLine(line: string): ReadLine | null {
  if (line.length > lineBytesMax || !line.startsWith(lineBegins)) return null;
  const [, instance, seq, time = "", kindText, prev] = head.exec(line) ?? [];
  const [, hash] = tail.exec(line.slice(-tailLength)) ?? [];
  const kind = auditKinds.find((each) => each === kindText);
  const timeMs = Date.parse(time);
  if (instance === undefined || prev === undefined || hash === undefined || kind === undefined) return null;
  if (Number.isNaN(timeMs)) return null;
  const isIntact = hashOf(line.slice(0, -tailLength)) === hash;
  return { instance, seq: Number(seq), timeMs, kind, prev, hash, isIntact, line };
}

/** What a `start` says of the record before it. `torn`: bytes of a last line that was cut short. */
export type StartFields = {
  readonly after: (Head & { readonly instance: string }) | null;
  readonly end: "none" | "clean" | "unclean" | "cut";
  readonly torn: number;
};

export function startFields({ line }: ReadLine): StartFields | null {
  const fields = fieldsOf(line);
  const { after, end, torn } = fields ?? {};
  const known = (["none", "clean", "unclean", "cut"] as const).find((each) => each === end);
  if (known === undefined || !isCount(torn)) return null;
  if (after === null) return { after, end: known, torn };
  const { instance, seq, hash } = typeof after === "object" ? (after as Record<string, unknown>) : {};
  if (typeof instance !== "string" || typeof hash !== "string" || !isCount(seq)) return null;
  return { after: { instance, seq, hash }, end: known, torn };
}

export type CheckpointFields = {
  readonly reason: CheckpointReason;
  /** `null`: not signed. `text` is what the signature is of. */
  readonly signed: { readonly key: string; readonly signature: string; readonly text: string } | null;
};

const signature = /,"signature":"([A-Za-z0-9+/]{86}==)"$/;

export function checkpointFields({ line }: ReadLine): CheckpointFields | null {
  const fields = fieldsOf(line);
  const reason = checkpointReasons.find((each) => each === fields?.["for"]);
  if (fields === null || reason === undefined) return null;
  const before = line.slice(0, -tailLength);
  const [all = "", written] = signature.exec(before) ?? [];
  const key = fields["key"];
  if (written === undefined || typeof key !== "string") return { reason, signed: null };
  return { reason, signed: { key, signature: written, text: before.slice(0, before.length - all.length) } };
}

/** How many entries a `lost` stands for. */
export function lostCount({ line }: ReadLine): number {
  const count = fieldsOf(line)?.["count"];
  return isCount(count) ? count : 0;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function fieldsOf(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null; // what JSON.parse throws at what is none
  }
}
