/** How the compiler says that something is wrong: where in the file, and what, with the way to mend it. */
import type { Mistake } from "../../domain/policy.ts";
import type { Path, SourceTree } from "../document.ts";

/** `offset`: of the character, inside the text at `path`, that is wrong. */
export type Note = (path: Path, message: string, offset?: number) => void;

/** Notes go to `mistakes`. `file`: `null` for the one that was asked for. `base`: where paths begin. */
export function noteInto(mistakes: Mistake[], tree: SourceTree, file: string | null, base: Path): Note {
  return (path, message, offset) => {
    const full = [...base, ...path];
    const inside = offset === undefined ? null : tree.placeInText(full, offset);
    const told = offset !== undefined && inside === null ? `${message} (at character ${offset + 1})` : message;
    const place = inside ?? tree.placeOf(full);
    mistakes.push({ ...(file === null ? {} : { file }), ...place, message: told });
  };
}

/** The same notes, one step or more further in. */
export const within =
  (note: Note, ...base: Path): Note =>
  (path, message, offset) =>
    note([...base, ...path], message, offset);
