// Reads code for the gates: one file becomes its path, its syntax tree and what it imports.
// It judges nothing. Paths are relative to the repository root and use `/`.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A node of the ESTree: `type`, `start` and `end` (UTF-16 offsets), and fields by type. */
export type Node = { readonly type: string; readonly start: number; readonly [field: string]: unknown };

export type Import = { readonly to: string; readonly line: number };

export type Source = {
  readonly path: string;
  readonly text: string;
  readonly program: Node;
  readonly comments: readonly { readonly value: string; readonly start: number }[];
  readonly imports: readonly Import[];
};

/** Pure. Throws on text that is not TypeScript. */
export function parseSource(path: string, text: string): Source {
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0]?.message}`);
  const tree = program as unknown as Node;
  return { path, text, program: tree, comments, imports: importsOf(tree, text) };
}

/** Visits each node below and including `node`, parents first, with the field of the parent that holds it. */
export function walk(node: Node, visit: (node: Node, parent: Node | undefined, field: string) => void): void {
  const go = (current: Node, parent: Node | undefined, field: string): void => {
    visit(current, parent, field);
    for (const [key, value] of Object.entries(current)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (isNode(child)) go(child, current, key);
      }
    }
  };
  go(node, undefined, "");
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

/** Line of an offset, counted from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** The layer of a file of src/: its folder, or its name where it stands in src/ itself. */
export function layerOf(path: string): string {
  return path.split("/")[1] ?? "";
}

export function isUnitTest(path: string): boolean {
  return path.endsWith(".test.ts");
}

/** A dynamic import whose module is computed has the empty string as target. */
function importsOf(program: Node, text: string): readonly Import[] {
  const found: Import[] = [];
  const carriers = /^(ImportDeclaration|ExportNamedDeclaration|ExportAllDeclaration|ImportExpression|TSImportType)$/;
  walk(program, (node) => {
    if (!carriers.test(node.type) || !isNode(node["source"])) return;
    const value = node["source"]["value"];
    found.push({ to: typeof value === "string" ? value : "", line: lineAt(text, node.start) });
  });
  return found;
}

/** Every TypeScript file below a folder of the repository. */
export function readSources(folder: string, base: string = root): readonly Source[] {
  const paths = readdirSync(join(base, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));
  return paths.sort().map((path) => parseSource(path, readFileSync(join(base, path), "utf8")));
}

/** Paths that belong to the project: what git tracks, and what it would track. */
export function projectFiles(base: string = root): readonly string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: base });
  const paths = listed.toString("utf8").split("\0");
  return paths.filter((path) => path !== "" && existsSync(join(base, path)));
}
