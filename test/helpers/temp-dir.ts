// A private folder that goes with its holder. Short, because a UNIX socket's path may have 107 bytes.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TempDir extends AsyncDisposable {
  readonly path: string;
  join(name: string): string;
}

export async function openTempDir(): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), "sp-"));
  return {
    path,
    join: (name) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
