/** One digest for each question: who asks, under which policy, of which model, about what. Pure. */
import { hash } from "node:crypto";
import type { ScoreQuestion } from "../../domain/score-memory.ts";

/** Raised when what is digested, or what is kept under it, takes another form. */
const format = 1;

export type Asker = {
  /** The program's own version: another release may read the same model's numbers in another way. */
  readonly release: string;
  readonly tenant: string | null;
  readonly policy: string;
};

/** 32 bytes. */
export function questionDigest({ release, tenant, policy }: Asker, question: ScoreQuestion): Buffer {
  const { detector, model, roles, evidence, text } = question;
  const kind = evidence === null ? "text" : "pair";
  const fields = [String(format), release, tenant, policy, detector, model, kind, roles.join(" "), evidence, text];
  return hash("sha256", encodeFields(fields), "buffer");
}

const nothing = 0xffff_ffff;
const prefixBytes = 4;

/**
 * Each field's length in bytes before it, so that no two lists give the same bytes. In UTF-16, since UTF-8 has one form for all
 * halves of a pair. `null` has a length that no text has.
 */
export function encodeFields(fields: readonly (string | null)[]): Buffer {
  const size = fields.reduce((sum, field) => sum + prefixBytes + 2 * (field?.length ?? 0), 0);
  const bytes = Buffer.alloc(size);
  let at = 0;
  for (const field of fields) {
    at = bytes.writeUInt32BE(field === null ? nothing : 2 * field.length, at);
    if (field !== null) at += bytes.write(field, at, "utf16le");
  }
  return bytes;
}
