/**
 * JSON text -> a tree with UTF-16 positions. Accepts exactly what JSON.parse accepts, within the limits. Repeated keys
 * are all kept: readers disagree on which one counts, so all are judged.
 */
import { visit } from "jsonc-parser";
import type { Span } from "../../domain/segment.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import { assert } from "../../stdx/assert.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { defaultJsonLimits, type JsonLimits, measureJson } from "./measure.ts";

export type JsonString = { readonly kind: "string"; readonly value: string; readonly span: Span };
export type JsonList = { readonly kind: "list"; readonly items: readonly JsonNode[]; readonly span: Span };
export type JsonObject = { readonly kind: "object"; readonly members: readonly JsonMember[]; readonly span: Span };
export type JsonNode =
  | JsonString
  | { readonly kind: "number"; readonly value: number; readonly span: Span }
  | { readonly kind: "literal"; readonly value: boolean | null; readonly span: Span }
  | JsonList
  | JsonObject;

export type JsonMember = {
  readonly key: string;
  /** The key's literal, quotes included. */
  readonly keySpan: Span;
  readonly value: JsonNode;
  /** The same key comes again later in this object: most readers do not see this one. */
  readonly shadowed: boolean;
};

/** Errors: `too-deep`, `too-many-values`, `not-json` (also for a byte order mark). */
export function parseJson(text: string, limits: JsonLimits = defaultJsonLimits): Result<JsonNode, Unreadable> {
  const excess = measureJson(text, limits);
  if (excess !== null) return err(excess);
  try {
    JSON.parse(text);
  } catch {
    return err("not-json");
  }
  return ok(buildTree(text));
}

/** The last member of that name: the one that JSON.parse shows. */
export function lastMember(node: JsonNode, key: string): JsonNode | null {
  if (node.kind !== "object") return null;
  return node.members.findLast((member) => member.key === key)?.value ?? null;
}

type Open =
  | { kind: "list"; start: number; items: JsonNode[] }
  | { kind: "object"; start: number; members: Draft[]; key: string; keySpan: Span };
type Draft = { key: string; keySpan: Span; value: JsonNode; shadowed: boolean };

const nowhere: Span = { start: 0, end: 0 };

/** The text is known to be JSON, so the scanner meets no error, comment or trailing comma. */
function buildTree(text: string): JsonNode {
  const open: Open[] = [];
  let root: JsonNode | null = null;
  const add = (node: JsonNode): void => {
    const parent = open.at(-1);
    if (parent === undefined) root = node;
    else if (parent.kind === "list") parent.items.push(node);
    else parent.members.push({ key: parent.key, keySpan: parent.keySpan, value: node, shadowed: false });
  };
  visit(
    text,
    {
      onObjectBegin: (start) => void open.push({ kind: "object", start, members: [], key: "", keySpan: nowhere }),
      onObjectProperty: (key, start, length) => {
        const object = open.at(-1);
        assert(object?.kind === "object", "a key stands in an object");
        object.key = key;
        object.keySpan = { start, end: start + length };
      },
      onObjectEnd: (offset, length) => {
        const object = open.pop();
        assert(object?.kind === "object", "brackets match");
        markShadowed(object.members);
        add({ kind: "object", members: object.members, span: { start: object.start, end: offset + length } });
      },
      onArrayBegin: (start) => void open.push({ kind: "list", start, items: [] }),
      onArrayEnd: (offset, length) => {
        const list = open.pop();
        assert(list?.kind === "list", "brackets match");
        add({ kind: "list", items: list.items, span: { start: list.start, end: offset + length } });
      },
      onLiteralValue: (value, start, length) => add(leaf(value, { start, end: start + length })),
      onError: () => assert(false, "what JSON.parse accepts has no error"),
    },
    { disallowComments: true, allowTrailingComma: false },
  );
  assert(root !== null, "a JSON text has a value");
  return root;
}

function leaf(value: unknown, span: Span): JsonNode {
  if (typeof value === "string") return { kind: "string", value, span };
  if (typeof value === "number") return { kind: "number", value, span };
  assert(value === null || typeof value === "boolean", "no other literals are in JSON");
  return { kind: "literal", value, span };
}

function markShadowed(members: Draft[]): void {
  if (members.length < 2) return;
  const later = new Set<string>();
  for (let at = members.length - 1; at >= 0; at--) {
    const member = members[at];
    if (member === undefined) continue;
    member.shadowed = later.has(member.key);
    later.add(member.key);
  }
}
