/**
 * Envoy's YAML: the only file of app/ that knows the yaml package. Reads a configuration into plain values with their
 * places, bounded in bytes and aliases. Looser than a policy's reader, because Envoy's is: `!ignore` keys are left out,
 * aliases may stand inside anchored values. Pure.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from "yaml";
import { err, ok, type Result } from "../stdx/result.ts";

export { type Document, parseDocument };

export const envoyYamlBytesMax = 1024 * 1024;
/** Each may repeat a whole list; counted where one stands inside another, too. */
const aliasesMax = 2_000;

type Path = readonly PropertyKey[];
/** Lines and columns count from 1. */
export type Place = { readonly line: number; readonly column: number };
export type PlacedValue = {
  readonly value: unknown;
  /** The key at the end of `path`, else the value, else the closest thing above that is there. */
  placeOf(path: Path): Place;
};

/** JSON is YAML and has places too. The error is the first mistake of form. */
export function readEnvoyYaml(source: Uint8Array): Result<PlacedValue, Place & { readonly message: string }> {
  const fail = (offset: number, message: string) => err({ ...placeAt(offset), message });
  const counter = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return line === 0 ? { line: 1, column: 1 } : { line, column: col };
  };
  if (source.byteLength > envoyYamlBytesMax) return fail(0, `the file is larger than ${envoyYamlBytesMax} bytes`);
  const document = parseDocument(new TextDecoder().decode(source), {
    lineCounter: counter,
    schema: "core",
    merge: false,
    resolveKnownTags: false,
    uniqueKeys: false, // quadratic there; repeated keys are found below
    prettyErrors: false,
    logLevel: "error",
  });
  const mistake = document.errors[0];
  if (mistake !== undefined)
    return fail(
      mistake.pos[0],
      mistake.code === "MULTIPLE_DOCS" ? "a second document begins here; keep one a file" : mistake.message,
    );
  const problem = firstProblem(document);
  if (problem !== null) return fail(startOf(problem.node), problem.message);
  try {
    const value = document.toJS({ maxAliasCount: aliasesMax }) as unknown;
    return ok({ value, placeOf: (path) => placeAt(offsetOf(document, path)) });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return fail(0, `aliases (*...) repeat more than ${aliasesMax} values`);
  }
}

/** Takes out what Envoy ignores, and finds what would make the value another than Envoy's. */
function firstProblem(document: Document): { readonly node: Node; readonly message: string } | null {
  let found: { node: Node; message: string } | null = null;
  visit(document, {
    Map: (_key, map) => {
      const seen = new Set<string>();
      map.items = map.items.filter((pair) => !isIgnored(pair, document));
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : "";
        if (isScalar(key) && seen.has(name))
          found ??= { node: key, message: "this key stands here a second time; keep one" };
        seen.add(name);
      }
    },
    Alias: (_key, alias, above) => {
      const isCircle = above.some((node) => isCollection(node) && node.anchor === alias.source);
      if (isCircle) found ??= { node: alias, message: "this alias stands inside its own anchor" };
      else if (alias.resolve(document) === undefined) found ??= { node: alias, message: "this alias has no anchor" };
    },
  });
  return found;
}

/** Anchors under an ignored key are still used: their values are kept where the first alias to them stands. */
function isIgnored({ key, value }: Pair, document: Document): boolean {
  if (!isScalar(key) || key.tag !== "!ignore") return false;
  const anchored = new Map<string, Node>();
  visit(value as Node, {
    Node: (_key, node) => {
      if (!isAlias(node) && node.anchor !== undefined) anchored.set(node.anchor, node);
    },
  });
  visit(document, {
    Alias: (_key, alias: Alias) => {
      const node = anchored.get(alias.source);
      anchored.delete(alias.source);
      return node;
    },
  });
  return true;
}

function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = document.contents === null ? 0 : startOf(document.contents);
  for (const [depth, step] of path.entries()) {
    const holder = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(holder)
      ? holder.items.find(({ key }) => isScalar(key) && String(key.value) === step)
      : undefined;
    const below = pair?.value ?? (isSeq(holder) && typeof step === "number" ? holder.items[step] : undefined);
    const target = depth === path.length - 1 ? (pair?.key ?? below) : (below ?? pair?.key);
    if (target === undefined) return offset;
    offset = startOf(target as Node);
    node = below;
  }
  return offset;
}

const startOf = (node: Node): number => node.range?.[0] ?? 0;
