/**
 * Reads a JSON tree by a spec: pieces in document order, counts of what is not judged, repeats of lanes.
 * Invariant: each string, and each key that no spec names, ends as a piece, or stands where a spec says that it is
 * protocol or unjudged. Depth is bounded by the parser. A walk may be long: it goes in steps.
 */
import type { Asked, MaskStyle, Piece, Repeat } from "../../domain/dialect.ts";
import { type Place, type Role, type Span, type UnjudgedKind } from "../../domain/segment.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import type { Steps } from "../../stdx/paced.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { JsonMember, JsonNode, JsonObject } from "../json/parse.ts";
import { beginsLanes, grown, type Here, itemName, misplaced, shadow } from "./here.ts";
import { caseOf, isEmpty, isToldOnce, isTrue, numbers } from "./members.ts";
import { roleOf } from "./roles.ts";
import { isBase64, isBase64DataUrl, isToken } from "./shapes.ts";
import { fold, type ObjectSpec, other, type Spec } from "./spec.ts";

export type Reading = {
  readonly pieces: readonly Piece[];
  readonly repeats: readonly Repeat[];
  readonly ends: readonly string[];
  /** Where there are any. */
  readonly joined?: readonly (readonly Piece[])[];
  readonly unjudged: Readonly<Partial<Record<UnjudgedKind, number>>>;
};

/** What a walk needs beside the tree. */
export type Walk = {
  /** The text of which the tree was read. */
  readonly source: string;
  /** Of texts whose object names none. */
  readonly role: Role;
  /** Texts of this body go on in others like it (or are told again in it), so they have lanes where the spec names them. */
  readonly lanes: boolean;
  /** Strings that no spec names go on in the next body, each in its place. They do not where left out, but in objects that say so. */
  readonly grows?: boolean;
  /** What is judged only because it was asked for. */
  readonly asked: Asked;
};

type Found = {
  readonly source: string;
  readonly asked: Asked;
  pieces: Piece[];
  repeats: Repeat[];
  ends: string[];
  /** Texts of parts, by the list that they stand in and whose they are. */
  parts: Map<string, Piece[]>;
  unjudged: Partial<Record<UnjudgedKind, number>>;
  unreadable: Unreadable | null;
  /** Items and members that were visited. */
  visited: number;
};

/** So many items and members are visited in one step. */
const stepVisits = 256;

export function* walk(root: JsonNode, spec: Spec, of: Walk): Steps<Result<Reading, Unreadable>> {
  const { source, asked, role, lanes, grows = false } = of;
  const nothing = { pieces: [], repeats: [], ends: [], parts: new Map(), unjudged: {}, unreadable: null, visited: 0 };
  const found: Found = { source, asked, ...nothing };
  const isOfNoDialect = spec === other || spec.kind === "growing";
  const start = { pointer: "", role, unclear: isOfNoDialect ? ("place" as const) : null };
  yield* all(
    visit(found, root, spec, {
      ...start,
      lane: lanes ? "" : null,
      otherLane: grows ? "other" : null,
      parts: null,
      drop: null,
      call: null,
    }),
  );
  if (found.unreadable !== null) return err(found.unreadable);
  const { pieces, repeats, ends, unjudged } = found;
  const joined = [...found.parts.values()].filter((parts) => parts.length > 1);
  return ok({ pieces, repeats, ends, unjudged, ...(joined.length === 0 ? {} : { joined }) });
}

/** What is left of a list or an object; `null` where there is nothing. */
type Rest = Steps<void> | null;

const all = (rest: Rest): Iterable<undefined> => rest ?? [];

