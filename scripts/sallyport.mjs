#!/usr/bin/env node
// The command `sallyport`: runs dist/main.js where it was built, else src/main.ts, under Node 24.
// With --max-semi-space-size among Node's options it runs in this process, else in a child that is given one.
// Arguments, stdio, signals and the exit status are those of the program.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureInstalled, root } from "./install.mjs";
import { hasHeapFlag, isNode24, runNode24 } from "./node24.mjs";
import { openVinoAtHand } from "./openvino.mjs";
import { runAsMain } from "./process.mjs";

const built = join(root, "dist", "main.js");
const entry = existsSync(built) ? built : join(root, "src", "main.ts");
const isCheckout = existsSync(join(root, "package-lock.json"));

if (isCheckout) await runAsMain(ensureInstalled);
const openVino = openVinoAtHand();
if (openVino !== undefined) process.env.OPENVINO_LIBS = openVino;
if (!process.exitCode) {
  if (isNode24() && hasHeapFlag()) {
    process.argv[1] = entry;
    await import(pathToFileURL(entry).href);
  } else {
    await runAsMain(() => runNode24([entry, ...process.argv.slice(2)]));
  }
}
