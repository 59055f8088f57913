/** All tables that the README of a folder under models/ has: of its card, and of what was compared. */
import { join } from "node:path";
import { ok, type Result as Either } from "../../src/stdx/result.ts";
import { type Alone, aloneTable } from "./alone.ts";
import { readCard } from "./card.ts";
import { readComparison } from "./comparison.ts";
import { type Forms, formsTable } from "./forms.ts";
import { tablesOf } from "./tables.ts";

export const readForms = (folder: string) => readComparison<Forms>(join(folder, "forms.json"), "ModelForms");
const readAlone = (folder: string) => readComparison<Alone>(join(folder, "alone.json"), "EncoderComparison");

/** By name of the table. */
export async function tablesIn(folder: string): Promise<Either<ReadonlyMap<string, string>, string>> {
  const card = await readCard(join(folder, "card.json"));
  if (!card.ok) return card;
  const [forms, alone] = [await readForms(folder), await readAlone(folder)];
  if (!forms.ok) return forms;
  if (!alone.ok) return alone;
  const tables = new Map(tablesOf(card.value));
  if (forms.value !== null) tables.set("forms", formsTable(forms.value));
  if (alone.value !== null) tables.set("alone", aloneTable(alone.value));
  return ok(tables);
}
