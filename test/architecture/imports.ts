// Who may import whom: layers, homes of packages, Node's own modules. Pure; the tables are in layers.ts.
// Unit tests beside the modules import what they need, but nothing may import them.

import { posix } from "node:path";
import { isBuiltin } from "node:module";
import { type Home, homes, layers, pureBuiltins, withoutIo } from "./layers.ts";
import { type Import, isUnitTest, layerOf, type Source } from "./source.ts";

const rows: ReadonlyMap<string, readonly string[] | "anything"> = new Map(Object.entries(layers));
const homeOf: ReadonlyMap<string, Home> = new Map(Object.entries(homes));

export function importViolations(sources: readonly Source[]): readonly string[] {
  const judged = sources.filter((source) => !isUnitTest(source.path));
  return [...judged.flatMap(ofSource), ...crowdedHomes(judged)];
}

function ofSource(source: Source): readonly string[] {
  const layer = layerOf(source.path);
  const row = rows.get(layer);
  if (row === undefined) return [`${source.path}: ${layer} has no row in layers.ts`];
  return source.imports.flatMap((item) => {
    const fault = faultOf(source.path, row, item);
    return fault === undefined ? [] : [`${source.path}:${item.line}: ${fault}`];
  });
}

function faultOf(path: string, row: readonly string[] | "anything", { to }: Import): string | undefined {
  if (to === "") return "an import names its module";
  if (to.startsWith(".")) return relativeFault(path, row, to);
  if (isBuiltin(to)) return builtinFault(path, to);
  const name = packageOf(to);
  const home = homeOf.get(name);
  if (home === undefined) return `${name} has no home in layers.ts`;
  return home.within.test(path) ? undefined : `${name} has another home`;
}

function relativeFault(path: string, row: readonly string[] | "anything", to: string): string | undefined {
  const target = posix.join(posix.dirname(path), to);
  if (!target.startsWith("src/")) return `${to} lies outside src/`;
  if (isUnitTest(target)) return `${to} is a test`;
  const from = layerOf(path);
  const layer = layerOf(target);
  if (!rows.has(layer)) return `${layer} has no row in layers.ts`;
  if (row === "anything" || layer === from || row.includes(layer)) return undefined;
  return `${from} may not import ${layer}`;
}

function builtinFault(path: string, to: string): string | undefined {
  if (!to.startsWith("node:")) return `write node:${to}`;
  if (to === "node:process") return "use the global process, so that the gates see it";
  const module = to.split("/")[0] ?? to;
  const layer = layerOf(path);
  return withoutIo.includes(layer) && !pureBuiltins.includes(module) ? `${layer} may not use ${module}` : undefined;
}

function crowdedHomes(sources: readonly Source[]): readonly string[] {
  const found: string[] = [];
  for (const [name, { oneFile }] of homeOf) {
    if (!oneFile) continue;
    const users = sources.filter(({ imports }) => imports.some(({ to }) => packageOf(to) === name));
    for (const { path } of users) {
      const first = users.find((other) => layerOf(other.path) === layerOf(path));
      if (first?.path !== path) found.push(`${path}: ${name} is imported in ${first?.path} already`);
    }
  }
  return found;
}

/** `@scope/name/part` is of the package `@scope/name`. */
function packageOf(to: string): string {
  return to.split("/", to.startsWith("@") ? 2 : 1).join("/");
}
