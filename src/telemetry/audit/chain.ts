/**
 * The chain of an audit record: one JSON object a line, each with the hash of the line before it. Pure: time and identity come from
 * outside, and nothing is written here.
 *
 * The form of a line is fixed to the byte, in ASCII: `{"audit":1,"instance":I,"seq":N,"time":T,"kind":K,"prev":P` then what the kind has,
 * then `,"hash":H}`. H is the SHA-256, in hex, of all that stands before `,"hash"`. P is the H of the line before.
 */
import { hash } from "node:crypto";
import type { Signer } from "./checkpoint.ts";
import { checkpointText } from "./checkpoint.ts";

export const auditKinds = ["start", "exchange", "event", "lost", "checkpoint", "rotate", "stop"] as const;
export type AuditKind = (typeof auditKinds)[number];

/** Why a checkpoint was made. After `stop` its instance writes no more, after `rotate` no more to this file. */
export const checkpointReasons = ["entries", "time", "rotate", "stop"] as const;
export type CheckpointReason = (typeof checkpointReasons)[number];

/** Where a chain stands: its last entry. `seq` 0: it has none yet. */
export type Head = { readonly seq: number; readonly hash: string };

export const noHead: Head = { seq: 0, hash: "0".repeat(64) };

/** An entry that has no place in the chain yet. `timeMs`: since the Unix epoch. `body`: of `bodyOf`. */
export type Entry = {
  readonly kind: Exclude<AuditKind, "checkpoint">;
  readonly timeMs: number;
  readonly body: string;
};

/** What a kind of entry has of its own, as it stands in the line: `,"name":value...`, or nothing. */
export function bodyOf(fields: object): string {
  const text = JSON.stringify(fields);
  return text === "{}" ? "" : `,${inAscii(text).slice(1, -1)}`;
}

/** JSON says the same with an escape: then bytes are characters, and nothing on the way can spell a line anew. */
function inAscii(json: string): string {
  return json.replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export type Chain = {
  readonly head: Head;
  /** The entry as the next line, without a line end. */
  seal(entry: Entry): string;
  /** A checkpoint as the next line; unsigned where there is no signer. */
  sealCheckpoint(reason: CheckpointReason, timeMs: number, signer: Signer | null): string;
};

/** `instance`: 24 hex digits. The first line follows `after`. */
export function createChain(instance: string, after: Head): Chain {
  let { seq, hash: prev } = after;
  const open = (kind: AuditKind, timeMs: number): string =>
    `{"audit":1,"instance":"${instance}","seq":${seq + 1},"time":"${new Date(timeMs).toISOString()}","kind":"${kind}","prev":"${prev}"`;
  const close = (text: string): string => {
    seq += 1;
    prev = hashOf(text);
    return `${text},"hash":"${prev}"}`;
  };
  return {
    get head() {
      return { seq, hash: prev };
    },
    seal: ({ kind, timeMs, body }) => close(`${open(kind, timeMs)}${body}`),
    sealCheckpoint(reason, timeMs, signer) {
      const text = `${open("checkpoint", timeMs)},"for":"${reason}"`;
      if (signer === null) return close(text);
      const signed = `${text},"key":"${signer.id}"`;
      return close(`${signed},"signature":"${signer.sign(checkpointText(signed))}"`);
    },
  };
}

/** SHA-256 in hex of a line's text before `,"hash"`. */
export const hashOf = (text: string): string => hash("sha256", text, "hex");
