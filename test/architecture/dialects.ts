// The folders of the dialects: the same file names in each, so that whoever knows one knows all. Pure.

import type { Source } from "./source.ts";

const root = "src/content/dialects/";

/**
 * What each folder has. One that speaks in part as another does imports the file of that name from its folder instead; one that
 * imports another's operations has all of its files.
 */
const required: readonly string[] = [
  "index.ts",
  "operations.ts",
  "requests.ts",
  "replies.ts",
  "stream.ts",
  "answers.ts",
  "declared.ts",
];
/** `parts.ts`: what requests and replies share. `forms.ts`: operations that take multipart forms. */
const optional: readonly string[] = ["parts.ts", "forms.ts"];
const tested: readonly string[] = ["requests.ts", "replies.ts", "stream.ts"];

/** `sources`: of src/, unit tests too. */
export function dialectViolations(sources: readonly Source[]): readonly string[] {
  return [...foldersIn(sources)].flatMap(([folder, files]) => {
    const borrowed = new Set([...files.values()].flatMap(borrowedBy));
    const missing = required.filter((name) => !files.has(name) && !borrowed.has(name) && !isOfAnother(name, borrowed));
    const untested = tested.filter((name) => files.has(name) && !files.has(testOf(name)));
    const odd = [...files.keys()].filter((name) => !isKnown(name));
    return [
      ...missing.map((name) => `${root}${folder}: ${name} is missing`),
      ...untested.map((name) => `${root}${folder}: ${testOf(name)} is missing`),
      ...odd.map((name) => `${root}${folder}/${name}: no file of a dialect's folder has that name`),
    ];
  });
}

/** Folder -> its files by name. */
export function foldersIn(sources: readonly Source[]): ReadonlyMap<string, ReadonlyMap<string, Source>> {
  const folders = new Map<string, Map<string, Source>>();
  for (const source of sources) {
    if (!source.path.startsWith(root)) continue;
    const [folder = "", ...rest] = source.path.slice(root.length).split("/");
    const files = folders.get(folder) ?? new Map<string, Source>();
    folders.set(folder, files.set(rest.join("/"), source));
  }
  return folders;
}

const testOf = (name: string): string => name.replace(/\.ts$/, ".test.ts");

function isKnown(name: string): boolean {
  const file = name.replace(/\.test\.ts$/, ".ts");
  return required.includes(file) || optional.includes(file);
}

const isOfAnother = (name: string, borrowed: ReadonlySet<string>): boolean =>
  borrowed.has("operations.ts") && name !== "operations.ts" && name !== "index.ts";

const borrowedBy = ({ text }: Source): readonly string[] =>
  [...text.matchAll(/ from "\.\.\/[a-z0-9-]+\/([a-z0-9-]+\.ts)"/g)].map(([, name = ""]) => name);