function visit(found: Found, node: JsonNode, spec: Spec, here: Here): Rest {
  switch (spec.kind) {
    case "unreadable":
      found.unreadable ??= spec.why;
      return null;
    case "unjudged":
      count(found, spec.as, node.kind === "list" ? node.items.length : 1);
      return null;
    case "choice": {
      const chosen = node.kind === "literal" ? undefined : spec[node.kind];
      return chosen === undefined ? visitOther(found, node, misplaced(here)) : visit(found, node, chosen, here);
    }
    case "counted":
      if (node.kind !== "literal" || node.value === true)
        count(found, spec.as, node.kind === "list" ? node.items.length : 1);
      return visit(found, node, spec.inner, here);
    case "asked":
      if (found.asked.has(spec.as)) return visit(found, node, spec.inner, here);
      count(found, spec.as, node.kind === "list" ? node.items.length : 1);
      return null;
    case "flag":
      return visit(found, node, isTrue(node, spec.key) ? spec.whenTrue : spec.otherwise, here);
    case "variant":
      if (node.kind !== "object") return visit(found, node, spec.otherwise, here);
      return visit(found, node, caseOf(spec, node), isToldOnce(node, spec.key) ? here : misplaced(here));
    case "said":
      return visit(found, node, spec.inner, { ...here, role: spec.by });
    case "list":
      return node.kind === "list"
        ? visitItems(found, node.items, spec, inList(spec, node.span, here))
        : visitOther(found, node, misplaced(here));
    case "object":
      return node.kind === "object" ? visitMembers(found, node, spec, here) : visitOther(found, node, misplaced(here));
    case "tree":
      return visitOther(found, node, here, spec.place);
    case "json-value":
      return visitJsonValue(found, node, spec, here);
    case "growing":
      return visitOther(found, node, { ...here, otherLane: spec.lane });
    case "reference":
      if (node.kind === "string") count(found, spec.as, 1);
      return visitProtocol(found, node, here);
    case "protocol":
      return visitProtocol(found, node, here);
    case "label":
      return visitProtocol(found, node, { ...here, otherLane: null });
    default:
      if (node.kind !== "string") return visitOther(found, node, misplaced(here));
      visitString(found, node.value, node.span, spec, here);
      return null;
  }
}

/** Two lists of one name in an object are two. */
function inList({ drop, ofParts }: Extract<Spec, { kind: "list" }>, span: Span, here: Here): Here {
  if (!drop && !ofParts) return here;
  return { ...here, drop: drop ? (here.drop ?? span) : here.drop, parts: ofParts ? String(span.start) : here.parts };
}

type StringSpec = Extract<Spec, { kind: "text" | "base64" | "url" | "media" }>;

function visitString(found: Found, value: string, span: Span, spec: StringSpec, here: Here): void {
  if (spec.kind === "text") {
    const lane = spec.lane === null || here.lane === null ? null : here.lane + spec.lane;
    addPiece(found, value, span, { ...here, lane }, spec.place, spec.mask);
    if (spec.isPart && here.lane === null && value !== "") notePart(found, here);
    return;
  }
  if (spec.kind === "base64" && isBase64(value)) return;
  if (spec.kind === "media") {
    if (isBase64(value) || isBase64DataUrl(value)) return count(found, spec.as, 1);
    // Some readers fetch what a link names.
    if (/^https?:/i.test(value)) count(found, "remote-url", 1);
  }
  if (spec.kind === "url") {
    if (spec.as !== null && isBase64DataUrl(value)) return count(found, spec.as, 1);
    if (spec.leadsTo !== null && !/^data:/i.test(value)) {
      count(found, spec.leadsTo, 1);
      count(found, "remote-url", 1);
    }
    return addPiece(found, value, span, { ...here, lane: null }, spec.place, "text");
  }
  addPiece(found, value, span, { ...here, lane: here.otherLane }, "other", "text");
}

/** The last piece is the text of a part. What says that it is another's, or stands elsewhere, is joined to nothing of this. */
function notePart({ pieces, parts }: Found, here: Here): void {
  const piece = pieces.at(-1);
  if (piece === undefined || here.parts === null || here.drop !== null) return;
  const { place, role, unclear } = piece.location;
  const key = `${place} ${role} ${unclear ?? ""} ${here.parts}`;
  const before = parts.get(key);
  if (before === undefined) parts.set(key, [piece]);
  else before.push(piece);
}

function visitOther(found: Found, node: JsonNode, here: Here, place: Place = "other"): Rest {
  if (node.kind === "string") {
    addPiece(found, node.value, node.span, { ...here, lane: here.otherLane }, place, "text");
  } else if (node.kind === "number") {
    // A number can be an account or a card; masked, it becomes null.
    if (node.digits !== null)
      addPiece(found, node.digits, node.span, { ...here, lane: null, drop: here.drop ?? node.span }, place, "text");
  } else if (node.kind === "list") {
    return eachItem(found, node.items, (item, at) =>
      visitOther(found, item, grown(here, itemName(item, at), at), place),
    );
  } else if (node.kind === "object") {
    return eachMember(found, node, (member) => {
      addPiece(found, member.key, member.keySpan, { ...here, lane: null }, place, "text");
      return visitOther(found, member.value, grown(shadow(here, member), member.key, member.key), place);
    });
  }
  return null;
}

/** Lists and objects as their source, so that masks leave them valid JSON and programs that read them see all of it. */
function visitJsonValue(found: Found, node: JsonNode, spec: Extract<Spec, { kind: "json-value" }>, here: Here): Rest {
  const lane = spec.lane === null || here.lane === null ? null : here.lane + spec.lane;
  if (node.kind === "string") addPiece(found, node.value, node.span, { ...here, lane }, spec.place, "text");
  else if (node.kind !== "list" && node.kind !== "object") return visitOther(found, node, here, spec.place);
  else if (spec.filled === "here" || (node.kind === "list" ? node.items : node.members).length > 0) {
    const { start, end } = node.span;
    addPiece(found, found.source.slice(start, end), node.span, { ...here, lane: null }, spec.place, "json", "raw");
  }
  return null;
}

