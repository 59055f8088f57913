/**
 * A model's folder, read: what its exporter wrote, and over it what its manifest says. Nothing is loaded here; what the model
 * itself says of its inputs and outputs is held against this when it is.
 */
import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { Mistake } from "../../domain/policy.ts";
import { readDocument } from "../../policy/document.ts";
import { checkValue } from "../../policy/explain.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { WindowShape } from "../tokens/windows.ts";
import { type Exported, labelsOf, longestInput, readExported } from "./exported.ts";
import { type BundleFiles, type BundleProblem, digestOf, findFiles } from "./files.ts";
import { type HeadSource, type ManifestSource, manifestSource, type Pooling, type Task } from "./manifest.ts";

/** `null`: the label is fine, and is no finding. */
export type LabelCategory = string | null;

/** Begin, inside, end, single; `null`: the label does not say. */
export type LabelTag = "B" | "I" | "E" | "S" | null;

export type Calibration =
  | { readonly kind: "temperature"; readonly temperature: number }
  | { readonly kind: "platt"; readonly scale: number; readonly offset: number };

/** What a model answers. */
export type HeadSpec = {
  readonly name: string;
  /** `null`: the model's only output. */
  readonly output: string | null;
  readonly task: Task;
  /** By the number of the label. Empty for an embedding. */
  readonly labels: readonly LabelCategory[];
  /** By the number of the label: where in a span its word stands. All `null` but for heads that label words. */
  readonly tags: readonly LabelTag[];
  readonly calibration: Calibration;
  readonly threshold: number;
  readonly thresholds: Readonly<Record<string, number>>;
  readonly pooling: Pooling;
  readonly vector: "mean" | "first";
};

export type Bundle = {
  readonly name: string;
  readonly digest: string;
  readonly files: BundleFiles;
  readonly licence: string | null;
  readonly padId: number;
  /** Ids that the model knows are below it; `null`: its exporter did not say. */
  readonly vocabularySize: number | null;
  /** Tokens in a window with its special tokens, and the rest of its shape in tokens of text is for whoever knows those. */
  readonly window: { readonly tokens: number; readonly stride: number | null; readonly most: number };
  readonly unknownShareMax: number;
  readonly heads: readonly HeadSpec[];
};

const defaults = { window: 256, windowsMax: 256, unknownShareMax: 0.2, threshold: 0.5 } as const;
const longestWindow = 8192;

/** `fallbackName`: for a manifest that gives none; else the folder's name counts. */
export async function readBundle(
  folder: string,
  fallbackName: string = basename(resolve(folder)),
): Promise<Result<Bundle, readonly BundleProblem[]>> {
  const files = await findFiles(folder);
  if (!files.ok) return err([files.error]);
  const manifest = await readManifest(files.value.manifest);
  if (!manifest.ok) return manifest;
  const exported = readExported(await readFile(files.value.config, "utf8"));
  if (!exported.ok) return err([{ file: files.value.config, message: exported.error }]);
  const digest = await digestOf(files.value);
  return assemble(files.value, manifest.value, exported.value, { digest, fallbackName });
}

async function readManifest(file: string | null): Promise<Result<ManifestSource | null, readonly BundleProblem[]>> {
  if (file === null) return ok(null);
  const problems = (mistakes: readonly Mistake[]): readonly BundleProblem[] =>
    mistakes.map(({ line, column, message }) => ({ file: `${file}:${line}:${column}`, message }));
  const document = readDocument(await readFile(file));
  if (!document.ok) return err(problems(document.error));
  const checked = checkValue(manifestSource, document.value);
  return checked.ok ? checked : err(problems(checked.error));
}

function assemble(
  files: BundleFiles,
  manifest: ManifestSource | null,
  exported: Exported,
  { digest, fallbackName }: { readonly digest: string; readonly fallbackName: string },
): Result<Bundle, readonly BundleProblem[]> {
  const problems: BundleProblem[] = [];
  const manifestFile = files.manifest ?? files.folder;
  if (manifest?.digest !== undefined && manifest.digest !== digest) {
    problems.push({
      file: manifestFile,
      message: `digest: the files have ${digest}; they were changed, or it is another model`,
    });
  }
  const name = manifest?.name ?? nameOf(fallbackName);
  if (name === null) {
    problems.push({
      file: files.folder,
      message: `its name cannot be a model's; rename the folder, or write name: in the manifest`,
    });
  }
  const longest = Math.min(longestWindow, longestInput(exported) ?? longestWindow);
  const tokens = manifest?.window ?? Math.min(defaults.window, longest);
  if (tokens > longest) {
    problems.push({ file: manifestFile, message: `window: the model takes ${longest} tokens at most` });
  }
  if (manifest?.stride !== undefined && manifest.stride > tokens) {
    problems.push({
      file: manifestFile,
      message: "stride: must not be above window, or text between windows is not seen",
    });
  }
  const heads = headsOf(manifest, exported, (message) => problems.push({ file: files.config, message }));
  if (problems.length > 0) return err(problems);
  return ok({
    name: name as string,
    digest,
    files,
    licence: manifest?.licence ?? null,
    padId: exported.pad_token_id ?? 0,
    vocabularySize: exported.vocab_size ?? null,
    window: { tokens, stride: manifest?.stride ?? null, most: manifest?.windowsMax ?? defaults.windowsMax },
    unknownShareMax: manifest?.unknownShareMax ?? defaults.unknownShareMax,
    heads,
  });
}

