/** The place of a walk through a tree, and the steps from one to the next. */
import { createHash } from "node:crypto";
import type { Location, Role, Span } from "../../domain/segment.ts";
import type { JsonMember, JsonNode } from "../json/parse.ts";

/** Where the walk stands. */
export type Here = {
  readonly pointer: string;
  readonly role: Role;
  readonly unclear: NonNullable<Location["unclear"]> | null;
  /** Ends in "/" unless empty. `null`: texts here are complete as they stand. */
  readonly lane: string | null;
  /** The lane of strings that no spec names; `null` where they do not grow. */
  readonly otherLane: string | null;
  /** Names the list of parts that the walk is in. */
  readonly parts: string | null;
  readonly drop: Span | null;
  /** The tool call that the walk is in; only where there are lanes. */
  readonly call: string | null;
};

const highestIndex = 1_000_000;
/** In UTF-16 code units. */
const laneNameLongest = 256;

/** The number that the item gives itself, since pieces of it come in several events; else its position. */
export function itemName(item: JsonNode, position: number): number {
  if (item.kind !== "object") return position;
  return indexOf(item.members.findLast((member) => member.key === "index")?.value ?? null) ?? position;
}

/** `null`: it is none. */
export function indexOf(node: JsonNode | null): number | null {
  if (node?.kind !== "number" || !Number.isInteger(node.value)) return null;
  return node.value >= 0 && node.value <= highestIndex ? node.value : null;
}

/** A key as one step of a pointer. */
export const escapePointer = (key: string): string =>
  key.includes("~") || key.includes("/") ? key.replaceAll("~", "~0").replaceAll("/", "~1") : key;
/** A part of a lane's name that the body chose: not of any length. */
export const laneName = (text: string | null): string => escapePointer((text ?? "").slice(0, laneNameLongest));
/** In UTF-16 code units. Each text below a key has the key in its pointer, and in its lane: long ones would take their length for each. */
const stepLongest = 256;
const otherLaneLongest = 512;
/** The text itself, or where it is longer its begin with a digest of all of it, so that two that differ stay two. */
const bounded = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest)}#${createHash("sha256").update(text).digest("base64url")}`;
const stepOf = (key: string | number): string =>
  typeof key === "number" ? String(key) : escapePointer(bounded(key, stepLongest));
/** Most readers do not see a member whose key comes again, so its text is no part of the lane that they see. */
export function shadow(here: Here, { shadowed }: JsonMember): Here {
  if (!shadowed) return here;
  const lane = here.lane === null ? null : `${here.lane}again/`;
  return { ...here, lane, otherLane: here.otherLane === null ? null : `${here.otherLane}/again`, parts: null };
}
const below = (here: Here, key: string | number): Here => ({ ...here, pointer: `${here.pointer}/${stepOf(key)}` });

/** `below`, in strings that no spec names: each place is a lane of its own where they grow. */
export function grown(here: Here, name: string | number, key: string | number): Here {
  const inside = below(here, key);
  return here.otherLane === null
    ? inside
    : { ...inside, otherLane: bounded(`${here.otherLane}/${stepOf(name)}`, otherLaneLongest) };
}

/**
 * Not in the form that a spec expects: a lenient reader may take it for any text of the body, so rules of each role and place
 * look at it.
 */
export const misplaced = (here: Here): Here => ({ ...here, unclear: "place" });

/** An object with lanes of its own begins those of the strings in it, too: what repeats the ones repeats the others. */
export const beginsLanes = (otherLane: string | null, lane: string): boolean => !(otherLane?.startsWith(lane) ?? false);
