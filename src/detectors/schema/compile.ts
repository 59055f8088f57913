/**
 * The JSON text of a schema -> something to check values with. Reads drafts 4 to 2020-12 as far as a request uses them.
 *
 * Invariant: the text comes from a client. It is interpreted, never turned into code; nothing is fetched; its expressions
 * run on the linear engine that the caller gives; compiling and checking are bounded.
 * Not read, and said so: references to other documents, `$dynamicRef`, `$recursiveRef`.
 */
import { type JsonObject, type JsonValue, readJsonValue } from "../../stdx/json-value.ts";
import type { Steps } from "../../stdx/paced.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { applicators } from "./applicators.ts";
import { assertions } from "./assertions.ts";
import { type Check, type Node, Run } from "./run.ts";

export const schemaLimits = {
  /** In UTF-16 code units. */
  schemaUnits: 131_072,
  schemaDepth: 100,
  schemaValues: 10_000,
  /** All expressions of one schema, in UTF-16 code units. */
  patternUnits: 4_000,
  /** Unicode classes in them, such as `\p{L}`: hundreds of ranges each. */
  patternClasses: 16,
  /** Of one value; see `Schema.check`. */
  valueUnits: 262_144,
  valueDepth: 128,
  valueValues: 50_000,
  /** Schemas applied, members looked at, and work of that size. */
  steps: 100_000,
} as const;

/** An expression on a linear engine. `instructions`: what one character costs at the most. */
export type LinearMatcher = { readonly instructions: number; test(text: string): boolean };
/** `null` where it has no such expression. */
export type CompileMatcher = (pattern: string) => LinearMatcher | null;

/** `too-long`: over a limit. `unreadable`: no JSON, no schema, or one that asks for what is not read here. */
export type SchemaFault = "too-long" | "unreadable";

export type Schema = {
  /** Whether a text is JSON that meets the schema; `too-long` where that takes more than the limits give. */
  check(text: string): Steps<"met" | "not-met" | "too-long">;
};

/** `null` says that the argument is no such keyword's. */
export type Builder = (argument: JsonValue, schema: JsonObject, compiler: Compiler) => Check | null;

/** Schemas compiled between two breaths. */
const nodesOfBlock = 64;
/** Instructions of a matcher that cost as much as one step. */
const instructionsPerStep = 2;

export function* compileSchema(text: string, compileMatcher: CompileMatcher): Steps<Result<Schema, SchemaFault>> {
  if (text.length > schemaLimits.schemaUnits) return err("too-long");
  const { schemaDepth: maxDepth, schemaValues: maxValues } = schemaLimits;
  const read = readJsonValue(text, { maxDepth, maxValues });
  if (!read.ok) return err(read.error === "not-json" ? "unreadable" : "too-long");
  yield;
  const compiler = new Compiler(read.value, compileMatcher);
  const root = compiler.node(read.value);
  yield* compiler.finish();
  if (compiler.fault !== null) return err(compiler.fault);
  return ok({ check: (value) => checkText(value, root, compiler.seesRest) });
}

function* checkText(text: string, root: Node, seesRest: boolean): Steps<"met" | "not-met" | "too-long"> {
  if (text.length > schemaLimits.valueUnits) return "too-long";
  const { valueDepth: maxDepth, valueValues: maxValues } = schemaLimits;
  const read = readJsonValue(text, { maxDepth, maxValues });
  if (!read.ok) return read.error === "not-json" ? "not-met" : "too-long";
  yield;
  const run = new Run(schemaLimits.steps, seesRest);
  const met = run.meets(root, read.value, run.newSeen());
  if (run.exhausted) return "too-long";
  return met ? "met" : "not-met";
}

const keywords: ReadonlyMap<string, Builder> = new Map([...assertions, ...applicators]);
const isObject = (value: JsonValue): value is JsonObject => value instanceof Map;

/** Fills nodes from a list of what is still to do, so that no schema is deep enough to exhaust the stack. */
export class Compiler {
  readonly #root: JsonValue;
  readonly #compileMatcher: CompileMatcher;
  readonly #nodes = new Map<JsonValue, Node>();
  readonly #open: (readonly [JsonObject, Node])[] = [];
  readonly #anchors = new Map<string, JsonValue>();
  /** Older drafts ignore what stands beside a reference. */
  readonly #refsAlone: boolean;
  readonly #ownName: string;
  #patternUnits = 0;
  #patternClasses = 0;
  seesRest = false;
  fault: SchemaFault | null = null;

