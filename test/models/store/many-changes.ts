// A process of its own that gives many models to a store, one after another: STORE PREFIX COUNT.

import { changeActive } from "../../../src/app/models/change-active.ts";
import { activated } from "../../../src/app/models/store.ts";
import { ok } from "../../../src/stdx/result.ts";

const [store = "", prefix = "", count = ""] = process.argv.slice(2);
const pin = { folder: "guard", digest: `sha256:${"1".repeat(64)}` };
for (let at = 0; at < Number(count); at += 1) {
  const changed = await changeActive(store, (models) => ok(activated(models, `${prefix}-${at}`, pin)));
  if (!changed.ok) throw new Error(changed.error[0]?.message);
}
