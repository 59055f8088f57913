// All dashboards, in the order in which they link to each other.

import { changes } from "./changes.ts";
import type { Dashboard } from "./dashboard.ts";
import { guards } from "./guards.ts";
import { latency } from "./latency.ts";
import { models } from "./models.ts";
import { overview } from "./overview.ts";

export const dashboards: readonly Dashboard[] = [overview, latency, guards, models, changes];
