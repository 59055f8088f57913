/**
 * The keywords of JSON Schema that apply other schemas, at the same place or further in. Each builder gives a check, or
 * `null` for an argument that is no such keyword's.
 */
import type { JsonValue } from "../../stdx/json-value.ts";
import type { Builder, Compiler } from "./compile.ts";
import { stringsIn } from "./assertions.ts";
import type { Check, Node, Run, Seen } from "./run.ts";

type Items = readonly JsonValue[];
const isObject = (value: JsonValue): value is ReadonlyMap<string, JsonValue> => value instanceof Map;
const isList = (value: JsonValue): value is Items => Array.isArray(value);
const holds: Check = () => true;

function nodesOf(argument: JsonValue | undefined, compiler: Compiler): readonly Node[] | null {
  if (argument === undefined || !isList(argument)) return null;
  return argument.map((each) => compiler.node(each));
}

function namedNodes(argument: JsonValue | undefined, compiler: Compiler): ReadonlyMap<string, Node> | null {
  if (argument === undefined || !isObject(argument)) return null;
  return new Map([...argument].map(([key, schema]) => [key, compiler.node(schema)]));
}

const allOf: Builder = (argument, _schema, compiler) => {
  const nodes = nodesOf(argument, compiler);
  return nodes && ((run, value, seen) => nodes.every((node) => run.meetsHere(node, value, seen)));
};

/** Goes through all of them where it matters which were met. */
const anyOf: Builder = (argument, _schema, compiler) => {
  const nodes = nodesOf(argument, compiler);
  if (nodes === null) return null;
  return (run, value, seen) => {
    if (seen === null) return nodes.some((node) => run.meetsHere(node, value, null));
    return nodes.filter((node) => run.meetsHere(node, value, seen)).length > 0;
  };
};

const oneOf: Builder = (argument, _schema, compiler) => {
  const nodes = nodesOf(argument, compiler);
  return nodes && ((run, value, seen) => nodes.filter((node) => run.meetsHere(node, value, seen)).length === 1);
};

const not: Builder = (argument, _schema, compiler) => {
  const node = compiler.node(argument);
  return (run, value) => !run.meets(node, value, run.newSeen());
};

const ifThenElse: Builder = (argument, schema, compiler) => {
  const [condition, then, otherwise] = [argument, schema.get("then"), schema.get("else")].map((each) =>
    each === undefined ? null : compiler.node(each),
  );
  return (run, value, seen) => {
    const branch = run.meetsHere(condition as Node, value, seen) ? then : otherwise;
    return branch === null || branch === undefined || run.meetsHere(branch, value, seen);
  };
};

const ref: Builder = (argument, _schema, compiler) => {
  const node = typeof argument === "string" ? compiler.resolve(argument) : null;
  return node && ((run, value, seen) => run.meetsHere(node, value, seen));
};

/** `properties`, `patternProperties` and `additionalProperties` at once: the last is about what the others leave. */
const properties: Builder = (_argument, schema, compiler) => {
  const named = namedNodes(schema.get("properties") ?? new Map(), compiler);
  const byPattern = patternNodes(schema.get("patternProperties") ?? new Map(), compiler);
  const additional = schema.get("additionalProperties");
  const rest = additional === undefined ? null : compiler.node(additional);
  if (named === null || byPattern === null) return null;
  const meets = (run: Run, key: string, member: JsonValue): boolean | null => {
    const own = named.get(key);
    if (own !== undefined && !run.meets(own, member, run.newSeen())) return false;
    let spokenOf = own !== undefined;
    for (const { test, node } of byPattern) {
      if (!test(run, key)) continue;
      spokenOf = true;
      if (!run.meets(node, member, run.newSeen())) return false;
    }
    if (spokenOf) return true;
    return rest === null ? null : run.meets(rest, member, run.newSeen());
  };
  return (run, value, seen) => {
    if (!isObject(value)) return true;
    for (const [key, member] of value) {
      if (!run.spend(1)) return false;
      const met = meets(run, key, member);
      if (met === false) return false;
      if (met === true) seen?.keys.add(key);
    }
    return true;
  };
};

type PatternNode = { readonly test: (run: Run, text: string) => boolean; readonly node: Node };

function patternNodes(argument: JsonValue, compiler: Compiler): readonly PatternNode[] | null {
  if (!isObject(argument)) return null;
  const found: PatternNode[] = [];
  for (const [source, schema] of argument) {
    const test = compiler.pattern(source);
    if (test === null) return null;
    found.push({ test, node: compiler.node(schema) });
  }
  return found;
}

