/** The files in which a bundle's model is there: the usual one, and quantised copies that exporters put beside it. */
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Bundle } from "../../inference/bundle/bundle.ts";
import { readOnnx } from "../../inference/bundle/onnx-files.ts";

/** `file`: absolute. `runsAlone`: its texts share no batch when it serves. */
export type ModelFile = { readonly file: string; readonly runsAlone: boolean };

/** The usual one first. A copy that cannot be read says so when it is loaded. */
export async function modelFiles({ files }: Pick<Bundle, "files">): Promise<readonly ModelFile[]> {
  const folder = dirname(files.model);
  const copies = (await readdir(folder)).filter(
    // `model_int8.onnx`, `model_quantized.onnx`
    (name) => name !== basename(files.model) && /^model[-_][a-z0-9_-]+\.onnx$/.test(name),
  );
  const found: ModelFile[] = [{ file: files.model, runsAlone: files.hasBatchScales }];
  for (const name of copies.toSorted()) {
    const file = join(folder, name);
    const facts = readOnnx(await readFile(file));
    found.push({ file, runsAlone: facts.ok && facts.value.hasBatchScales });
  }
  return found;
}
