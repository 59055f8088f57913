/** What a rule asks of a model, held against the models that there are. Without knowing those, only its own sense is checked. */
import {
  harmCategories,
  isOfPairs,
  modelKinds,
  type ModelKind,
  type ModelSpec,
  nameCategories,
  pairTasks,
  similarCategory,
} from "../../domain/policy.ts";
import type { Path } from "../document.ts";
import { suggestion } from "../nearest.ts";
import { detectKinds, type DetectSource } from "../source/detect-source.ts";
import type { KnownModel } from "../tools.ts";
import { modelCompilers, vectorsOf } from "./model-specs.ts";
import { type Note, within } from "./note.ts";

type Head = KnownModel["heads"][number];
type Models = readonly KnownModel[] | null;

/** Without the family. */
export const categoriesOf = ({ heads }: KnownModel): readonly string[] => [
  ...new Set(heads.flatMap(({ task, categories }) => (task === "embedding" ? [similarCategory] : categories))),
];

/** Ask models too, of two texts. */
type OtherKind = "compliance" | "groundedness" | "prompt-leak" | "relevance";

/** A rule's question, and where in it mistakes are told. */
type Question = {
  /** What asks. */
  readonly kind: ModelKind | OtherKind;
  readonly spec: Pick<ModelSpec, "name" | "head" | "tasks" | "threshold" | "examples">;
  readonly categories: readonly string[];
  /** The rule names the model, in this map; `null`: it is the usual one. */
  readonly named: Path | null;
};

/** `note`: of the rule's `detect`. */
export function checkModels(source: DetectSource, models: Models, note: Note): void {
  const judge = source.groundedness?.model;
  if (judge !== undefined) {
    const spec = { ...judge, head: judge.head ?? null, tasks: pairTasks, threshold: null, examples: [] } as const;
    const question: Question = { kind: "groundedness", spec, categories: [], named: ["model"] };
    checkQuestion(question, models, within(note, "groundedness"));
  }
  for (const [kind, path, written] of [
    ["prompt-leak", ["paraphrased"], source["prompt-leak"]?.paraphrased],
    ["relevance", [], source.relevance],
    ["compliance", [], source.compliance],
  ] as const) {
    if (written === undefined) continue;
    const spec = { ...vectorsOf(written.model), tasks: ["embedding"], threshold: null, examples: [] } as const;
    const named = written.model === undefined ? null : ["model"];
    checkQuestion({ kind, spec, categories: [], named }, models, within(note, kind, ...path));
  }
  for (const kind of modelKinds) {
    const written = source[kind];
    if (written === undefined) continue;
    const inKind = within(note, kind);
    if (source.model !== undefined && kind === "model") checkTogether(source.model, inKind);
    const spec = (modelCompilers[kind] as (written: unknown) => ModelSpec)(written);
    const categories = "categories" in written ? (written.categories ?? []) : [];
    const named = kind === "model" ? [] : "model" in written && written.model !== undefined ? ["model"] : null;
    checkExamples("examples" in written ? written.examples : [], inKind);
    if (checkUsual({ kind, spec, categories, named }, inKind))
      checkQuestion({ kind, spec, categories, named }, models, inKind);
  }
}

function checkTogether(
  { examples, minSimilarity, categories, threshold }: NonNullable<DetectSource["model"]>,
  note: Note,
): void {
  if ((examples === undefined) !== (minSimilarity === undefined)) {
    note([], "examples and minSimilarity go together: write both, or neither");
  }
  if (examples !== undefined && (categories !== undefined || threshold !== undefined)) {
    note([], "with examples there are no categories and no threshold: minSimilarity says what is a finding");
  }
}

function checkExamples(examples: readonly string[] = [], note: Note): void {
  for (const [index, text] of examples.entries()) {
    if (text.trim() === "") note(["examples", index], "an example of white space only; remove it");
    else if (!text.isWellFormed()) note(["examples", index], "an example with half a character (a lone surrogate)");
  }
}

/** What a rule may want that names no model. */
const usualCategories: Partial<Record<Question["kind"], readonly string[]>> = {
  harm: harmCategories,
  names: nameCategories,
};

/** False: a category is not one of the usual ones, and there is no more to say. */
function checkUsual({ kind, categories, named }: Question, note: Note): boolean {
  const usual = named === null ? usualCategories[kind] : undefined;
  if (usual === undefined) return true;
  const odd = categories.flatMap((category, index) => (usual.includes(category) ? [] : [{ category, index }]));
  for (const { category, index } of odd) {
    const other =
      suggestion(category, usual) || `; there are ${usual.join(", ")}; those of a model of yours need model: { name }`;
    note(["categories", index], `${kind} has no category "${category}"${other}`);
  }
  return odd.length === 0;
}

