// Runs a TypeScript or JavaScript file under Node 24 after making sure of the install:
//   node scripts/run.mjs FILE [ARGUMENT...]

import { ensureInstalled } from "./install.mjs";
import { runNode24 } from "./node24.mjs";
import { openVinoAtHand } from "./openvino.mjs";
import { NoticeError, runAsMain } from "./process.mjs";

await runAsMain(async () => {
  const args = process.argv.slice(2);
  if (args.length === 0) throw new NoticeError("usage: node scripts/run.mjs FILE [ARGUMENT...]");
  await ensureInstalled();
  const openVino = openVinoAtHand();
  return runNode24(args, openVino === undefined ? {} : { OPENVINO_LIBS: openVino });
});
