// `npm start`: installs what is missing, gets Envoy, then runs the demonstration until Ctrl-C.
// It starts one child and waits for it; the child ends what it started itself.

import { join } from "node:path";
import { envoyPath } from "./envoy.mjs";
import { ensureInstalled, root } from "./install.mjs";
import { runNode24 } from "./node24.mjs";
import { runAsMain } from "./process.mjs";

await runAsMain(async () => {
  await ensureInstalled();
  const envoy = await envoyPath();
  return runNode24([join(root, "src", "main.ts"), "demo", ...process.argv.slice(2)], { ENVOY_BIN: envoy });
});