const propertyNames: Builder = (argument, _schema, compiler) => {
  const node = compiler.node(argument);
  return (run, value) => !isObject(value) || [...value.keys()].every((key) => run.meets(node, key, null));
};

const dependentSchemas: Builder = (argument, _schema, compiler) => {
  const named = namedNodes(argument, compiler);
  return named && ((run, value, seen) => meetsDependents(run, named, value, seen));
};

function meetsDependents(run: Run, named: ReadonlyMap<string, Node>, value: JsonValue, seen: Seen | null): boolean {
  if (!isObject(value)) return true;
  for (const [key, node] of named) {
    if (!run.spend(1) || (value.has(key) && !run.meetsHere(node, value, seen))) return false;
  }
  return true;
}

/** Older drafts: each is a schema, or a list of keys that must be there too. */
const dependencies: Builder = (argument, _schema, compiler) => {
  if (!isObject(argument)) return null;
  const asSchemas = new Map<string, Node>();
  for (const [key, each] of argument) {
    const keys = stringsIn(each);
    asSchemas.set(key, compiler.node(keys === null ? each : new Map([["required", keys]])));
  }
  return (run, value, seen) => meetsDependents(run, asSchemas, value, seen);
};

/** `prefixItems` and `items`, and their older form: a list as `items`, then `additionalItems`. */
const items: Builder = (_argument, schema, compiler) => {
  const own = schema.get("items");
  const isOlder = own !== undefined && isList(own);
  const prefix = nodesOf((isOlder ? own : schema.get("prefixItems")) ?? [], compiler);
  const after = isOlder ? schema.get("additionalItems") : own;
  const rest = after === undefined ? null : compiler.node(after);
  if (prefix === null) return null;
  return (run, value, seen) => {
    if (!isList(value)) return true;
    for (const [at, item] of value.entries()) {
      const node = prefix[at] ?? rest;
      if (node === null) return true;
      if (!run.meets(node, item, run.newSeen())) return false;
      seen?.items.add(at);
    }
    return true;
  };
};

const countOr = (argument: JsonValue | undefined, otherwise: number): number | null => {
  if (argument === undefined) return otherwise;
  return typeof argument === "number" && argument >= 0 ? argument : null;
};

const contains: Builder = (argument, schema, compiler) => {
  const node = compiler.node(argument);
  const least = countOr(schema.get("minContains"), 1);
  const most = countOr(schema.get("maxContains"), Number.POSITIVE_INFINITY);
  if (least === null || most === null) return null;
  return (run, value, seen) => {
    if (!isList(value)) return true;
    let found = 0;
    for (const [at, item] of value.entries()) {
      if (run.exhausted) return false;
      if (!run.meets(node, item, run.newSeen())) continue;
      found += 1;
      seen?.items.add(at);
    }
    return found >= least && found <= most;
  };
};

const unevaluatedProperties: Builder = (argument, _schema, compiler) => {
  const node = compiler.node(argument);
  return (run, value, seen) => {
    if (!isObject(value) || seen === null) return true;
    for (const [key, member] of value) {
      if (!run.spend(1)) return false;
      if (seen.keys.has(key)) continue;
      if (!run.meets(node, member, run.newSeen())) return false;
      seen.keys.add(key);
    }
    return true;
  };
};

const unevaluatedItems: Builder = (argument, _schema, compiler) => {
  const node = compiler.node(argument);
  return (run, value, seen) => {
    if (!isList(value) || seen === null) return true;
    for (const [at, item] of value.entries()) {
      if (!run.spend(1)) return false;
      if (seen.items.has(at)) continue;
      if (!run.meets(node, item, run.newSeen())) return false;
      seen.items.add(at);
    }
    return true;
  };
};

/** Keywords that others read, or that their own say nothing without. */
const readElsewhere: Builder = () => holds;

/** In the order in which they are checked: what is left over is known last. */
export const applicators: ReadonlyMap<string, Builder> = new Map<string, Builder>([
  ["$ref", ref],
  ["properties", properties],
  ["patternProperties", properties],
  ["additionalProperties", properties],
  ["items", items],
  ["prefixItems", items],
  ["additionalItems", readElsewhere],
  ["contains", contains],
  ["propertyNames", propertyNames],
  ["dependentSchemas", dependentSchemas],
  ["dependencies", dependencies],
  ["if", ifThenElse],
  ["not", not],
  ["allOf", allOf],
  ["anyOf", anyOf],
  ["oneOf", oneOf],
  ["unevaluatedItems", unevaluatedItems],
  ["unevaluatedProperties", unevaluatedProperties],
]);
