// A bundle of the shape that rules ask where they name no model: the heads of `guard`, on the model `facts` that anybody can follow
// (test/models/facts/make.py).

import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { factsBundle } from "./model-store.ts";

/** `injection`: "ignore" and "rules" together; so is `toxicity`. `names`: "ada", "lovelace". `embedding`: sea, garden, books. */
export const guardManifest = `kind: Model
version: 1
name: guard
licence: Apache-2.0
window: 24
windowsMax: 128
heads:
  injection:
    output: risk
    task: sequence
    labels: { fine: null, attack: prompt-injection }
    thresholds: { fpr-1%: 0.97, never: 0.999 }
  injection-pair:
    output: support
    task: pair
    labels: { supported: null, unsupported: prompt-injection }
    pooling: min
  harm:
    output: risk
    task: sequence
    labels: { fine: null, attack: toxicity }
  toxicity:
    output: risk
    task: sequence
    labels: { fine: null, attack: toxicity }
    threshold: 0.97
  names:
    output: names
    task: token
    labels: { O: null, B-NAME: person, I-NAME: person }
  embedding:
    output: topic
    task: embedding
`;

export async function writeGuardBundle(folder: string): Promise<void> {
  await cp(factsBundle, folder, { recursive: true });
  await writeFile(join(folder, "sallyport-model.yaml"), guardManifest);
}
