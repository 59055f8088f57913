// Every guard and action through a real Envoy. See cases.ts.

import { guardCases } from "./cases.ts";
import { runCases } from "./run-cases.ts";

runCases(guardCases, () => Promise.resolve({}));
