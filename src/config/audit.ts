/** The audit record: the part of the configuration that says where it goes. Nothing is opened here. */
import * as z from "zod";
import { err, ok } from "../stdx/result.ts";
import type { RedisSettings } from "./redis.ts";
import { besideFile, complain, oneOf, saidOf, take, wholeNumber, type Written } from "./written.ts";

export const auditSinks = ["stdout", "file", "redis"] as const;
export const auditFailures = ["continue", "refuse"] as const;

export type AuditSettings = {
  readonly to: (typeof auditSinks)[number];
  /** Where its files and its head are; `null`: there are none, and each start begins a chain. */
  readonly folder: string | null;
  /** PEM file that signs checkpoints; `null`: nobody does. */
  readonly keyFile: string | null;
  /** The key that turns whose exchange it is into a name; `null`: nothing of that is told. */
  readonly subjectKeyFile: string | null;
  /** What becomes of exchanges while the record cannot be written. */
  readonly onFailure: (typeof auditFailures)[number];
  readonly fileBytesMax: number;
  readonly fileAgeS: number;
  readonly checkpointEntries: number;
  readonly checkpointS: number;
  /** The stream's key, after Redis's prefix. */
  readonly stream: string;
  readonly streamEntriesMax: number;
};

type Numbers = "fileBytesMax" | "fileAgeS" | "checkpointEntries" | "checkpointS" | "streamEntriesMax";
type Bounds = { readonly standard: number; readonly min: number; readonly max: number; readonly about: string };

const MiB = 1024 * 1024;

export const auditNumbers = {
  fileBytesMax: {
    ...{ standard: 64 * MiB, min: 64 * 1024, max: 4096 * MiB },
    about: "bytes of one file, about; then the next is begun",
  },
  fileAgeS: { standard: 86_400, min: 60, max: 31_622_400, about: "seconds that one file is written to" },
  checkpointEntries: { standard: 1000, min: 1, max: 100_000, about: "entries after which a checkpoint is made" },
  checkpointS: { standard: 10, min: 1, max: 3600, about: "seconds from an entry to the checkpoint after it" },
  streamEntriesMax: {
    ...{ standard: 1_000_000, min: 1000, max: 1_000_000_000 },
    about: "entries of the stream in Redis, about; older ones go",
  },
} as const satisfies Record<Numbers, Bounds>;

const standardStream = "audit";
const streamPattern = /^[A-Za-z0-9:._-]{1,64}$/;

const number = (name: Numbers) => {
  const { min, max, about, standard } = auditNumbers[name];
  return z.int().min(min).max(max).optional().describe(`${about}; ${standard} where left out`);
};
const file = (about: string) => z.string().min(1).optional().describe(about);

export const auditSource = z
  .strictObject({
    to: z.enum(auditSinks).describe("where it goes; redis: the one that redis names"),
    folder: file(
      "folder of its files, relative to this file, of one instance alone; for stdout and redis it keeps where the record ended, and may be left out",
    ),
    keyFile: file("PEM file of the Ed25519 key that signs checkpoints; they are not signed where left out"),
    subjectKeyFile: file(
      "file with the key that turns a principal or tenant into a name nobody can work back; none is told where left out",
    ),
    onFailure: z
      .enum(auditFailures)
      .optional()
      .describe(
        "while it cannot be written: continue serves on and counts what is lost; refuse takes no exchange; continue where left out",
      ),
    fileBytesMax: number("fileBytesMax"),
    fileAgeS: number("fileAgeS"),
    checkpointEntries: number("checkpointEntries"),
    checkpointS: number("checkpointS"),
    stream: z
      .string()
      .regex(streamPattern)
      .optional()
      .describe(`the stream's key, after the prefix of redis; ${standardStream} where left out`),
    streamEntriesMax: number("streamEntriesMax"),
  })
  .describe("the audit record of exchanges that were not plainly allowed, chained by hashes; none where left out");

/** `null`: there is none. */
export function readAudit(written: Written, redis: RedisSettings | null): AuditSettings | null {
  const to = saidOf(written, ["audit", "to"]);
  if (to === null) {
    const other = auditKeys.map((key) => saidOf(written, ["audit", key])).find((each) => each !== null);
    // A file without it is told by its schema.
    if (other !== undefined && other.place === null) complain(written, other, "audit also needs to");
    return null;
  }
  const path = (key: string): string | null => {
    const said = saidOf(written, ["audit", key]);
    return said === null ? null : besideFile(written, said);
  };
  const count = (name: Numbers): number => {
    const { min, max, standard } = auditNumbers[name];
    return take(written, ["audit", name], undefined, String(standard), (text) => wholeNumber(text, min, max));
  };
  const settings: AuditSettings = {
    to: take(written, ["audit", "to"], undefined, "stdout", (text) => oneOf(text, auditSinks)),
    folder: path("folder"),
    keyFile: path("keyFile"),
    subjectKeyFile: path("subjectKeyFile"),
    onFailure: take(written, ["audit", "onFailure"], undefined, "continue", (text) => oneOf(text, auditFailures)),
    fileBytesMax: count("fileBytesMax"),
    fileAgeS: count("fileAgeS"),
    checkpointEntries: count("checkpointEntries"),
    checkpointS: count("checkpointS"),
    stream: take(written, ["audit", "stream"], undefined, standardStream, (text) =>
      streamPattern.test(text) ? ok(text) : err("1 to 64 letters, digits and :._-"),
    ),
    streamEntriesMax: count("streamEntriesMax"),
  };
  if (settings.to === "file" && settings.folder === null) complain(written, to, "audit to file also needs folder");
  if (settings.to === "redis" && redis === null) complain(written, to, "audit to redis also needs redis with its url");
  return Object.freeze(settings);
}

const auditKeys = ["folder", "keyFile", "subjectKeyFile", "onFailure", "stream", ...Object.keys(auditNumbers)] as const;
