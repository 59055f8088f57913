// Habits that a reader counts on: short files, kebab-case names, a first comment, no notes to self, erasable syntax.
// Pure. Imports and reach are judged elsewhere.

import { fileLinesMax } from "./layers.ts";
import { isUnitTest, lineAt, type Source, walk } from "./source.ts";

const kebabName = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.ts$/;
const kebabFolder = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const noteToSelf = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"].join("|")})\\b`);
const notErasable: ReadonlyMap<string, string> = new Map([
  ["TSEnumDeclaration", "enum"],
  ["TSModuleDeclaration", "namespace"],
  ["TSParameterProperty", "parameter property"],
  ["TSImportEqualsDeclaration", "import ="],
  ["TSExportAssignment", "export ="],
  ["Decorator", "decorator"],
]);

export function tidyViolations(sources: readonly Source[]): readonly string[] {
  return sources.flatMap((source) => [
    ...nameFaults(source),
    ...(source.path.startsWith("src/") && !isUnitTest(source.path) ? shapeFaults(source) : []),
    ...noteFaults(source),
    ...syntaxFaults(source),
  ]);
}

function nameFaults({ path }: Source): readonly string[] {
  const parts = path.split("/");
  const file = parts.pop() ?? "";
  const isKebab = kebabName.test(file) && parts.every((part) => kebabFolder.test(part));
  return isKebab ? [] : [`${path}: names are kebab-case`];
}

function shapeFaults({ path, text, comments }: Source): readonly string[] {
  const lines = text.trimEnd().split("\n").length;
  const start = text.startsWith("#!") ? text.indexOf("\n") + 1 : 0;
  return [
    ...(lines > fileLinesMax ? [`${path}: ${lines} lines, the limit is ${fileLinesMax}`] : []),
    ...(comments[0]?.start === start ? [] : [`${path}: begins with a comment on what it owns`]),
  ];
}

function noteFaults({ path, text, comments }: Source): readonly string[] {
  const notes = comments.filter(({ value }) => noteToSelf.test(value));
  return notes.map(({ start }) => `${path}:${lineAt(text, start)}: a note to self belongs in an issue`);
}

function syntaxFaults({ path, text, program }: Source): readonly string[] {
  const found: string[] = [];
  walk(program, (node) => {
    const name = notErasable.get(node.type);
    const isAmbient = node.type === "TSModuleDeclaration" && node["declare"] === true;
    if (name !== undefined && !isAmbient) found.push(`${path}:${lineAt(text, node.start)}: ${name} is not erasable`);
  });
  return found;
}
