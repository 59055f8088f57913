/**
 * `active.json` of a store: which bundle serves under each name, which stands beside it in shadow, and what served before. Written
 * whole and renamed into place: who reads it sees the one before or the one after.
 */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { isAbsolute, join, normalize } from "node:path";
import * as z from "zod";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { err, ok, type Result } from "../../stdx/result.ts";

export const activeName = "active.json";
const bytesMax = 1024 * 1024;
/** What can be rolled back to, by name. */
export const historyMax = 20;

const pin = z.strictObject({
  /** Within the store. */
  folder: z.string().min(1).refine(isInside, "must be a folder of the store"),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});
const entry = z.strictObject({
  active: pin.nullable(),
  candidate: pin.nullable(),
  /** The latest last. */
  history: z.array(pin).max(historyMax),
});
const source = z.strictObject({
  kind: z.literal("ActiveModels"),
  version: z.literal(1),
  models: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/), entry),
});

/** A bundle by where it is and what it must be. */
export type Pin = Readonly<z.output<typeof pin>>;
export type ActiveEntry = {
  readonly active: Pin | null;
  readonly candidate: Pin | null;
  readonly history: readonly Pin[];
};
export type ActiveModels = ReadonlyMap<string, ActiveEntry>;

/** A store without the file has no active models. */
export const readActive = (store: string): Promise<Result<ActiveModels, BundleProblem>> =>
  readPins(join(store, activeName), "mend it, or remove it and activate the models again");

/** A file of this form, wherever it is; none there is one without models. `mend`: what to do where it is wrong. */
export async function readPins(file: string, mend: string): Promise<Result<ActiveModels, BundleProblem>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    return code === "ENOENT" || code === "ENOTDIR" ? ok(new Map()) : err({ file, message: `cannot be read (${code})` });
  }
  if (text.length > bytesMax) return err({ file, message: `is larger than ${bytesMax} bytes; ${mend}` });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err({ file, message: `is not JSON; ${mend}` });
  }
  const checked = source.safeParse(value);
  if (checked.success) return ok(new Map(Object.entries(checked.data.models)));
  const [issue] = checked.error.issues;
  return err({ file, message: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is not valid"}; ${mend}` });
}

/** Rejects where the store cannot be written. */
export const writeActive = (store: string, models: ActiveModels): Promise<void> =>
  writePins(join(store, activeName), models);

/** Rejects where the file cannot be written. */
export async function writePins(file: string, models: ActiveModels): Promise<void> {
  const staged = `${file}.${process.pid}.new`;
  const written = { kind: "ActiveModels", version: 1, models: Object.fromEntries(models) };
  try {
    await writeFile(staged, `${JSON.stringify(written, null, 2)}\n`);
    await rename(staged, file);
  } finally {
    await rm(staged, { force: true });
  }
}

function isInside(folder: string): boolean {
  const plain = normalize(folder);
  return !isAbsolute(plain) && plain !== "." && plain !== ".." && !plain.startsWith("../");
}
