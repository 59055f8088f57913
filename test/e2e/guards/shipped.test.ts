// Guards that ask the model that ships, through a real Envoy. See shipped-cases.ts.

import { runCases } from "./run-cases.ts";
import { shippedCases } from "./shipped-cases.ts";

// All the time they need: what is judged late is a question of the machine.
runCases(shippedCases, () => Promise.resolve({ limits: { promptBudgetMs: 20_000, windowBudgetMs: 20_000 } }));
