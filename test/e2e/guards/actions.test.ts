// Marks and held replies through a real Envoy. See action-cases.ts.

import { actionCases } from "./action-cases.ts";
import { runCases } from "./run-cases.ts";

runCases(actionCases, () => Promise.resolve({}));