/** The shape of windows once it is known how many special tokens stand around a text. */
export function windowShape({ window }: Bundle, specialTokens: number): WindowShape {
  const size = Math.max(1, window.tokens - specialTokens);
  return { size, stride: Math.min(size, window.stride ?? Math.max(1, Math.floor((size * 3) / 4))), most: window.most };
}

function headsOf(
  manifest: ManifestSource | null,
  exported: Exported,
  note: (message: string) => void,
): readonly HeadSpec[] {
  const written = manifest?.heads;
  if (written !== undefined) {
    return Object.entries(written).map(([name, source]) => headOf(name, source.task, source, exported, note));
  }
  const task = taskOf(exported);
  if (task !== null) return [headOf("main", task, null, exported, note)];
  const [architecture = "none"] = exported.architectures ?? [];
  note(`architectures: what ${architecture} answers is not known; write heads: in a sallyport-model.yaml`);
  return [];
}

/** By the names that exporters give: `BertForSequenceClassification`, `XLMRobertaForTokenClassification`. */
function taskOf({ architectures, problem_type }: Exported): Task | null {
  const [architecture = ""] = architectures ?? [];
  if (architecture.endsWith("ForTokenClassification")) return "token";
  if (/ForSequenceClassification/.test(architecture)) {
    return problem_type === "multi_label_classification" ? "multi-label" : "sequence";
  }
  return architecture.endsWith("Model") ? "embedding" : null;
}

function headOf(
  name: string,
  task: Task,
  source: HeadSource | null,
  exported: Exported,
  note: (message: string) => void,
): HeadSpec {
  return {
    name,
    task,
    output: source?.output ?? null,
    labels: task === "embedding" ? [] : categoriesOf(name, task, source, labelsOf(exported), note),
    tags: namesOf(source, exported).map((label) => (labelsWords(task) ? tagOf(label) : null)),
    calibration: calibrationOf(source),
    threshold: source?.threshold ?? defaults.threshold,
    thresholds: source?.thresholds ?? {},
    // A word of a claim is borne out where one window of the evidence bears it out.
    pooling: source?.pooling ?? (task === "pair-token" ? "min" : "max"),
    vector: source?.vector ?? "mean",
  };
}

const labelsWords = (task: Task): boolean => task === "token" || task === "pair-token";

function calibrationOf(source: HeadSource | null): Calibration {
  const { temperature = 1, scale, offset } = source?.calibration ?? {};
  if (scale === undefined || offset === undefined) return { kind: "temperature", temperature };
  return { kind: "platt", scale, offset };
}

/** Names that exporters give to the class that is fine. */
const fineLabels =
  /^(?:o|safe|benign|label_0|negative|neutral|normal|clean|ok|none|non[-_ ]?toxic|not[-_ ].*|legit|no|false|entailment|supported|consistent)$/i;

function categoriesOf(
  head: string,
  task: Task,
  source: HeadSource | null,
  exported: readonly string[],
  note: (message: string) => void,
): readonly LabelCategory[] {
  const written = source?.labels;
  if (written === undefined) {
    if (exported.length === 0) note(`id2label: names no labels; write heads.${head}.labels in a sallyport-model.yaml`);
    return exported.map((label) =>
      fineLabels.test(label) ? null : slug(labelsWords(task) ? label.replace(/^[BIESLU]-/, "") : label),
    );
  }
  const unknown = Object.keys(written).filter((label) => exported.length > 0 && !exported.includes(label));
  for (const label of unknown) note(`id2label: has no label "${label}" that heads.${head}.labels names`);
  // Without names in config.json the order is the one written.
  const labels = exported.length > 0 ? exported : Object.keys(written);
  return labels.map((label) => {
    const category = written[label];
    if (category === undefined)
      note(`heads.${head}.labels: says nothing of the label "${label}"; write its category, or null`);
    return category ?? null;
  });
}

/** Without names in config.json the order is the one written. */
function namesOf(source: HeadSource | null, exported: Exported): readonly string[] {
  const names = labelsOf(exported);
  return names.length > 0 ? names : Object.keys(source?.labels ?? {});
}

/** BIO, BIOES and BILOU. */
const tagLetters: Readonly<Record<string, LabelTag>> = { B: "B", I: "I", E: "E", L: "E", S: "S", U: "S" };

function tagOf(label: string): LabelTag {
  const letter = /^([BIESLU])-/.exec(label)?.[1];
  return letter === undefined ? null : (tagLetters[letter] ?? null);
}

function slug(label: string): string {
  const made = label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return /^[a-z]/.test(made) ? made.slice(0, 63) : `label-${made}`.slice(0, 63);
}

function nameOf(written: string): string | null {
  return /^[a-z]/i.test(written) ? slug(written) : null;
}
