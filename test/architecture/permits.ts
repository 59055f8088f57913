// Bytes may go only with a verdict: the makers of `Permit` and `Cleared` are used where layers.ts says, and nobody casts
// to these types. Pure.

import { makers, permitHome, permitTypes } from "./layers.ts";
import { isNode, isUnitTest, lineAt, type Node, type Source, walk } from "./source.ts";

const homeOf: ReadonlyMap<string, RegExp> = new Map(Object.entries(makers));

export function permitViolations(sources: readonly Source[]): readonly string[] {
  return sources.filter(({ path }) => !isUnitTest(path) && path !== permitHome).flatMap(ofSource);
}

function ofSource({ path, text, program }: Source): readonly string[] {
  const found: string[] = [];
  walk(program, (node) => {
    const fault = isCast(node) ? castFault(node) : node.type === "Identifier" ? makerFault(path, node) : undefined;
    if (fault !== undefined) found.push(`${path}:${lineAt(text, node.start)}: ${fault}`);
  });
  return [...new Set(found)];
}

const isCast = ({ type }: Node): boolean => type === "TSAsExpression" || type === "TSTypeAssertion";

function castFault(node: Node): string | undefined {
  const to = node["typeAnnotation"];
  if (!isNode(to)) return undefined;
  const named = new Set<string>();
  walk(to, (part) => {
    if (part.type === "Identifier") named.add(String(part["name"]));
  });
  const type = permitTypes.find((name) => named.has(name));
  return type === undefined ? undefined : `only a verdict makes a ${type}: no cast`;
}

function makerFault(path: string, node: Node): string | undefined {
  const name = String(node["name"]);
  const home = homeOf.get(name);
  return home === undefined || home.test(path) ? undefined : `${name} is not for this folder`;
}
