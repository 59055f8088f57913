// Ways to spoil a sample's bodies. Each keeps the planted words whole, so that they must be found, or the body be refused.

import fc from "fast-check";
import { filled, plain, type Sample, type SampleEvent, type SampleReply } from "../matrix/sample.ts";
import { type Body, promptOf, type Reply, replyOf } from "../matrix/wire.ts";
import { inPrompt } from "./dialect-texts.ts";

/** With white space: a short token may stand where names and ids do. */
export const planted = "it says zebrastripe here";

type Path = readonly (string | number)[];

/** All places of a JSON value, the root first. */
function pathsOf(value: unknown): readonly Path[] {
  const paths: Path[] = [];
  const open: [unknown, Path][] = [[value, []]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [at, path] = next;
    paths.push(path);
    if (typeof at !== "object" || at === null) continue;
    if (Array.isArray(at)) for (const [index, item] of at.entries()) open.push([item, [...path, index]]);
    else for (const [key, inner] of Object.entries(at)) open.push([inner, [...path, key]]);
  }
  return paths;
}

/** The value with another at the path; `twin` stands beside a member of an object, under a name like its own. */
type Put = (old: unknown) => { readonly value: unknown; readonly before?: Twin; readonly after?: Twin };
type Twin = { readonly key: (key: string) => string; readonly value: unknown };
/** Taken out of the JSON text again: what it ends is a name that comes twice. */
const again = "\uE003";

function putAt(value: unknown, path: Path, put: Put): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return put(value).value;
  if (Array.isArray(value)) return value.map((item, at) => (at === step ? putAt(item, rest, put) : item));
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([key, inner]): [string, unknown][] => {
      if (key !== step) return [[key, inner]];
      if (rest.length > 0) return [[key, putAt(inner, rest, put)]];
      const { value: now, before, after } = put(inner);
      const twin = (one: Twin | undefined): [string, unknown][] =>
        one === undefined ? [] : [[one.key(key), one.value]];
      return [...twin(before), [key, now], ...twin(after)];
    }),
  );
}

const nested = (depth: number): unknown => {
  let value: unknown = planted;
  for (let at = 0; at < depth; at += 1) value = at % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Other types, and other forms of the same; each with the words in it, but for the last few. */
const others: readonly unknown[] = [
  planted,
  [planted],
  [[planted]],
  { text: planted },
  { type: "text", text: planted },
  { type: planted },
  { [planted]: "x" },
  { role: "assistant", content: planted },
  [{ type: "made-up", value: { deep: [planted] } }],
  `data:text/plain,${planted}`,
  `\ud800${planted}\udc00`,
  JSON.stringify({ a: planted }),
  [1, 2, planted],
  nested(6),
  nested(140),
  ...[null, true, 7, -1.5e300, "", [], {}, "AAAA", 1e9],
];
const upper = (key: string): string => key.toUpperCase();
const capital = (key: string): string => key.slice(0, 1).toUpperCase() + key.slice(1);
const same = (key: string): string => key + again;
const keys = [same, upper, capital, (key: string) => `${key} ${planted}`, () => planted];

const put: fc.Arbitrary<Put> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(...others).map(
      (value): Put =>
        () => ({ value }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(...keys), fc.boolean(), fc.constantFrom(...others.slice(0, 8))).map(
      ([key, first, value]): Put =>
        (old) => ({ value: old, [first ? "before" : "after"]: { key, value } }),
    ),
  },
);

/** One change of one JSON value, `at` of its places. */
export type Change = { readonly at: number; readonly put: Put };
export const change: fc.Arbitrary<Change> = fc.record({ at: fc.nat(100_000), put });

export type Spoiled = {
  readonly value: unknown;
  /** What leads to the place alone, with the names and numbers beside it. */
  readonly chain: unknown;
};

export function spoil(value: unknown, { at, put: how }: Change): Spoiled {
  const paths = pathsOf(value);
  const path = paths[at % paths.length] as Path;
  return { value: putAt(value, path, how), chain: chainTo(putAt(value, path, how), path) };
}

/** Short words, that tell what an object is, stay. */
function chainTo(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return typeof step === "number" ? [chainTo(value[step], rest)] : value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
      if (key === step) return [[key, chainTo(inner, rest)]];
      return JSON.stringify([key, inner]).includes(planted) || (typeof inner === "string" && inner.length < 64)
        ? [[key, inner]]
        : [];
    }),
  );
}

export const jsonOf = (value: unknown): string => JSON.stringify(value).replaceAll(again, "");

/** The side of the sample that has the marks, harmless, as JSON values; `null` where it is no JSON. */
export function valuesOf(sample: Sample): readonly unknown[] | null {
  const { prompt, reply } = sample;
  if (inPrompt(sample)) return prompt.kind === "json" ? [filled(prompt.body, plain)] : null;
  if (reply.kind === "text") return null;
  if (reply.kind === "json") return [filled(reply.body, plain)];
  return reply.events.map(({ data }) => filled(data, plain));
}

/** Both bodies, that side made of these JSON texts. */
export function bodiesWith(sample: Sample, texts: readonly string[]): { prompt: Body | null; reply: Reply } {
  if (inPrompt(sample)) {
    const prompt = { contentType: "application/json", bytes: Buffer.from(texts[0] as string) };
    return { prompt, reply: replyOf(sample, plain) };
  }
  return { prompt: promptOf(sample, plain), reply: replyWith(sample.reply, texts) };
}

function replyWith(reply: SampleReply, texts: readonly string[]): Reply {
  if (!("events" in reply)) {
    const { status } = replyOf({ reply }, plain);
    return { status, contentType: "application/json", chunks: [Buffer.from(texts[0] as string)] };
  }
  const names = reply.events.map(({ name }) => name);
  const events = texts.map((data, at): SampleEvent => {
    const name = names[at % names.length];
    return name === undefined ? { data } : { name, data };
  });
  return replyOf({ reply: { ...reply, events } }, plain);
}
