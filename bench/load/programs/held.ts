// A process of its own that passes one body through and tells how much memory that took: `held.ts prompt|stream SIZE`.
// Prints JSON: bytes of the body, milliseconds, and by how many bytes the most memory ever resident grew.

import { planFrom } from "../../../test/helpers/exchange.ts";
import { type DialectBody, longPrompt, longStream } from "../dialect-bodies.ts";
import { through } from "../dialect-pass.ts";
import { openParts } from "../pass.ts";

const [, , what, size = "0"] = process.argv;
const make = (count: number): DialectBody => (what === "prompt" ? longPrompt(count) : longStream(count));
const plan = planFrom(
  "kind: Policy\nversion: 1\ndefaults: { onUnknown: closed, onUnreadable: block }\nrules: [{ id: w, stage: [prompt, reply], views: [], detect: { keywords: { list: [zebrastripe] } }, action: block }]\n",
);
const parts = openParts();
/** In KiB, as the system counts. */
const most = (): number => process.resourceUsage().maxRSS;

for (let round = 0; round < 5; round++) await through(make(Math.min(2000, Number(size))), plan, parts);
const body = make(Number(size));
const before = most();
const { ms, blocked } = await through(body, plan, parts);
process.stdout.write(JSON.stringify({ bytes: body.bytes, ms, blocked, heldBytes: (most() - before) * 1024 }));
