/** Rules on the source itself: what it does not show, and whether there is anything to look at. */
import type { Model } from "../model.ts";
import { at } from "../parts.ts";
import { managersOf } from "../passages.ts";
import { hitIf, type Rule } from "../rule.ts";

export const sourceRules: readonly Rule[] = [
  {
    id: "by-xds",
    severity: "warning",
    what: "comes by xDS and is not shown here",
    why: "what does not stand in the source cannot be checked",
    mend: "lint the live Envoy: its admin address, or a saved /config_dump?include_eds",
    find: ({ hidden }: Model) => hidden.map(({ what, ...spot }) => ({ spot, detail: what })),
  },
  {
    id: "nothing-here",
    severity: "warning",
    what: "no connection manager stands here",
    why: "nothing was checked",
    mend: "give the bootstrap that Envoy runs, or its admin address",
    find: (model) =>
      hitIf(managersOf(model).length === 0, { place: model.origin, part: at(model.bootstrap, "static_resources") }),
  },
];
