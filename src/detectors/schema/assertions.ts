/**
 * The keywords of JSON Schema that look at one value alone. `format` and other annotations assert nothing, as in the
 * specification's default. Each builder gives a check, or `null` for an argument that is no such keyword's.
 */
import type { JsonValue } from "../../stdx/json-value.ts";
import { canonical } from "./canonical.ts";
import type { Builder } from "./compile.ts";
import { type Check, Run } from "./run.ts";

const isObject = (value: JsonValue): value is ReadonlyMap<string, JsonValue> => value instanceof Map;

const types: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === "boolean",
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  string: (value) => typeof value === "string",
  array: (value) => Array.isArray(value),
  object: isObject,
};

const onNumber =
  (holds: (value: number, bound: number) => boolean): Builder =>
  (bound) =>
    typeof bound === "number" ? (_run, value) => typeof value !== "number" || holds(value, bound) : null;

const count = (bound: JsonValue): bound is number => Number.isInteger(bound) && (bound as number) >= 0;

const onSize =
  (sizeOf: (run: Run, value: JsonValue) => number | null, holds: (size: number, bound: number) => boolean): Builder =>
  (bound) => {
    if (!count(bound)) return null;
    return (run, value) => {
      const size = sizeOf(run, value);
      return size === null || holds(size, bound);
    };
  };

const atMost = (size: number, bound: number): boolean => size <= bound;
const atLeast = (size: number, bound: number): boolean => size >= bound;

/** In code points, as the specification counts. */
function lengthOf(run: Run, value: JsonValue): number | null {
  if (typeof value !== "string") return null;
  run.spendOn(value);
  let length = 0;
  for (let at = 0; at < value.length; at += 1) {
    const isPair = (value.charCodeAt(at) & 0xfc00) === 0xd800 && (value.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    if (isPair) at += 1;
    length += 1;
  }
  return length;
}
const itemsOf = (_run: Run, value: JsonValue): number | null => (Array.isArray(value) ? value.length : null);
const keysOf = (_run: Run, value: JsonValue): number | null => (isObject(value) ? value.size : null);

/** Draft 4 says with `true` beside `minimum` or `maximum` that the bound itself is out. */
const exclusive =
  (beside: "minimum" | "maximum", holds: (value: number, bound: number) => boolean): Builder =>
  (argument, schema, compiler) => {
    if (typeof argument !== "boolean") return onNumber(holds)(argument, schema, compiler);
    const bound = schema.get(beside);
    return argument && typeof bound === "number" ? onNumber(holds)(bound, schema, compiler) : () => true;
  };

/** Doubles are not decimals: 0.3 counts as a multiple of 0.1. */
function isMultiple(value: number, divisor: number): boolean {
  const times = value / divisor;
  const error = 4 * Number.EPSILON * Math.max(1, Math.abs(times));
  return value % divisor === 0 || Math.abs(times - Math.round(times)) <= error;
}

function oneOfValues(values: readonly JsonValue[]): Check | null {
  const build = new Run(Number.MAX_SAFE_INTEGER, false);
  const known = new Set(values.map((value) => canonical(build, value)));
  return (run, value) => {
    const text = canonical(run, value);
    return text !== null && known.has(text);
  };
}

function isUnique(run: Run, value: JsonValue): boolean {
  if (!Array.isArray(value)) return true;
  const known = new Set<string>();
  for (const item of value as readonly JsonValue[]) {
    const text = canonical(run, item);
    if (text === null || known.has(text)) return false;
    known.add(text);
  }
  return true;
}

const type: Builder = (argument) => {
  const names: readonly JsonValue[] = Array.isArray(argument) ? argument : [argument];
  const wanted = names.map((name) =>
    typeof name === "string" && Object.hasOwn(types, name) ? types[name] : undefined,
  );
  if (wanted.includes(undefined)) return null;
  return (_run, value) => wanted.some((is) => is?.(value) === true);
};

export const stringsIn = (argument: JsonValue): readonly string[] | null =>
  Array.isArray(argument) && argument.every((each) => typeof each === "string") ? argument : null;

const required: Builder = (argument) => {
  const keys = stringsIn(argument);
  if (keys === null) return null;
  return (run, value) => !isObject(value) || (run.spend(keys.length / 4) && keys.every((key) => value.has(key)));
};

const dependentRequired: Builder = (argument) => {
  if (!isObject(argument)) return null;
  const wanted: (readonly [string, readonly string[]])[] = [];
  for (const [key, list] of argument) {
    const keys = stringsIn(list);
    if (keys === null) return null;
    wanted.push([key, keys]);
  }
  return (run, value) => {
    if (!isObject(value)) return true;
    return wanted.every(
      ([key, keys]) => !value.has(key) || (run.spend(1 + keys.length / 4) && keys.every((each) => value.has(each))),
    );
  };
};

const pattern: Builder = (argument, _schema, compiler) => {
  const test = typeof argument === "string" ? compiler.pattern(argument) : null;
  return test === null ? null : (run, value) => typeof value !== "string" || test(run, value);
};

export const assertions: ReadonlyMap<string, Builder> = new Map<string, Builder>([
  ["type", type],
  ["const", (argument) => oneOfValues([argument])],
  ["enum", (argument) => (Array.isArray(argument) ? oneOfValues(argument) : null)],
  ["minimum", onNumber((value, bound) => value >= bound)],
  ["maximum", onNumber((value, bound) => value <= bound)],
  ["exclusiveMinimum", exclusive("minimum", (value, bound) => value > bound)],
  ["exclusiveMaximum", exclusive("maximum", (value, bound) => value < bound)],
  [
    "multipleOf",
    (bound, ...rest) => (typeof bound === "number" && bound > 0 ? onNumber(isMultiple)(bound, ...rest) : null),
  ],
  ["minLength", onSize(lengthOf, atLeast)],
  ["maxLength", onSize(lengthOf, atMost)],
  ["pattern", pattern],
  ["minItems", onSize(itemsOf, atLeast)],
  ["maxItems", onSize(itemsOf, atMost)],
  ["uniqueItems", (argument) => (typeof argument === "boolean" ? (argument ? isUnique : () => true) : null)],
  ["minProperties", onSize(keysOf, atLeast)],
  ["maxProperties", onSize(keysOf, atMost)],
  ["required", required],
  ["dependentRequired", dependentRequired],
]);
