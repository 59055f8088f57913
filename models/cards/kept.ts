/** What was judged, kept in a folder, so that a long run that ended goes on where it was. By set; no text is kept. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JudgedRow } from "./figures.ts";

/** The key says all that the scores depend on, but for this program itself: a folder is for one run. */
export type Kept = {
  get(key: unknown): Promise<readonly JudgedRow[] | null>;
  put(key: unknown, rows: readonly JudgedRow[]): Promise<void>;
};

export async function openKept(folder: string): Promise<Kept> {
  await mkdir(folder, { recursive: true });
  const pathOf = (key: unknown): string =>
    join(folder, `${createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 32)}.json`);
  return {
    async get(key) {
      const text = await readFile(pathOf(key), "utf8").catch(() => null);
      return text === null ? null : (JSON.parse(text) as readonly JudgedRow[]);
    },
    async put(key, rows) {
      const path = pathOf(key);
      await writeFile(`${path}.part`, JSON.stringify(rows));
      await rename(`${path}.part`, path);
    },
  };
}
