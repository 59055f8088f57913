/**
 * The files of a bundle: finds them, and lets none of them lead out of its folder. Their digest is what a model is pinned by.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, isAbsolute, join, normalize, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { err, ok, type Result } from "../../stdx/result.ts";
import { manifestName } from "./manifest.ts";
import { type OnnxFacts, readOnnx } from "./onnx-files.ts";

/** A file, what is wrong with it and how to mend it. */
export type BundleProblem = { readonly file: string; readonly message: string };

export type BundleFiles = {
  readonly folder: string;
  readonly format: "onnx" | "openvino";
  readonly model: string;
  /** The `.bin` beside an `.xml`. */
  readonly weights: string | null;
  /** What an ONNX file keeps beside it. */
  readonly external: readonly string[];
  /** Its INT8 scales are worked out from all that is in a batch: a text must not share one, or others change its score. */
  readonly hasBatchScales: boolean;
  readonly tokenizer: string;
  readonly config: string;
  readonly manifest: string | null;
};

/** The rest is for the engine that reads the file. */
type KeptFacts = Pick<OnnxFacts, "external" | "hasBatchScales">;

/** Larger is no model for one machine's guard, and ONNX's own form ends there. */
const modelBytesMax = 2 ** 31;
const textBytesMax = 1024 * 1024;

/** The usual names first. Exporters put the model in a folder `onnx/`, too. */
const onnxNames = ["model.onnx", "onnx/model.onnx"];
const openVinoNames = ["model.xml", "openvino_model.xml", "openvino/openvino_model.xml"];

export async function findFiles(folder: string): Promise<Result<BundleFiles, BundleProblem>> {
  const inside = await Inside.open(folder);
  if (!inside.ok) return inside;
  const at = inside.value;
  const model = (await at.first([...onnxNames, ...openVinoNames])) ?? (await at.onlyOnnx());
  if (model === null) return err({ file: folder, message: await withoutModel(at) });
  const format = model.endsWith(".onnx") ? "onnx" : "openvino";
  const wanted = [
    model,
    "tokenizer.json",
    "config.json",
    ...(format === "openvino" ? [model.replace(/\.xml$/, ".bin")] : []),
  ];
  for (const name of wanted) {
    const wrong = await at.check(name, /\.(?:onnx|bin)$/.test(name) ? modelBytesMax : 64 * textBytesMax);
    if (wrong !== null) return err(wrong);
  }
  const facts = format === "onnx" ? await at.onnx(model) : ok(await at.openVino(model));
  if (!facts.ok) return facts;
  const hasManifest = (await at.first([manifestName])) !== null;
  const wrongManifest = hasManifest ? await at.check(manifestName, textBytesMax) : null;
  if (wrongManifest !== null) return err(wrongManifest);
  return ok({
    folder: at.folder,
    format,
    model: at.path(model),
    weights: format === "openvino" ? at.path(model.replace(/\.xml$/, ".bin")) : null,
    ...facts.value,
    tokenizer: at.path("tokenizer.json"),
    config: at.path("config.json"),
    manifest: hasManifest ? at.path(manifestName) : null,
  });
}

async function withoutModel(at: Inside): Promise<string> {
  const none = "holds no model.onnx and no model.xml with model.bin";
  const onnx = await at.onnxFiles();
  if (onnx.length > 0) return `${none}; there is ${onnx.join(", ")}: name the one that shall run model.onnx`;
  const found = (await at.names("")).filter((name) => /\.(xml|safetensors|bin|pt)$/.test(name));
  if (found.length === 0) return none;
  return `${none}; there is ${found.join(", ")}: export it (optimum-cli export onnx --model DIR OUT)`;
}

/** `sha256:...` of all that decides what the model answers; the manifest's own line of it is left out. */
export async function digestOf(files: BundleFiles): Promise<string> {
  const whole = createHash("sha256");
  const listed = [files.model, files.weights, ...files.external, files.tokenizer, files.config].filter(
    (file) => file !== null,
  );
  for (const file of listed.toSorted()) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    whole.update(`${relative(files.folder, file)}\0${hash.digest("hex")}\n`);
  }
  if (files.manifest !== null) {
    const text = await readFile(files.manifest, "utf8");
    whole.update(text.replace(/^digest:.*$\n?/m, ""));
  }
  return `sha256:${whole.digest("hex")}`;
}

