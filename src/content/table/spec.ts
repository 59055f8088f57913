/**
 * The language in which a dialect says where text stands in its bodies: a tree of specs, read by `walk.ts`.
 * Invariant of the whole: a string that no spec explains is judged, never skipped.
 */
import type { Place, Role, UnjudgedKind } from "../../domain/segment.ts";
import type { Unreadable } from "../../domain/verdict.ts";

/** A value of a kind that a spec does not expect is read as `other`. */
export type Spec =
  /**
   * Text. `lane` is joined to that of the enclosing list items; it has no meaning in bodies without lanes. `isPart`: readers may join
   * it to those of the other items in the list of parts that it stands in.
   */
  | {
      readonly kind: "text";
      readonly place: Place;
      readonly mask: "text" | "json";
      readonly lane: string | null;
      readonly isPart: boolean;
    }
  /** Any value; all its strings and keys are judged, as texts of that place. */
  | { readonly kind: "tree"; readonly place: Place }
  /**
   * Any JSON value as one text, its source: what a program reads as one (the arguments of a call), and what must stay JSON. A
   * string is text as it is. `filled`: an empty list or object is no value yet where later events bring what stands in it.
   */
  | {
      readonly kind: "json-value";
      readonly place: Place;
      readonly lane: string | null;
      readonly filled: "here" | "later";
    }
  /** The same, of one event of a stream: each place in it is a lane of its own, under `lane`. */
  | { readonly kind: "growing"; readonly lane: string }
  /** Names, ids, enums, counters: not judged while each string is a short token; judged as `other` where it is not. */
  | { readonly kind: "protocol" }
  /** The same, where a name may be of several words: each body tells it whole. */
  | { readonly kind: "label" }
  /** The name of something that stands elsewhere and that nobody here reads: as protocol, and counted. */
  | { readonly kind: "reference"; readonly as: UnjudgedKind }
  /** Numbers as base64 text: not text at all. Anything else is judged. */
  | { readonly kind: "base64" }
  /**
   * A link is judged; a data URL in base64 is counted as `as` (`null`: none can stand there, and one is judged). `leadsTo`: the model fetches what a link names, and that is counted
   * beside, since nobody here reads it.
   */
  | {
      readonly kind: "url";
      readonly place: Place;
      readonly as: UnjudgedKind | null;
      readonly leadsTo: UnjudgedKind | null;
    }
  /** Media in base64 (or an object or list of definitions): counted, not judged. Other strings are judged. */
  | { readonly kind: "media"; readonly as: UnjudgedKind }
  /** Counted whole, whatever it is: once, or once an item for lists. */
  | { readonly kind: "unjudged"; readonly as: UnjudgedKind }
  /** Texts in it are that role's, unless an object in it says otherwise. */
  | { readonly kind: "said"; readonly by: Role; readonly inner: Spec }
  /** Counted as `unjudged` is, and read all the same: it carries texts beside what it stands for. */
  | { readonly kind: "counted"; readonly as: UnjudgedKind; readonly inner: Spec }
  /** Counted as `as` unless the policy asks for it: then read by `inner`. */
  | { readonly kind: "asked"; readonly as: UnjudgedKind; readonly inner: Spec }
  /** The body cannot be judged at all. */
  | { readonly kind: "unreadable"; readonly why: Unreadable }
  /**
   * With `indexed`, items have lanes `indexed/N` (`N` where it is ""), N from the item's own member `index`, else its position.
   * `drop`: texts in it can only be taken away with the whole list. `ofParts`: they are parts of one text.
   */
  | {
      readonly kind: "list";
      readonly items: Spec;
      readonly indexed: string | null;
      readonly drop: boolean;
      readonly ofParts: boolean;
    }
  | ObjectSpec
  /** Chosen by the kind of the value. */
  | {
      readonly kind: "choice";
      readonly string?: Spec;
      readonly number?: Spec;
      readonly list?: Spec;
      readonly object?: Spec;
    }
  /** Chosen by the last string member `key` of an object; `absent` where it has none. */
  | {
      readonly kind: "variant";
      readonly key: string;
      readonly cases: ReadonlyMap<string, Spec>;
      readonly otherwise: Spec;
      readonly absent: Spec;
      /** What of the member's text names the case: `image` of `image/png`. All of it where left out. */
      readonly naming?: (text: string) => string;
    }
  /** Chosen by whether the last member `key` of an object is `true`. */
  | { readonly kind: "flag"; readonly key: string; readonly whenTrue: Spec; readonly otherwise: Spec };

export type ObjectSpec = {
  readonly kind: "object";
  readonly members: ReadonlyMap<string, Spec>;
  /** Their names as `fold` makes them: some readers take a key whatever its case. */
  readonly foldedKeys: ReadonlySet<string>;
  /** `own`: the member `role` names it. `null`: as the enclosing one. */
  readonly role: Role | "own" | null;
  /** What roles are called here beside their own names; for `own` alone. */
  readonly roleNames: ReadonlyMap<string, Role>;
  /** Where keys that `members` does not name stand. */
  readonly keyPlace: Place;
  /** What the members that are not named hold, where the keys are ids: those are read as protocol. `null`: nothing is known. */
  readonly rest: Spec | null;
  /** Texts here can only be taken away with this whole object. */
  readonly drop: boolean;
  /** The object grows from event to event: unknown strings in it continue one another too. */
  readonly grows: boolean;
  /**
   * Lanes inside are `as/N/M`, N and M from those members of the object itself; 0 where one is no index. `named`: a member whose
   * text comes after them, so that each text has lanes of its own.
   */
  readonly numbered: { readonly as: string; readonly by: readonly string[]; readonly named?: string } | null;
  /** Begins the names of the lanes inside, with a "/" at its end; empty where they are those of the enclosing object. */
  readonly within: string;
  /** The lanes inside get no more text after the event that holds this object: one that says so, or tells a text whole again. */
  readonly ends: boolean;
  /** Members that tell the texts of all lanes inside again. */
  readonly repeats: readonly string[];
  /** Those of `repeats` that tell the texts of earlier events too. */
  readonly recalls: readonly string[];
  /** One tool call: its name and its arguments belong together. */
  readonly call: boolean;
};

