/**
 * Parts of an Envoy configuration, each with its path from the root: read as Envoy reads them, so that a value counts
 * whichever way it is spelt (snake or camel case, numbers or names for enums, `yes` for true, wrappers, TypedStruct).
 * Pure. Never throws: a value of another shape reads as absent.
 */

/** Keys and indices from the root. */
export type Path = readonly PropertyKey[];
export type Part = { readonly value: unknown; readonly path: Path };

export const rootOf = (value: unknown): Part => ({ value, path: [] });

/** The part below by field names. What is not there is a part without value that keeps the path of the last one found. */
export function at(part: Part, ...names: readonly string[]): Part {
  let found = part;
  for (const name of names) {
    const holder = objectOf(found.value);
    const key = [name, camelCase(name)].find((each) => holder !== null && Object.hasOwn(holder, each));
    if (holder === null || key === undefined) return { value: undefined, path: found.path };
    found = { value: holder[key], path: [...found.path, key] };
  }
  return found;
}

/** The value under a key that is data and not a field name, such as a filter's. */
export function member(part: Part, key: string): Part {
  const holder = objectOf(part.value);
  if (holder === null || !Object.hasOwn(holder, key)) return { value: undefined, path: part.path };
  return { value: holder[key], path: [...part.path, key] };
}

export const isSet = ({ value }: Part): boolean => value !== undefined && value !== null;

/** A list's items; none where it is no list. */
export function items({ value, path }: Part): readonly Part[] {
  return Array.isArray(value) ? value.map((each: unknown, index) => ({ value: each, path: [...path, index] })) : [];
}

export function entries(part: Part): readonly (readonly [key: string, part: Part])[] {
  return Object.keys(objectOf(part.value) ?? {}).map((key) => [key, member(part, key)]);
}

/** Empty where it is no text. */
export const text = ({ value }: Part): string => (typeof value === "string" ? value : "");

/** Absent is false, as in Envoy; what can be told apart by `isSet` has to be. */
export function flag(part: Part): boolean {
  const value = unwrapped(part);
  return value === true || (typeof value === "string" && /^(true|yes|on|y)$/i.test(value));
}

export function count(part: Part): number | null {
  const value = unwrapped(part);
  if (typeof value === "number") return value;
  return typeof value === "string" && /^[0-9]+$/.test(value) ? Number(value) : null;
}

/** Protobuf's form: `1.5s`. */
export function durationMs({ value }: Part): number | null {
  const seconds = typeof value === "string" ? /^(-?[0-9]+(?:\.[0-9]+)?)s$/.exec(value.trim())?.[1] : undefined;
  return seconds === undefined ? null : Number(seconds) * 1000;
}

/** An enum value; `names` in the order of their numbers. Absent is the first; a name that is not listed is `null`. */
export function choice<T extends string>({ value }: Part, names: readonly [T, ...T[]]): T | null {
  if (value === undefined || value === null) return names[0];
  if (typeof value === "number") return names[value] ?? null;
  if (typeof value !== "string") return null;
  if (/^[0-9]+$/.test(value)) return names[Number(value)] ?? null;
  return names.find((name) => name === value.toUpperCase()) ?? null;
}

const typedStruct = /(^|\/)(xds|udpa)\.type\.v[0-9]+\.TypedStruct$/;

/** A message inside an Any, without its `@type`: the full name, and the part that holds the fields. */
export function messageOf(part: Part): { readonly type: string; readonly fields: Part } {
  const type = text(member(part, "@type"));
  if (typedStruct.test(type)) return { type: nameIn(text(at(part, "type_url"))), fields: at(part, "value") };
  return { type: nameIn(type), fields: part };
}

const nameIn = (url: string): string => url.slice(url.lastIndexOf("/") + 1);

/** Every message of that type at or below `part`. Finds what stands inside matchers and wrappers, whatever their form. */
export function messagesBelow(part: Part, type: string): readonly Part[] {
  const found: Part[] = [];
  const walk = (each: Part): void => {
    const message = messageOf(each);
    if (message.type === type) found.push(message.fields);
    for (const below of Array.isArray(each.value) ? items(each) : entries(each).map(([, value]) => value)) walk(below);
  };
  walk(part);
  return found;
}

/** Every text at or below the part. */
export function textsBelow(part: Part): readonly string[] {
  const found: string[] = [];
  const walk = (each: Part): void => {
    if (text(each) !== "") found.push(text(each));
    for (const below of Array.isArray(each.value) ? items(each) : entries(each).map(([, value]) => value)) walk(below);
  };
  walk(part);
  return found;
}

export const mentions = (part: Part, word: string): boolean => textsBelow(part).some((each) => each.includes(word));

function unwrapped(part: Part): unknown {
  const inner = member(part, "value");
  return objectOf(part.value) !== null && isSet(inner) ? inner.value : part.value;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