/** A folder that nothing leads out of. */
class Inside {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(folder: string): Promise<Result<Inside, BundleProblem>> {
    try {
      const real = await realpath(folder);
      if ((await stat(real)).isDirectory()) return ok(new Inside(real));
      return err({ file: folder, message: "is no folder; name the folder that holds model.onnx" });
    } catch (error) {
      return err({ file: folder, message: `cannot be read (${codeOf(error)})` });
    }
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async first(names: readonly string[]): Promise<string | null> {
    for (const name of names) {
      // A link that leads nowhere is there, and wrong.
      const found = await lstat(this.path(name)).catch(() => null);
      if (found !== null) return name;
    }
    return null;
  }

  /** Of a folder in it, sorted; none where there is no such folder. */
  async names(folder: string): Promise<readonly string[]> {
    const found: readonly string[] = await readdir(this.path(folder)).catch(() => []);
    return found.toSorted();
  }

  async onnxFiles(): Promise<readonly string[]> {
    const inFolder = (await this.names("onnx")).map((name) => `onnx/${name}`);
    return [...(await this.names("")), ...inFolder].filter((name) => name.endsWith(".onnx"));
  }

  /** Exporters that quantise call it `model_quantized.onnx`, and more. `null`: there is none, or it is not clear which. */
  async onlyOnnx(): Promise<string | null> {
    const [only, ...more] = await this.onnxFiles();
    return more.length === 0 ? (only ?? null) : null;
  }

  async check(name: string, bytesMax: number): Promise<BundleProblem | null> {
    const file = this.path(name);
    try {
      const real = await realpath(file);
      if (!isWithin(this.folder, real)) {
        return {
          file,
          message: "is a link that leads out of the model's folder; put a copy of the file there (cp -L)",
        };
      }
      const found = await stat(real);
      if (!found.isFile()) return { file, message: "is no file; export the model again" };
      const { size } = found;
      if (size === 0) return { file, message: "is empty; export the model again" };
      return size > bytesMax ? { file, message: `has ${size} bytes; ${bytesMax} are the most` } : null;
    } catch (error) {
      if (codeOf(error) === "ENOENT")
        return { file, message: missing[basename(name)] ?? "is missing; export the model again" };
      return { file, message: `cannot be read (${codeOf(error)})` };
    }
  }

  async onnx(model: string): Promise<Result<KeptFacts, BundleProblem>> {
    const file = this.path(model);
    const facts = readOnnx(await readFile(file));
    if (!facts.ok) return err({ file, message: `is no ONNX file: ${facts.error}` });
    const files: string[] = [];
    for (const name of facts.value.external) {
      if (!isPlain(name))
        return err({ file, message: "names a file of weights by what is no file name; export it again" });
      const beside = normalize(join(model, "..", name));
      if (isAbsolute(name) || beside.startsWith("..")) {
        return err({
          file,
          message: "keeps weights in a file outside of the model's folder; export it again with them inside",
        });
      }
      const wrong = await this.check(beside, modelBytesMax);
      if (wrong !== null) return err(wrong);
      files.push(this.path(beside));
    }
    return ok({ external: files, hasBatchScales: facts.value.hasBatchScales });
  }

  /** Of a model in OpenVINO's form: there the same is a minimum over all of a tensor, one number. */
  async openVino(model: string): Promise<KeptFacts> {
    const xml = await readFile(this.path(model), "latin1");
    return { external: [], hasBatchScales: hasWholeMinimum(xml) };
  }
}

/** Whether a layer of OpenVINO's XML takes the least of all numbers of a tensor: its output has no dimension. */
function hasWholeMinimum(xml: string): boolean {
  for (let at = xml.indexOf('type="ReduceMin"'); at >= 0; ) {
    const end = xml.indexOf("</layer>", at);
    if (/<output>\s*<port\b[^>]*\/>/.test(xml.slice(at, Math.max(at, end)))) return true;
    at = end < 0 ? -1 : xml.indexOf('type="ReduceMin"', end);
  }
  return false;
}

const missing: Readonly<Record<string, string>> = {
  "tokenizer.json":
    "is missing; save the tokenizer in its fast form beside the model (tokenizer.save_pretrained writes it)",
  "config.json": "is missing; copy the one that the model was exported from",
};

/** What is not UTF-8 would be one file here and another for a runtime. */
const isPlain = (name: string): boolean => name !== "" && !/[\p{Cc}\ufffd]/u.test(name);

const isWithin = (folder: string, path: string): boolean => path === folder || path.startsWith(folder + sep);
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "unknown";

const shortDigits = 12;
/** For people, and for records. */
export const shortDigest = (digest: string): string => digest.replace("sha256:", "").slice(0, shortDigits);
