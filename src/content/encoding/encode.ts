/** Plain bytes -> packed ones, for bodies that were edited. */
import { assert } from "../../stdx/assert.ts";
import { openPacker, parseCodings } from "./codings.ts";
import { Run } from "./run.ts";

/** Applies the codings of a header that was decoded before. Throws InvariantError for a coding that is not known. */
export async function encodeWhole(bytes: Uint8Array, contentEncoding: string | null): Promise<Uint8Array> {
  const codings = parseCodings(contentEncoding);
  assert(codings.ok, "only what was decoded is encoded again");
  let packed = bytes;
  for (const coding of codings.value) {
    const out: Uint8Array[] = [];
    const run = new Run(openPacker(coding), (part) => out.push(part) > 0);
    const failure = (await run.write(packed)) ?? (await run.finish());
    assert(failure === null, "any bytes can be packed");
    packed = Buffer.concat(out);
  }
  return packed;
}
