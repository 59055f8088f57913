// `npm run conformance`: the ext_proc table through the real Envoy. Prints one line a cell and, last,
// `N passed, N failed`; exit status 1 if any failed. An argument picks the cells whose line contains it.

import { envoyPath } from "../../scripts/envoy.mjs";
import { cells, describeCell } from "./cells.ts";
import { type Outcome, runTable } from "./table.ts";

const wanted = process.argv[2] ?? "";
const count = { passed: 0, failed: 0 };

function tell({ cell, problems }: Outcome): void {
  count[problems.length === 0 ? "passed" : "failed"] += 1;
  console.log(`${problems.length === 0 ? "ok    " : "FAILED"} ${cell}`);
  for (const problem of problems) console.log(`         ${problem}`);
}

const chosen = cells.filter((cell) => describeCell(cell).includes(wanted));
await runTable({ envoy: await envoyPath(), cells: chosen, onOutcome: tell });
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exit(count.failed === 0 && count.passed > 0 ? 0 : 1);
