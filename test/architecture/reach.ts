// What code reaches without an import: environment, terminal, clock, randomness, timers. Pure; tables in layers.ts.
// It goes by name, so a local binding of the same name hides the global one from it.

import { programs, type Reach, reaches } from "./layers.ts";
import { isNode, isUnitTest, layerOf, lineAt, type Node, type Source, walk } from "./source.ts";

const random = /^(randomUUID|randomBytes|randomInt|randomFill|randomFillSync|getRandomValues)$/;
const timers = /^(setTimeout|setInterval|setImmediate)$/;

/** Members of globals: `object.member`. */
const members: Readonly<Record<string, Reach>> = {
  "process.env": "environment",
  "process.stdout": "terminal",
  "process.stderr": "terminal",
  "process.stdin": "terminal",
  "process.hrtime": "clock",
  "Date.now": "clock",
  "Math.random": "randomness",
  "AbortSignal.timeout": "timer",
};
const modules: Readonly<Record<string, Reach>> = {
  "node:timers": "timer",
  "node:timers/promises": "timer",
};

export function reachViolations(sources: readonly Source[]): readonly string[] {
  return sources.filter((source) => !isUnitTest(source.path)).flatMap(ofSource);
}

function ofSource(source: Source): readonly string[] {
  const layer = programs.includes(source.path) ? "cli" : layerOf(source.path);
  const faults = reachesOf(source).flatMap(({ reach, line }) => {
    const allowed: readonly string[] = reaches[reach];
    return allowed.includes(layer) ? [] : [`${source.path}:${line}: ${layer} may not reach for ${reach}`];
  });
  return [...new Set(faults)];
}

function reachesOf({ program, text, imports }: Source): readonly { reach: Reach; line: number }[] {
  const bound = bindingsOf(program);
  const found = imports.flatMap(({ to, line }) => (modules[to] === undefined ? [] : [{ reach: modules[to], line }]));
  walk(program, (node, parent, field) => {
    const reach = reachOf(node, parent, field, bound);
    if (reach !== undefined) found.push({ reach, line: lineAt(text, node.start) });
  });
  return found;
}

function reachOf(node: Node, parent: Node | undefined, field: string, bound: ReadonlySet<string>): Reach | undefined {
  if (node.type === "MemberExpression") return memberReach(node, bound);
  if (node.type === "NewExpression" || node.type === "CallExpression") return dateReach(node);
  if (node.type !== "Identifier" || isName(parent, field)) return undefined;
  const name = String(node["name"]);
  if (random.test(name)) return "randomness";
  if (bound.has(name)) return undefined;
  if (timers.test(name)) return "timer";
  if (name === "console") return "terminal";
  if (name === "performance") return "clock";
  if (name === "process" && !isMemberObject(parent, field)) return "process";
  return undefined;
}

function memberReach(node: Node, bound: ReadonlySet<string>): Reach | undefined {
  const { object, property } = node as unknown as { object: Node; property: Node };
  const isNamed = property.type === "Literal" || node["computed"] !== true;
  const name = isNamed ? String(property["name"] ?? property["value"]) : "";
  if (random.test(name)) return "randomness";
  const of = object.type === "Identifier" ? String(object["name"]) : "";
  return bound.has(of) ? undefined : members[`${of}.${name}`];
}

/** `new Date()` and `Date()` read the clock; `new Date(value)` does not. */
function dateReach(node: Node): Reach | undefined {
  const callee = node["callee"];
  const isDate = isNode(callee) && callee.type === "Identifier" && callee["name"] === "Date";
  const hasArguments = Array.isArray(node["arguments"]) && node["arguments"].length > 0;
  return isDate && (node.type === "CallExpression" || !hasArguments) ? "clock" : undefined;
}

/** Whether the identifier only names a field, and refers to nothing. */
function isName(parent: Node | undefined, field: string): boolean {
  if (parent === undefined) return false;
  if (parent.type.startsWith("TS")) return !parent.type.endsWith("Expression");
  if (parent["computed"] === true) return false;
  if (parent.type === "MemberExpression") return field === "property";
  return field === "key" && parent["shorthand"] !== true;
}

function isMemberObject(parent: Node | undefined, field: string): boolean {
  return parent?.type === "MemberExpression" && field === "object";
}

/** Names that the file binds itself, as a variable, parameter or function. */
function bindingsOf(program: Node): ReadonlySet<string> {
  const names = new Set<string>();
  walk(program, (node) => {
    const patterns = Array.isArray(node["params"]) ? [...node["params"]] : [];
    if (/^(VariableDeclarator|FunctionDeclaration)$/.test(node.type)) patterns.push(node["id"]);
    for (const name of patterns.flatMap(namesIn)) names.add(name);
  });
  return names;
}

/** Names bound by a pattern, without what its default values refer to. */
function namesIn(pattern: unknown): readonly string[] {
  if (!isNode(pattern)) return [];
  if (pattern.type === "Identifier") return [String(pattern["name"])];
  if (pattern.type === "AssignmentPattern") return namesIn(pattern["left"]);
  if (pattern.type === "Property") return namesIn(pattern["value"]);
  const parts = pattern["properties"] ?? pattern["elements"] ?? [pattern["argument"]];
  return Array.isArray(parts) ? parts.flatMap(namesIn) : [];
}
