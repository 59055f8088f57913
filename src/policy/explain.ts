/**
 * Turns what zod says of a value into mistakes with a place and a way to mend them. The schema's descriptions are the
 * hints: what stands in the published JSON Schema is what the message says. Pure.
 */
import * as z from "zod";
import type { Mistake } from "../domain/policy.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { mistakesMax, type Path, type Place, shorten, type SourceTree } from "./document.ts";
import { suggestion } from "./nearest.ts";

type Issue = z.core.$ZodIssue;

/** Checks the value at `path` of a document against a schema. */
export function checkValue<T extends z.ZodType>(
  schema: T,
  tree: SourceTree,
  path: Path = [],
): Result<z.output<T>, readonly Mistake[]> {
  const value = valueAt(tree.value, path);
  const checked = schema.safeParse(value);
  if (checked.success) return ok(checked.data);
  const mistakes: Mistake[] = [];
  for (const issue of checked.error.issues) {
    if (mistakes.length > mistakesMax) break;
    mistakes.push(...explain({ schema, tree, base: path, root: value, inUnion: false }, issue));
  }
  return err(mistakes);
}

type Context = {
  readonly schema: z.ZodType;
  readonly tree: SourceTree;
  readonly base: Path;
  readonly root: unknown;
  /** The message of the union already says what may stand here. */
  readonly inUnion: boolean;
};

function explain(context: Context, issue: Issue): Mistake[] {
  const { schema, tree, base, root } = context;
  const path: Path = [...base, ...issue.path];
  const here = (message: string, place: Place = tree.placeOf(path)): Mistake[] => [{ ...place, message }];
  const value = valueAt(root, issue.path);
  const name = nameOf(path);
  const hint = hintAt(schema, issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.slice(0, mistakesMax).flatMap((key) => {
        const known = keysAt(schema, issue.path);
        const instead = known.length === 0 ? "; nothing is set here: write {}" : `; known here: ${known.join(", ")}`;
        const message = `unknown key "${shorten(key)}"${suggestion(key, known) || instead}`;
        return here(message, tree.placeOfKey([...path, key]));
      });
    case "invalid_type":
    case "invalid_value": {
      if (value === undefined)
        return here(`${name} is missing${hint || "; write it"}`, tree.placeOfKey(path.slice(0, -1)));
      if (issue.code === "invalid_type")
        return here(
          `${name} must be ${nounOf(issue.expected)}, not ${kindOf(value)}${quoting(issue.expected, value)}${hint}`,
        );
      const known = issue.values.map(String);
      const wanted = known.length === 1 ? known[0] : `one of ${listed(known)}`;
      return here(
        `${name} must be ${wanted}, not ${show(value)}${remedy(value, issue.values, known)}${context.inUnion ? "" : hint}`,
      );
    }
    case "invalid_union": {
      const inner = closestBranch(issue, value);
      if (value === undefined) return here(`${name} is missing (${issue.message})`, tree.placeOfKey(path.slice(0, -1)));
      if (inner === null) return here(`${name} must be ${issue.message}, not ${show(value)}`);
      return inner.flatMap((each) => {
        const inUnion = each.path.length === 0;
        return explain({ ...context, inUnion }, { ...each, path: [...issue.path, ...each.path] });
      });
    }
    case "invalid_key":
      return here(`the key ${name} is not valid${keyHintAt(schema, issue.path.slice(0, -1))}`, tree.placeOfKey(path));
    case "custom":
      return here(`${name}: ${issue.message}`);
    case "too_small":
      if (issue.origin === "array")
        return here(`${name} is an empty list${(context.inUnion ? "" : hint) || "; write at least one"}`);
      if (issue.origin === "string" && issue.minimum === 1)
        return here(`${name} is empty${hint || "; write it, or remove the key"}`);
      return here(`${name} ${sizeOf(issue.origin, "at least", issue.minimum)}${hint}`);
    case "too_big":
      return here(`${name} ${sizeOf(issue.origin, "at most", issue.maximum)}${hint}`);
    default:
      return here(`${name} is not valid${hint || "; see docs/policy.md"}`);
  }
}

