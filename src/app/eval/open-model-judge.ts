/** A model of the store, of a folder, or that comes with Sallyport, as a judge: asked by the detector that rules ask it by. Loads it, and nothing else. */
import type { ModelSettings } from "../../config/models.ts";
import { isOfPairs, type ModelKind, type ModelSpec } from "../../domain/policy.ts";
import { openBackend } from "../../inference/backends/select.ts";
import { type Bundle, type HeadSpec, readBundle } from "../../inference/bundle/bundle.ts";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { detectKinds } from "../../policy/source/detect-source.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { openModel } from "../models/open-model.ts";
import { findModel } from "../models/find-model.ts";
import type { Stores } from "../models/wanted-models.ts";
import { systemClock } from "../surroundings.ts";
import { detectorJudge, type StagePlans } from "./judge.ts";
import { flagging, type Opened, patient } from "./open-judge.ts";

/** A kind of detect that asks the model, in the place of a rule that names it. */
type Asking = {
  readonly kind: ModelKind;
  readonly spec: ModelSpec;
  readonly detect: (threshold: number) => object;
};

/** `wanted`: a name, `NAME@DIGEST` or a folder, and `:HEAD` behind it where the model has several. */
export async function openModelJudge(
  wanted: string,
  settings: ModelSettings,
  asking: Asking | null = null,
): Promise<Opened> {
  const [, named = "", headName] = /^(.*?)(?::([a-z][a-z0-9-]*))?$/s.exec(wanted) ?? [];
  const bundle = await bundleOf(named, settings, asking);
  if (!bundle.ok) return err(linesOf(bundle.error));
  const head = headOf(bundle.value, headName ?? null);
  if (!head.ok) return err([head.error]);
  const misfit = asking === null ? null : misfitOf(asking, head.value);
  if (misfit !== null) return err([`${wanted}: ${misfit}`]);
  const backend = await openBackend({
    runtime: settings.backend,
    folders: settings.openvinoFolder === null ? [] : [settings.openvinoFolder],
    // Another thread takes its place; what it had is unknown, and is counted so.
    onDeath: () => undefined,
    nowMs: systemClock.nowMs,
  });
  if (!backend.ok) return err([backend.error.message]);
  const opened = await openModel({ backend: backend.value.backend, bundle: bundle.value, settings: patient(settings) });
  if (!opened.ok) {
    await backend.value.backend.close();
    return err(linesOf(opened.error));
  }
  const models = { get: (name: string) => (name === bundle.value.name ? opened.value : null) };
  const { name, task, threshold } = head.value;
  const { runtime, version, device, precision } = opened.value.description;
  const subject = {
    kind: "model",
    ...{ name: bundle.value.name, digest: bundle.value.digest, head: name, task, threshold },
    ...{ window: bundle.value.window.tokens, runtime, runtimeVersion: version, device, precision },
  } as const;
  const plans = (from: number): StagePlans => {
    const detect = asking?.detect(from) ?? { model: { name: bundle.value.name, head: name, threshold: from } };
    return {
      prompt: flagging("prompt", detect, models),
      // Against the user's task only what tools bring into a prompt is judged.
      reply: asking !== null && isOfPairs(task) ? null : flagging("reply", detect, models),
    };
  };
  return ok({
    // Words are only told apart by the threshold; what two texts give together is left out where each gives something alone.
    ...detectorJudge({
      subject,
      shipped: plans(threshold),
      all: plans(0),
      isSplit: task === "token" || task === "pair-token",
      threshold,
      looksAtTools: isOfPairs(task),
    }),
    async close() {
      await opened.value.close();
      await backend.value.backend.close();
    },
  });
}

async function bundleOf(
  wanted: string,
  stores: Stores,
  asking: Asking | null,
): Promise<Result<Bundle, readonly BundleProblem[]>> {
  if (/[/.]/.test(wanted)) return readBundle(wanted);
  const found = await findModel(stores, wanted);
  if (found.kind === "found") return ok(found.bundle);
  if (found.kind === "bad") return err(found.problems);
  const others = detectKinds.filter((kind) => kind !== "model").join(", ");
  const kinds =
    asking === null ? `is no kind of detector: those are ${others}` : `is the model that ${asking.kind} asks`;
  const message = found.problem.message.replace("--folder", "--models");
  return err([
    { file: wanted, message: kinds },
    { file: found.problem.file, message },
  ]);
}

function headOf({ name, heads }: Bundle, wanted: string | null): Result<HeadSpec, string> {
  const names = heads.map((head) => head.name).join(", ");
  const [first] = heads;
  const head = wanted === null && heads.length === 1 ? first : heads.find((each) => each.name === wanted);
  if (head === undefined) return err(`${name}: write ${name}:HEAD with one of its heads: ${names}`);
  if (head.task !== "embedding") return ok(head);
  return err(`${name} gives vectors: write a rule with examples of the topic, and take --policy`);
}

/** `null`: it answers what is asked. */
function misfitOf({ kind, spec }: Asking, { task, labels }: HeadSpec): string | null {
  if (spec.tasks?.includes(task) === false)
    return `gives answers of the task ${task}, and ${kind} asks for ${spec.tasks.join(" or ")}`;
  const missing = spec.categories?.find((category) => !labels.includes(category));
  return missing === undefined ? null : `has no category "${missing}"`;
}

const linesOf = (problems: readonly BundleProblem[]): readonly string[] =>
  problems.map(({ file, message }) => `${file}: ${message}`);
