/** How models are run: the part of the configuration that says it. Whether a folder holds a model is not asked here. */
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { usableCpus } from "./cpus.ts";

export const backendChoices = ["auto", "openvino", "onnxruntime"] as const;
export const precisionChoices = ["auto", "f32", "bf16", "f16"] as const;

export type ModelSettings = {
  /** The store; see docs/models.md. */
  readonly folder: string;
  /** Where the models are that come with Sallyport; `null`: they are left out. */
  readonly shippedFolder: string | null;
  readonly backend: (typeof backendChoices)[number];
  /** Where OpenVINO's libraries are; `null`: looked for. */
  readonly openvinoFolder: string | null;
  /** As OpenVINO calls it. */
  readonly device: string;
  readonly precision: (typeof precisionChoices)[number];
  /** CPU threads of all batches of a model together. */
  readonly threads: number;
  /** Batches of a model that run at once. */
  readonly streams: number;
  /** Tokens of one batch, padding counted. */
  readonly batchTokensMax: number;
  /** Tokens that wait for one model. */
  readonly queueTokensMax: number;
};

type Numbers = "threads" | "streams" | "batchTokensMax" | "queueTokensMax";
type Bounds = { readonly min: number; readonly max: number; readonly about: string };

export const modelNumbers = {
  threads: { min: 1, max: 1024, about: "CPU threads of one model; the CPUs that the process may use where left out" },
  streams: {
    min: 1,
    max: 1024,
    about:
      "batches of one model that run at once, each with threads / streams threads; as many as threads where left out",
  },
  batchTokensMax: { min: 64, max: 1_048_576, about: "tokens of one batch, padding counted; 4096 where left out" },
  queueTokensMax: {
    min: 1024,
    max: 1_073_741_824,
    about: "tokens that wait for one model, above which answers are unknown: overloaded; 262144 where left out",
  },
} as const satisfies Record<Numbers, Bounds>;

/** By this program's own place, which is two folders below it in its sources and where it was built to JavaScript. */
const shippedFolder = fileURLToPath(new URL("../../models", import.meta.url));

/** The CPUs that this process may use: a container's limit counts. */
export function standardModelSettings(): ModelSettings {
  const threads = usableCpus();
  return {
    folder: "models",
    shippedFolder,
    backend: "auto",
    openvinoFolder: null,
    device: "CPU",
    precision: "auto",
    threads,
    streams: threads,
    batchTokensMax: 4096,
    queueTokensMax: 262_144,
  };
}

export const devicePattern = /^[A-Z][A-Za-z0-9.:,_()-]{0,63}$/;

const count = (name: Numbers): z.ZodOptional<z.ZodInt> => {
  const { min, max, about } = modelNumbers[name];
  return z.int().min(min).max(max).optional().describe(about);
};

export const modelsSource = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .optional()
      .describe("the models' folder, relative to this file; models in the working folder where left out"),
    shipped: z.boolean().optional().describe("false: without the models that come with Sallyport; true where left out"),
    backend: z
      .enum(backendChoices)
      .optional()
      .describe("what runs them; auto where left out: OpenVINO where it is found, else ONNX Runtime"),
    openvinoFolder: z
      .string()
      .min(1)
      .optional()
      .describe("the folder of OpenVINO's libraries, relative to this file; looked for where left out"),
    device: z
      .string()
      .regex(devicePattern)
      .optional()
      .describe("as OpenVINO calls it: CPU, GPU, NPU, AUTO, GPU.1; CPU where left out"),
    precision: z
      .enum(precisionChoices)
      .optional()
      .describe("auto where left out: what the runtime takes for the fastest on that device"),
    threads: count("threads"),
    streams: count("streams"),
    batchTokensMax: count("batchTokensMax"),
    queueTokensMax: count("queueTokensMax"),
  })
  .describe("how guard models are run; see docs/models.md");
