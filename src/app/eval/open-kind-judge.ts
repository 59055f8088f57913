/** A kind of detect that a model answers, as a judge: asked as a rule asks that names no model. Loads that model. */
import type { ModelSettings } from "../../config/models.ts";
import { type ModelKind, modelKinds, modelOf } from "../../domain/policy.ts";
import { assert } from "../../stdx/assert.ts";
import { err } from "../../stdx/result.ts";
import { type Opened, oneRule } from "./open-judge.ts";
import { openModelJudge } from "./open-model-judge.ts";

type Kind = Exclude<ModelKind, "model">;
/** `word`: which of it. */
type KindWanted = { readonly kind: Kind; readonly word: string | null };

/** `KIND` or `KIND:WORD`: `injection:task`, or one category as in `harm:toxicity`; `null`: it is something else. */
export function kindWanted(detector: string): KindWanted | null {
  const [name, word = null, ...more] = detector.split(":");
  const kind = modelKinds.find((each) => each === name);
  return kind === undefined || kind === "model" || more.length > 0 ? null : { kind, word };
}

export async function openKindJudge({ kind, word }: KindWanted, settings: ModelSettings): Promise<Opened> {
  const written = word === null ? {} : kind === "injection" ? { against: word } : { categories: [word] };
  const rule = oneRule("prompt", { [kind]: written });
  if (!rule.ok) {
    const asked = word === null ? kind : `${kind}:${word}`;
    return err([`${asked}: ${rule.error}; what needs more settings is written into a rule: take --policy`]);
  }
  const spec = modelOf(rule.value.detect);
  assert(spec !== null, "a model answers it");
  const wanted = spec.head === null ? spec.name : `${spec.name}:${spec.head}`;
  return openModelJudge(wanted, settings, {
    kind,
    spec,
    detect: (threshold) => ({ [kind]: { ...written, threshold } }),
  });
}
