/**
 * The placeholders that one exchange issued, to be recognised in a text. Exact: another tail, another number, another
 * letter case is not one of them. Owns no places and no originals beyond what a link needs to know of them.
 */
import { hasLinkMark, hostEnd } from "../link-places/link-marks.ts";

/** What stood in the prompt, and where beside plain text it may stand again. */
export type Restorable = { readonly text: string; readonly links: boolean; readonly toolArguments: boolean };

export type Known = {
  readonly length: number;
  readonly links: boolean;
  /** What is put back holds the beginning of a link. */
  readonly isLink: boolean;
  /** What is put back ends like a host name: a slash behind it makes a link. */
  readonly endsHost: boolean;
};

export type Issued = {
  /** In UTF-16 code units. */
  readonly longest: number;
  /** The placeholder that stands at `at`, or null. */
  at(text: string, at: number): Known | null;
  /** Whether the text ends, from `at` on, within what may become one. */
  isBegun(text: string, at: number): boolean;
};

const opening = "<";
const closing = ">";

/** Every key begins with `<`, ends with `>` and has neither in between. */
export function createIssued(placeholders: ReadonlyMap<string, Restorable>): Issued {
  const known = new Map<string, Known>();
  let longest = 0;
  for (const [placeholder, { text, links }] of placeholders) {
    longest = Math.max(longest, placeholder.length);
    known.set(placeholder, {
      length: placeholder.length,
      links,
      isLink: hasLinkMark(text),
      endsHost: hostEnd.test(text),
    });
  }
  const sorted = [...known.keys()].sort();
  return {
    longest,
    at(text, at) {
      if (text[at] !== opening) return null;
      const near = text.slice(at, at + longest);
      const end = near.indexOf(closing);
      return end < 0 ? null : (known.get(near.slice(0, end + 1)) ?? null);
    },
    isBegun(text, at) {
      const length = text.length - at;
      return length < longest && (firstFrom(sorted, text.slice(at))?.startsWith(text.slice(at)) ?? false);
    },
  };
}

/** The first of the sorted words that is not less than `wanted`: if any word begins with it, this one does. */
function firstFrom(sorted: readonly string[], wanted: string): string | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low];
}
