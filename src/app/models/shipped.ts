/**
 * The models that come with Sallyport: bundles in a folder of its own, and `shipped.json` beside them that pins each by its digest,
 * as `active.json` does in a store.
 *
 * Invariant: a bundle that is not what was pinned is refused. Loads no model, and reads none that nobody wants.
 */
import { join } from "node:path";
import { type Bundle, readBundle } from "../../inference/bundle/bundle.ts";
import { type BundleProblem, digestOf } from "../../inference/bundle/files.ts";
import { manifestName } from "../../inference/bundle/manifest.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type ActiveModels, type Pin, readPins } from "./active.ts";
import { bundlesIn, fallbackNameOf, reservedName } from "./store.ts";

export const shippedName = "shipped.json";

type Problems = readonly BundleProblem[];

const fetchAnew = "it came with Sallyport: fetch it anew (git checkout -- models), or install Sallyport again";

/** By name. `folder` null: they are left out. */
export async function readShipped(folder: string | null): Promise<Result<ReadonlyMap<string, Pin>, BundleProblem>> {
  if (folder === null) return ok(new Map());
  const read = await readPins(join(folder, shippedName), fetchAnew);
  if (!read.ok) return read;
  return ok(
    new Map([...read.value].flatMap(([name, { active }]) => (active === null ? [] : [[name, active] as const]))),
  );
}

/** The bundle as it was shipped. The error has file, both digests and what to do. */
export async function readShippedBundle(folder: string, name: string, pin: Pin): Promise<Result<Bundle, Problems>> {
  const path = join(folder, pin.folder);
  const read = await readBundle(path, fallbackNameOf(pin.folder));
  if (read.ok && read.value.digest === pin.digest && read.value.name === name) return read;
  const digest = read.ok ? read.value.digest : await digestAsShipped(path);
  const has = digest === null ? "its files are not all there" : `it has the digest ${digest}`;
  const mend = `${has}, and ${pin.digest} was shipped as ${name}; ${fetchAnew}`;
  if (read.ok) return err([{ file: path, message: `was changed or damaged: ${mend}` }]);
  return err(read.error.map(({ file, message }) => ({ file, message: `${message}; ${mend}` })));
}

/** Of files that need not be a bundle any more. `null`: one of them cannot be read. */
async function digestAsShipped(folder: string): Promise<string | null> {
  const at = (name: string): string => join(folder, name);
  const files = { model: at("model.onnx"), tokenizer: at("tokenizer.json"), config: at("config.json") };
  const none = { weights: null, external: [], hasBatchScales: false } as const;
  try {
    return await digestOf({ folder, format: "onnx", ...none, ...files, manifest: at(manifestName) });
  } catch {
    return null;
  }
}

/** What `shipped.json` has to say of the bundles in this folder. The error has a problem for each that cannot be shipped. */
export async function pinsToShip(folder: string): Promise<Result<ActiveModels, Problems>> {
  const stored = await bundlesIn(folder);
  if (!stored.ok) return err([stored.error]);
  const problems: BundleProblem[] = [];
  const pins = new Map<string, Pin>();
  for (const { folder: place, read } of stored.value) {
    if (!read.ok) {
      problems.push(...read.error);
      continue;
    }
    const { name, digest } = read.value;
    const reserved = reservedName(read.value);
    const other = pins.get(name);
    if (reserved !== null) problems.push(reserved);
    if (other !== undefined)
      problems.push({ file: join(folder, place), message: `is named ${name}, as ${other.folder} is` });
    pins.set(name, { folder: place, digest });
  }
  if (problems.length > 0) return err(problems);
  return ok(new Map([...pins].map(([name, active]) => [name, { active, candidate: null, history: [] }])));
}
