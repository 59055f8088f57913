// `npm start`: installs what is missing, gets Envoy and OpenVINO, then runs the demonstration until Ctrl-C.
// It starts one child and waits for it; the child ends what it started itself.

import { join } from "node:path";
import { envoyPath } from "./envoy.mjs";
import { ensureInstalled, root } from "./install.mjs";
import { runNode24 } from "./node24.mjs";
import { openVinoVariable } from "./openvino.mjs";
import { runAsMain } from "./process.mjs";

await runAsMain(async () => {
  await ensureInstalled();
  const envoy = await envoyPath();
  const openVino = await openVinoVariable("Models run on ONNX Runtime.");
  const program = [join(root, "src", "main.ts"), "demo", ...process.argv.slice(2)];
  return runNode24(program, { ENVOY_BIN: envoy, ...openVino });
});