/** Short tokens are names; so are the keys of counters. What does not look like one is text. */
function visitProtocol(found: Found, node: JsonNode, here: Here): Rest {
  if (node.kind === "string") {
    if (!isToken(node.value))
      addPiece(found, node.value, node.span, { ...here, lane: here.otherLane }, "other", "text");
  } else if (node.kind === "list") {
    return eachItem(found, node.items, (item, at) => visitProtocol(found, item, grown(here, itemName(item, at), at)));
  } else if (node.kind === "object") {
    return eachMember(found, node, ({ key, keySpan, value }) => {
      if (!isToken(key)) addPiece(found, key, keySpan, { ...here, lane: null }, "other", "text");
      return visitProtocol(found, value, grown(here, key, key));
    });
  }
  return null;
}

function visitItems(found: Found, items: readonly JsonNode[], spec: Extract<Spec, { kind: "list" }>, here: Here): Rest {
  return eachItem(found, items, (item, at) => {
    const inside = grown(here, itemName(item, at), at);
    if (spec.indexed === null || here.lane === null) return visit(found, item, spec.items, inside);
    const list = spec.indexed === "" ? "" : `${spec.indexed}/`;
    return visit(found, item, spec.items, { ...inside, lane: `${here.lane}${list}${itemName(item, at)}/` });
  });
}

function visitMembers(found: Found, node: JsonObject, spec: ObjectSpec, outer: Here): Rest {
  const lane = outer.lane === null ? null : outer.lane + numbers(node, spec) + spec.within;
  if (spec.ends && lane !== null) found.ends.push(lane);
  const here: Here = {
    pointer: outer.pointer,
    ...roleOf(node, spec, outer),
    lane,
    parts: outer.parts,
    otherLane: spec.grows && lane !== null && beginsLanes(outer.otherLane, lane) ? `${lane}other` : outer.otherLane,
    drop: spec.drop ? (outer.drop ?? node.span) : outer.drop,
    call: spec.call && lane !== null ? lane.slice(0, -1) : outer.call,
  };
  return eachMember(found, node, (member) => {
    const known = spec.members.get(member.key);
    const inside = shadow(
      known === undefined && spec.foldedKeys.has(fold(member.key)) ? misplaced(here) : here,
      member,
    );
    if (known === undefined) {
      if (spec.rest === null || !isToken(member.key))
        addPiece(found, member.key, member.keySpan, { ...here, lane: null }, spec.keyPlace, "text");
      return visit(found, member.value, spec.rest ?? other, grown(inside, member.key, member.key));
    }
    if (here.lane !== null && spec.repeats.includes(member.key) && !isEmpty(member.value))
      found.repeats.push({
        lanes: here.lane,
        whole: member.value.span,
        ...(spec.recalls.includes(member.key) ? { recalls: true as const } : {}),
      });
    return visit(found, member.value, known, grown(inside, member.key, member.key));
  });
}

function* eachItem(
  found: Found,
  items: readonly JsonNode[],
  visitOne: (item: JsonNode, position: number) => Rest,
): Steps<void> {
  for (const [position, item] of items.entries()) {
    found.visited += 1;
    if (found.visited % stepVisits === 0) yield;
    yield* all(visitOne(item, position));
  }
}

function* eachMember(found: Found, { members }: JsonObject, visitOne: (member: JsonMember) => Rest): Steps<void> {
  for (const member of members) {
    found.visited += 1;
    if (found.visited % stepVisits === 0) yield;
    yield* all(visitOne(member));
  }
}

const ofCalls: ReadonlySet<Place> = new Set(["tool-name", "tool-arguments"]);

function addPiece(
  found: Found,
  value: string,
  literal: Span,
  here: Here,
  place: Place,
  mask: "text" | "json",
  writing: Piece["writing"] = "json-string",
): void {
  const style: MaskStyle = here.drop === null ? { kind: mask } : { kind: "drop", whole: here.drop };
  const { role, pointer, unclear } = here;
  const location = unclear === null ? { place, role, pointer } : { place, role, pointer, unclear };
  found.pieces.push({
    location,
    text: value,
    literal,
    writing,
    mask: style,
    lane: here.lane,
    call: ofCalls.has(place) ? here.call : null,
  });
}

function count(found: Found, kind: UnjudgedKind, by: number): void {
  found.unjudged[kind] = (found.unjudged[kind] ?? 0) + by;
}