  constructor(root: JsonValue, compileMatcher: CompileMatcher) {
    this.#root = root;
    this.#compileMatcher = compileMatcher;
    const [draft, id] = ["$schema", "$id"].map((key) => (isObject(root) ? root.get(key) : null));
    this.#refsAlone = typeof draft === "string" && /draft-0[3-7]/.test(draft);
    this.#ownName = typeof id === "string" ? (id.split("#")[0] as string) : "";
    this.#findAnchors();
  }

  /** Booleans are schemas too. */
  node(schema: JsonValue): Node {
    if (schema === true) return { checks: [] };
    if (schema === false) return { checks: [() => false] };
    const known = this.#nodes.get(schema);
    if (known !== undefined) return known;
    const node: Node = { checks: [] };
    if (!isObject(schema)) {
      this.fault ??= "unreadable";
      return node;
    }
    this.#nodes.set(schema, node);
    this.#open.push([schema, node]);
    return node;
  }

  *finish(): Steps<void> {
    let filled = 0;
    for (let next = this.#open.pop(); next !== undefined && this.fault === null; next = this.#open.pop()) {
      this.#fill(...next);
      filled += 1;
      if (filled % nodesOfBlock === 0) yield;
    }
  }

  /** A schema of the same document, by pointer or anchor. `null` where there is none. */
  resolve(ref: string): Node | null {
    const own = ref.startsWith(this.#ownName) ? ref.slice(this.#ownName.length) : ref;
    if (own !== "" && !own.startsWith("#")) return null;
    const name = decoded(own.slice(1));
    const target =
      name === null ? undefined : name === "" || name.startsWith("/") ? this.#at(name) : this.#anchors.get(name);
    return target === undefined ? null : this.node(target);
  }

  /** A test that pays for itself. `null` for what the linear engine does not take. */
  pattern(source: string): ((run: Run, text: string) => boolean) | null {
    this.#patternUnits += source.length;
    this.#patternClasses += source.split(/\\p/i).length - 1;
    const { patternUnits, patternClasses } = schemaLimits;
    if (this.#patternUnits > patternUnits || this.#patternClasses > patternClasses) {
      this.fault ??= "too-long";
      return null;
    }
    const matcher = this.#compileMatcher(source);
    if (matcher === null) return null;
    const stepsPerUnit = matcher.instructions / instructionsPerStep;
    return (run, text) => run.spend(1 + text.length * stepsPerUnit) && matcher.test(text);
  }

  #fill(schema: JsonObject, node: Node): void {
    const ref = this.#refsAlone ? schema.get("$ref") : undefined;
    const read: JsonObject = ref === undefined ? schema : new Map([["$ref", ref]]);
    if (read.has("$dynamicRef") || read.has("$recursiveRef")) this.fault ??= "unreadable";
    this.seesRest ||= read.has("unevaluatedProperties") || read.has("unevaluatedItems");
    const built = new Set<Builder>();
    for (const [keyword, builder] of keywords) {
      const argument = read.get(keyword);
      if (argument === undefined || built.has(builder)) continue;
      built.add(builder);
      const check = builder(argument, read, this);
      if (check === null) this.fault ??= "unreadable";
      else node.checks.push(check);
    }
  }

  #at(pointer: string): JsonValue | undefined {
    let value: JsonValue | undefined = this.#root;
    for (const step of pointer.split("/").slice(1)) {
      const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
      if (value instanceof Map) value = (value as JsonObject).get(key);
      else if (Array.isArray(value) && /^\d+$/.test(key)) value = (value as readonly JsonValue[])[Number(key)];
      else return undefined;
    }
    return value;
  }

  /** Also says that a schema inside has an address of its own, by which references in it would be read. */
  #findAnchors(): void {
    const open: JsonValue[] = [this.#root];
    let addresses = 0;
    let refs = 0;
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      if (Array.isArray(value)) open.push(...(value as readonly JsonValue[]));
      if (!isObject(value)) continue;
      open.push(...value.values());
      const [anchor, id] = [value.get("$anchor"), value.get("$id")];
      if (typeof anchor === "string") this.#anchors.set(anchor, value);
      if (typeof id === "string" && id.startsWith("#")) this.#anchors.set(id.slice(1), value);
      else if (typeof id === "string" && value !== this.#root) addresses += 1;
      if (value.has("$ref")) refs += 1;
    }
    if (addresses > 0 && refs > 0) this.fault = "unreadable";
  }
}

function decoded(fragment: string): string | null {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return null;
  }
}
