// The bundles that make.py and quantize.py made.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Bundle, readBundle } from "../../../src/inference/bundle/bundle.ts";

export const bundleNames = [
  "bert",
  "bert-external",
  "bert-ir",
  "deberta-v3",
  "roberta",
  "xlm-roberta",
  "modernbert",
  "distilbert",
] as const;

/** Of `bert` in INT8, made by quantize.py. */
export const quantizedNames = ["bert-qdq", "bert-dynamic"] as const;

export const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

export async function bundleIn(name: string): Promise<Bundle> {
  const read = await readBundle(fixture(name));
  assert.ok(read.ok, JSON.stringify(read.ok ? "" : read.error));
  return read.value;
}
