/** Numbers next to a run of letters: they are not compared, but they go with it. At most `gapUnitsMax` are looked at. */
import { gapUnitsMax, type Letters } from "../letters/letters.ts";

const digit = /\p{N}/u;

/** The offset of the first digit between the last letter before `at` and `at`; `at` where there is none. */
export function numberBefore(letters: Letters, text: string, at: number): number {
  let from = Math.max(0, at - gapUnitsMax);
  letters.read(text, from, at, (_letter, _start, end) => {
    from = end;
    return true;
  });
  const first = text.slice(from, at).search(digit);
  return first < 0 ? at : from + first;
}

/** Behind the last digit between `at` and the next letter; `at` where there is none. */
export function numberAfter(letters: Letters, text: string, at: number): number {
  let to = Math.min(text.length, at + gapUnitsMax);
  letters.read(text, at, to, (_letter, start) => {
    to = start;
    return false;
  });
  for (let end = to; end > at; end--) if (digit.test(text.charAt(end - 1))) return end;
  return at;
}
