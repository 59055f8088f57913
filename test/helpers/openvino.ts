// OpenVINO's libraries for tests: those that `npm test` has got, or the cache's. A test without them says why it is skipped.

import { openVinoAtHand } from "../../scripts/openvino.mjs";
import { librariesIn, type OpenVinoLibraries } from "../../src/inference/openvino-libraries.ts";

const folder = openVinoAtHand();
const found = folder === undefined ? null : librariesIn(folder);

/** The test option: `test("runs on OpenVINO", needsOpenVino, async () => ...)`. */
export const needsOpenVino: { readonly skip: string | false } = {
  skip: found === null ? "needs OpenVINO: `node scripts/openvino.mjs` says why it is missing" : false,
};

/** Within a test that has `needsOpenVino`. */
export function openVinoLibraries(): OpenVinoLibraries {
  if (found === null) throw new Error("a test that needs OpenVINO says so by its options");
  return found;
}
