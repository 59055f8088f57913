/**
 * Writes settings of models into a configuration's text. Only the values change and lines are added: comments, order and
 * spaces stay. A form that this does not know how to add to (`models: {}`) is written anew. The only file of config/ that knows
 * the yaml package. Pure.
 */
import { isMap, isScalar, type Pair, parseDocument } from "yaml";
import type { Mistake } from "../domain/policy.ts";
import { readDocument } from "../policy/document.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { checkConfig } from "./config.ts";
import type { ModelSettings } from "./models.ts";

export type MeasuredSettings = Pick<ModelSettings, "backend" | "precision" | "threads" | "streams" | "batchTokensMax">;

/** `source` is `null` for a configuration that is not there yet. A text with mistakes is left alone: the error lists them. */
export function withModelSettings(
  source: Uint8Array | null,
  settings: MeasuredSettings,
): Result<string, readonly Mistake[]> {
  const before = source ?? Buffer.from("kind: Config\nversion: 1\n");
  const mistakes = mistakesOf(before);
  if (mistakes.length > 0) return err(mistakes);
  const written = new TextDecoder().decode(before);
  const inPlace = edited(written, settings);
  const isGood = inPlace !== null && mistakesOf(Buffer.from(inPlace)).length === 0;
  const text = isGood ? inPlace : writtenAnew(written, settings);
  const wrong = mistakesOf(Buffer.from(text));
  return wrong.length > 0 ? err(wrong) : ok(text);
}

function writtenAnew(source: string, settings: MeasuredSettings): string {
  const document = parseDocument(source);
  for (const [name, value] of Object.entries(settings)) document.setIn(["models", name], value);
  return document.toString({ lineWidth: 0 });
}

type Edit = { readonly from: number; readonly to: number; readonly text: string };

/** `null`: `models` is there in another form than lines of plain values. */
function edited(source: string, settings: MeasuredSettings): string | null {
  const models = parseDocument(source).get("models", true);
  const wanted = Object.entries(settings).map(([name, value]) => [name, String(value)] as const);
  if (models === undefined) {
    const lines = wanted.map(([name, value]) => `  ${name}: ${value}\n`);
    return `${source}${source.endsWith("\n") ? "" : "\n"}models:\n${lines.join("")}`;
  }
  if (!isMap(models) || models.flow === true) return null;
  const places = models.items.map(placeOf);
  const [first] = places;
  if (first === undefined || first === null || places.includes(null)) return null;
  const known = places.filter((place) => place !== null);
  const edits: Edit[] = [];
  for (const { name, from, to } of known) {
    const [, value] = wanted.find(([each]) => each === name) ?? [];
    if (value !== undefined) edits.push({ from, to, text: value });
  }
  const added = wanted.filter(([name]) => known.every((place) => place.name !== name));
  const indent = source.slice(source.lastIndexOf("\n", first.key) + 1, first.key);
  if (indent.trim() !== "") return null;
  const last = Math.max(...known.map(({ to }) => to));
  const lineEnd = source.indexOf("\n", last);
  const at = lineEnd < 0 ? source.length : lineEnd;
  edits.push({ from: at, to: at, text: added.map(([name, value]) => `\n${indent}${name}: ${value}`).join("") });
  const text = edits
    .toSorted((a, b) => b.from - a.from)
    .reduce((all, edit) => all.slice(0, edit.from) + edit.text + all.slice(edit.to), source);
  return text.endsWith("\n") ? text : `${text}\n`;
}

/** Where a key and its value stand. `null`: it is no plain value on one line. */
function placeOf({ key, value }: Pair): { name: unknown; key: number; from: number; to: number } | null {
  if (!isScalar(key) || !isScalar(value) || key.range === undefined || value.range === undefined) return null;
  if (key.range === null || value.range === null || value.anchor !== undefined) return null;
  const [from, to] = value.range;
  if (from === to || String(value.source).includes("\n")) return null;
  return { name: key.value, key: key.range[0], from, to };
}

function mistakesOf(source: Uint8Array): readonly Mistake[] {
  const document = readDocument(source);
  return document.ok ? checkConfig(document.value) : document.error;
}