function checkQuestion(question: Question, models: Models, note: Note): void {
  const { kind, spec, named } = question;
  const { name } = spec;
  const atName = named === null ? [] : [...named, "name"];
  if (detectKinds.some((each) => each === name)) {
    note(
      atName,
      `"${name}" is a kind of detect, and its findings could not be told apart; give the model another name`,
    );
  }
  if (models === null) return;
  const model = models.find((each) => each.name === name);
  if (model === undefined) {
    const names = models.map((each) => each.name);
    const there = names.length === 0 ? "; there is none in the models folder" : `; there are ${names.join(", ")}`;
    const other =
      named === null ? `, which ${kind} asks${there}: activate one of that name, or write model: { name }` : "";
    note(atName, `no model is called "${name}"${other || suggestion(name, names) || there}`);
    return;
  }
  const head = headOf(model, spec.head);
  if (head === null) {
    const names = model.heads.map((each) => each.name);
    if (spec.head === null) note(atName, `the model ${name} has several heads; write head: ${names.join(" or ")}`);
    else {
      const there = suggestion(spec.head, names) || `; there are ${names.join(", ")}`;
      const other = named === null ? `, which ${kind} asks; write model: { name, head }${there}` : there;
      note(named === null ? [] : [...named, "head"], `the model ${name} has no head "${spec.head}"${other}`);
    }
    return;
  }
  if (spec.tasks !== null && !spec.tasks.includes(head.task)) {
    const at = named === null ? [] : [...named, spec.head === null ? "name" : "head"];
    note(at, wrongTask(question, head));
    return;
  }
  checkHead(question, head, note);
}

const doings = {
  sequence: "judges texts",
  "multi-label": "judges texts",
  token: "marks words",
  pair: "judges pairs",
  "pair-token": "judges pairs",
  embedding: "gives vectors",
} as const satisfies Record<Head["task"], string>;

function wrongTask({ kind, spec }: Question, head: Head): string {
  const tasks = spec.tasks ?? [];
  const wanted = [...new Set(tasks.map((task) => doings[task]))].join(" or ");
  const more = kind === "injection" && isOfPairs(head.task) ? `, or write against: task` : "";
  return `the model ${spec.name} ${doings[head.task]}, and ${kind} asks one that ${wanted}; name another${more}`;
}

function checkHead({ kind, spec, categories }: Question, head: Head, note: Note): void {
  const { name, threshold, examples } = spec;
  const isTopic = kind === "topics" || kind === "model";
  if (head.task === "embedding" && examples.length === 0 && isTopic) {
    note([], `the model ${name} gives vectors; write examples of the topic and minSimilarity`);
  }
  if (head.task !== "embedding" && examples.length > 0) {
    note(
      ["examples"],
      `the model ${name} gives no vectors: its categories are ${head.categories.join(", ")}; leave out examples`,
    );
  }
  const inCategories = within(note, "categories");
  for (const [index, category] of categories.entries()) {
    if (head.categories.includes(category)) continue;
    const other = suggestion(category, head.categories) || `; there are ${head.categories.join(", ")}`;
    inCategories([index], `the model ${name} has no category "${category}"${other}`);
  }
  if (typeof threshold === "string" && !head.thresholds.includes(threshold)) {
    const { thresholds } = head;
    const there =
      thresholds.length === 0 ? "; its manifest names none: write a score" : `; there are ${thresholds.join(", ")}`;
    note(
      ["threshold"],
      `the model ${name} has no threshold "${threshold}"${suggestion(threshold, thresholds) || there}`,
    );
  }
}

/** `null`: there is no such head, or more than one could be meant. */
function headOf({ heads }: KnownModel, name: string | null): Head | null {
  if (name !== null) return heads.find((head) => head.name === name) ?? null;
  return heads.length === 1 ? (heads[0] as Head) : null;
}

/** It judges two texts: of a prompt what tools brought, and the task. */
export function judgesPairs({ name, head, tasks }: ModelSpec, models: Models): boolean {
  if (tasks !== null) return tasks.every(isOfPairs);
  const model = models?.find((each) => each.name === name);
  const asked = model === undefined ? null : headOf(model, head);
  return asked !== null && isOfPairs(asked.task);
}
