/** One exception: checked, with every field filled in. Pure: what day it is comes from outside. */
import type { Category } from "../../domain/detector.ts";
import {
  complianceKinds,
  flowKinds,
  harmCategories,
  hiddenKinds,
  injectionCategories,
  linkKinds,
  nameCategories,
  type PolicyException,
  qualityKinds,
  similarCategory,
} from "../../domain/policy.ts";
import { piiKinds } from "../../domain/pii-kinds.ts";
import { secretKinds } from "../../domain/secret-kinds.ts";
import { suggestion } from "../nearest.ts";
import { detectKinds } from "../source/detect-source.ts";
import type { ExceptionSource } from "../source/exception-source.ts";
import type { PolicyTools } from "../tools.ts";
import { categoriesOf } from "./model.ts";
import { type Note, within } from "./note.ts";
import { compileScope, type Named } from "./scope.ts";

export type CompiledException = {
  readonly exception: PolicyException;
  readonly headers: readonly string[];
  readonly named: Named | null;
};

/** `null` where its day cannot be read; notes say why. Notes may also come beside an exception. */
export function compileException(source: ExceptionSource, tools: PolicyTools, note: Note): CompiledException | null {
  const categories = source.category === undefined ? null : [source.category].flat();
  for (const [index, category] of (categories ?? []).entries()) {
    const problem = categoryProblem(category, tools);
    if (problem !== null) note(Array.isArray(source.category) ? ["category", index] : ["category"], problem);
  }
  const literals = [...(source.literal === undefined ? [] : [source.literal]), ...(source.literals ?? [])];
  const hashes = source.sha256 === undefined ? [] : [source.sha256].flat();
  if (categories === null && literals.length === 0 && hashes.length === 0) {
    note(
      [],
      "an exception needs at least one of category, literal, literals, sha256: without one it would lift whole rules",
    );
  }
  const where = source.when === undefined ? null : compileScope(source.when, "fails", tools, within(note, "when"));
  const expiresS = daySeconds(source.expires);
  if (expiresS === null) {
    note(["expires"], `"${source.expires.slice(0, 40)}" is no day; write it as YYYY-MM-DD`);
    return null;
  }
  const exception: PolicyException = {
    id: source.id,
    reason: source.reason,
    owner: source.owner,
    expiresS,
    rules: source.rules === undefined ? null : [...new Set(source.rules)],
    categories: categories as readonly Category[] | null,
    literals: literals.length === 0 ? null : new Set(literals),
    sha256: hashes.length === 0 ? null : new Set(hashes),
    scope: where?.scope ?? null,
  };
  return { exception, headers: where?.headers ?? [], named: where?.named ?? null };
}

/** Seconds since the epoch at which that day begins in UTC; `null` for what is no day. */
function daySeconds(text: string): number | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const milliseconds = Date.UTC(year, month - 1, day);
  return new Date(milliseconds).toISOString().startsWith(text) ? milliseconds / 1000 : null;
}

/** The families whose names are a closed list. */
const namesIn: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ["pii", piiKinds],
  ["secrets", secretKinds],
  ["hidden", hiddenKinds],
  ["links", linkKinds],
  ["quality", qualityKinds],
  ["data-flow", flowKinds],
  ["topics", [similarCategory]],
  ["prompt-leak", ["system-prompt", "paraphrased"]],
  ["relevance", ["off-topic"]],
  ["compliance", complianceKinds],
]);

/** Of those the usual names: a model in the place of the usual one may find others. */
const usualNamesIn: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ["injection", injectionCategories],
  ["harm", harmCategories],
  ["names", nameCategories],
]);

function categoryProblem(category: string, { models }: PolicyTools): string | null {
  const [family = "", name = ""] = category.split("/");
  const model = models?.find((each) => each.name === family);
  if (model !== undefined) {
    const known = categoriesOf(model);
    if (name === "*" || known.includes(name)) return null;
    return `the model ${family} has no "${name}"${suggestion(name, known) || `; write ${family}/* for all of it`}`;
  }
  if (!detectKinds.some((kind) => kind === family)) {
    return `nothing finds "${family}"${suggestion(family, detectKinds) || `; there are ${detectKinds.join(", ")}`}`;
  }
  const usual = usualNamesIn.get(family);
  if (usual !== undefined && (models === null || models.some((each) => categoriesOf(each).includes(name)))) return null;
  const names = usual ?? namesIn.get(family);
  if (name === "*" || names === undefined || names.includes(name)) return null;
  return `${family} has no "${name}"${suggestion(name, names) || `; write ${family}/* for all of it`}`;
}
