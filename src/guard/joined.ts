/**
 * Texts that readers may take for one. Each is judged by itself, and then all of them joined: what was found in one of them is
 * not counted again. Knows where each begins in the joined text; holds no text.
 */
import type { Location, Span } from "../domain/segment.ts";
import { Told } from "./told.ts";

/** So many findings of one joined text are told apart. */
const toldMost = 65_536;

/** What the lanes of joined texts share. `base`: where the lane's text begins in all of it, in UTF-16 code units. */
export type JoinedLane = { readonly of: JoinedTexts; readonly base: number; readonly reads: "part" | "all" };

export class JoinedTexts {
  readonly told = new Told(toldMost);
  readonly #starts: number[] = [];
  readonly #locations: Location[] = [];
  #end = 0;

  /** One more text, behind those that were added before. */
  add(location: Location, length: number): JoinedLane {
    const base = this.#end;
    this.#starts.push(base);
    this.#locations.push(location);
    this.#end += length;
    return { of: this, base, reads: "part" };
  }

  get all(): JoinedLane {
    return { of: this, base: 0, reads: "all" };
  }

  /** Of a range of the joined text: the text that it begins in, and where in that. */
  placeOf({ start, end }: Span): { readonly location: Location; readonly span: Span } | null {
    let from = 0;
    for (let to = this.#starts.length; from < to; ) {
      const middle = (from + to) >> 1;
      if ((this.#starts[middle] as number) <= start) from = middle + 1;
      else to = middle;
    }
    const location = this.#locations[from - 1];
    const base = this.#starts[from - 1] ?? 0;
    return location === undefined ? null : { location, span: { start: start - base, end: end - base } };
  }
}
