// Program: one run of the closed-loop client. `client.ts load JSON` or `client.ts marked PORT STREAMS`; prints the result as
// one line of JSON.

import { type Load, runLoad, runMarked } from "../closed-loop.ts";

const [kind, first, second] = process.argv.slice(2);
const result =
  kind === "load" ? await runLoad(JSON.parse(first ?? "") as Load) : await runMarked(Number(first), Number(second));
console.log(JSON.stringify(result));
