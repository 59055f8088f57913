/** What a rule asks of a model, held against the models that there are. Without knowing those, only its own sense is checked. */
import { similarCategory } from "../../domain/policy.ts";
import { suggestion } from "../nearest.ts";
import { detectKinds, type DetectSource } from "../source/detect-source.ts";
import type { KnownModel } from "../tools.ts";
import { type Note, within } from "./note.ts";

type Source = NonNullable<DetectSource["model"]>;
type Head = KnownModel["heads"][number];

/** Without the model's name. */
export const categoriesOf = ({ heads }: KnownModel): readonly string[] => [
  ...new Set(heads.flatMap(({ task, categories }) => (task === "embedding" ? [similarCategory] : categories))),
];

export function checkModel(source: Source, models: readonly KnownModel[] | null, note: Note): void {
  const { name, examples, minSimilarity } = source;
  if ((examples === undefined) !== (minSimilarity === undefined)) {
    note([], "examples and minSimilarity go together: write both, or neither");
  }
  if (examples !== undefined && (source.categories !== undefined || source.threshold !== undefined)) {
    note([], "with examples there are no categories and no threshold: minSimilarity says what is a finding");
  }
  for (const [index, text] of (examples ?? []).entries()) {
    if (text.trim() === "") note(["examples", index], "an example of white space only; remove it");
    else if (!text.isWellFormed()) note(["examples", index], "an example with half a character (a lone surrogate)");
  }
  if (detectKinds.some((kind) => kind === name)) {
    note(
      ["name"],
      `"${name}" is a kind of detect, and its findings could not be told apart; give the model another name`,
    );
  }
  if (models === null) return;
  const model = models.find((each) => each.name === name);
  if (model === undefined) {
    const names = models.map((each) => each.name);
    const there = names.length === 0 ? "; there is none in the models folder" : `; there are ${names.join(", ")}`;
    note(["name"], `no model is called "${name}"${suggestion(name, names) || there}`);
    return;
  }
  const head = headOf(model, source.head ?? null);
  if (head === null) {
    const names = model.heads.map((each) => each.name);
    if (source.head === undefined)
      note(["name"], `the model ${name} has several heads; write head: ${names.join(" or ")}`);
    else
      note(
        ["head"],
        `the model ${name} has no head "${source.head}"${suggestion(source.head, names) || `; there are ${names.join(", ")}`}`,
      );
    return;
  }
  checkHead(source, head, note);
}

function checkHead(source: Source, head: Head, note: Note): void {
  const { name, categories = [], threshold, examples } = source;
  if (head.task === "embedding" && examples === undefined) {
    note([], `the model ${name} gives vectors; write examples of the topic and minSimilarity`);
  }
  if (head.task !== "embedding" && examples !== undefined) {
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

/** A model that another kind of detect asks for its word on two texts. */
export function checkPairModel(
  source: Pick<Source, "name" | "head">,
  models: readonly KnownModel[] | null,
  note: Note,
): void {
  checkModel(source, models, note);
  const model = models?.find(({ name }) => name === source.name);
  const head = model === undefined ? null : headOf(model, source.head ?? null);
  if (head === null || head.task === "pair" || head.task === "embedding") return;
  note(["name"], `the model ${source.name} judges no pairs; name one that holds a claim against its evidence`);
}

/** It judges two texts: of a prompt what tools brought, and the task. */
export function judgesPairs(
  spec: { readonly name: string; readonly head: string | null },
  models: readonly KnownModel[] | null,
): boolean {
  const model = models?.find(({ name }) => name === spec.name);
  return model !== undefined && headOf(model, spec.head)?.task === "pair";
}