type Members = Readonly<Record<string, Spec>>;
type ObjectOptions = Partial<Omit<ObjectSpec, "kind" | "members" | "foldedKeys">>;

export const text = (place: Place, lane: string | null = null): Spec => ({
  kind: "text",
  place,
  mask: "text",
  lane,
  isPart: false,
});
/** The text of one of the parts in a `partList`. */
export const partText = (place: Place, lane: string | null = null): Spec => ({
  kind: "text",
  place,
  mask: "text",
  lane,
  isPart: true,
});
export const jsonText = (place: Place, lane: string | null = null): Spec => ({
  kind: "text",
  place,
  mask: "json",
  lane,
  isPart: false,
});
export const tree = (place: Place): Spec => ({ kind: "tree", place });
export const other: Spec = tree("other");
export const jsonValue = (place: Place, lane: string | null = null, filled: "here" | "later" = "here"): Spec => ({
  kind: "json-value",
  place,
  lane,
  filled,
});
export const said = (by: Role, inner: Spec): Spec => ({ kind: "said", by, inner });
export const asked = (as: UnjudgedKind, inner: Spec): Spec => ({ kind: "asked", as, inner });
/** What tools are offered, and how they are described. */
export const toolDefinition: Spec = asked("tool-definition", tree("tool-definition"));
export const flag = (key: string, whenTrue: Spec, otherwise: Spec): Spec => ({
  kind: "flag",
  key,
  whenTrue,
  otherwise,
});
export const growing = (lane: string): Spec => ({ kind: "growing", lane });
export const protocol: Spec = { kind: "protocol" };
export const label: Spec = { kind: "label" };
export const base64: Spec = { kind: "base64" };
export const reference = (as: UnjudgedKind): Spec => ({ kind: "reference", as });
export const url = (place: Place, as: UnjudgedKind, leadsTo: UnjudgedKind | null = null): Spec => ({
  kind: "url",
  place,
  as,
  leadsTo,
});
/** One that says where something stands and never carries it. */
export const link = (leadsTo: UnjudgedKind | null = null): Spec => ({ kind: "url", place: "url", as: null, leadsTo });
export const media = (as: UnjudgedKind): Spec => ({ kind: "media", as });
export const unjudged = (as: UnjudgedKind): Spec => ({ kind: "unjudged", as });
export const counted = (as: UnjudgedKind, inner: Spec): Spec => ({ kind: "counted", as, inner });
export const unreadable = (why: Unreadable): Spec => ({ kind: "unreadable", why });
export const list = (items: Spec, indexed: string | null = null): Spec => ({
  kind: "list",
  items,
  indexed,
  drop: false,
  ofParts: false,
});
/** The parts of one message, or of what a tool gave. */
export const partList = (items: Spec, indexed: string | null = null): Spec => ({
  kind: "list",
  items,
  indexed,
  drop: false,
  ofParts: true,
});
/** One whose items have no sense without each other. */
export const dropList = (items: Spec): Spec => ({ kind: "list", items, indexed: null, drop: true, ofParts: false });
export const choice = (kinds: { string?: Spec; number?: Spec; list?: Spec; object?: Spec }): Spec => ({
  kind: "choice",
  ...kinds,
});
export const variant = (
  key: string,
  cases: Members,
  otherwise: Spec,
  absent: Spec = otherwise,
): Extract<Spec, { kind: "variant" }> => ({
  kind: "variant",
  key,
  cases: new Map(Object.entries(cases)),
  otherwise,
  absent,
});
/** Chosen by the kind of media that a member such as `mimeType` names: `image` of `image/png`. */
export const byMedia = (key: string, cases: Members, otherwise: Spec, absent: Spec = otherwise): Spec => ({
  ...variant(key, cases, otherwise, absent),
  naming: (type) => (type.split("/", 1)[0] as string).trim().toLowerCase(),
});
/** Equal for names that differ in case alone. Both ways, since some letters have one alone (the long s, the Kelvin sign). */
export const fold = (key: string): string => key.toLowerCase().toUpperCase();
const noNames: ReadonlyMap<string, Role> = new Map();
export const object = (members: Members, options: ObjectOptions = {}): ObjectSpec => ({
  kind: "object",
  members: new Map(Object.entries(members)),
  foldedKeys: new Set(Object.keys(members).map(fold)),
  role: null,
  roleNames: noNames,
  numbered: null,
  keyPlace: "other",
  rest: null,
  drop: false,
  grows: false,
  within: "",
  ends: false,
  repeats: [],
  recalls: [],
  call: false,
  ...options,
});
/** `spec` once for each name. */
export const each = (names: readonly string[], spec: Spec): Members =>
  Object.fromEntries(names.map((name) => [name, spec]));