/** The arm that the writer meant: the one that got past the outer type. */
function closestBranch(issue: Extract<Issue, { code: "invalid_union" }>, value: unknown): readonly Issue[] | null {
  const arm = issue.errors.find((issues) => {
    const outer = issues.find((each) => each.path.length === 0);
    if (outer?.code === "invalid_type") return false;
    return outer?.code !== "invalid_value" || typeof value === "string";
  });
  return arm ?? null;
}

export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/** `rules[3].detect` reads `detect`: the line says which rule. List members are told with their list. */
function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return "the file";
  const before = path.at(-2);
  return typeof last === "number" && before !== undefined ? `${String(before)}[${last}]` : String(last);
}

/** Of a list's member that says nothing itself, what its list says. */
function hintAt(schema: z.ZodType, path: Path): string {
  const own = descriptionAt(schema, path);
  return own === "" && typeof path.at(-1) === "number" ? descriptionAt(schema, path.slice(0, -1)) : own;
}

function descriptionAt(schema: z.ZodType, path: Path): string {
  const text = schemasAt(schema, path).find((each) => each.description !== undefined)?.description;
  return text === undefined ? "" : ` (${text})`;
}

function keyHintAt(schema: z.ZodType, path: Path): string {
  const record = schemasAt(schema, path).find((each) => each instanceof z.ZodRecord);
  const text = record === undefined ? undefined : (record.keyType as z.ZodType).description;
  return text === undefined ? "" : ` (${text})`;
}

function keysAt(schema: z.ZodType, path: Path): string[] {
  return schemasAt(schema, path).flatMap((each) => (each instanceof z.ZodObject ? Object.keys(each.shape) : []));
}

/** All schemas that may hold the value at `path`: several where a union stands on the way. */
function schemasAt(schema: z.ZodType, path: Path): z.ZodType[] {
  let current = unfold(schema);
  for (const step of path) {
    current = current.flatMap((each) => {
      if (each instanceof z.ZodArray) return unfold(each.element as z.ZodType);
      if (each instanceof z.ZodRecord) return unfold(each.valueType as z.ZodType);
      const member = each instanceof z.ZodObject ? (each.shape as Record<PropertyKey, z.ZodType>)[step] : undefined;
      return member === undefined ? [] : unfold(member);
    });
  }
  return current;
}

function unfold(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return [schema, ...unfold(schema.unwrap() as z.ZodType)];
  if (schema instanceof z.ZodUnion) return [schema, ...schema.options.flatMap((each) => unfold(each as z.ZodType))];
  return [schema];
}

const nouns: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping (key: value)",
  record: "a mapping (key: value)",
};
const nounOf = (expected: string): string => nouns[expected] ?? expected;

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? "text" : show(value);
}

const show = (value: unknown): string =>
  typeof value === "string" ? `"${shorten(value)}"` : typeof value === "object" ? kindOf(value) : JSON.stringify(value);

const quoting = (expected: string, value: unknown): string =>
  expected === "string" && (typeof value === "number" || typeof value === "boolean") ? "; put it in quotes" : "";

function remedy(value: unknown, wanted: readonly unknown[], known: readonly string[]): string {
  if (typeof value !== "string") return "";
  if (known.includes(value) && !wanted.includes(value)) return "; write it without quotes";
  return suggestion(value, known);
}

/** A long list teaches nobody: its beginning, and how many there are. */
function listed(known: readonly string[]): string {
  if (known.length <= listedMax) return known.join(", ");
  return `${known.slice(0, listedMax).join(", ")} and ${known.length - listedMax} more`;
}
const listedMax = 24;

function sizeOf(origin: string, bound: "at least" | "at most", count: number | bigint): string {
  if (origin === "string") return `must have ${bound} ${count} characters`;
  return origin === "array" ? `must have ${bound} ${count} entries` : `must be ${bound} ${count}`;
}
