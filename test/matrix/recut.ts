// A sample's bodies with its texts cut otherwise than its marks say: into more pieces, of any lengths.

import { filled, type Mark, marksIn, type Sample, type SampleEvent } from "./sample.ts";
import { type Body, promptOf, type Reply, replyOf } from "./wire.ts";

/** What stands in a mark: the part of its text from piece `from` to piece `to` of `of` pieces. */
export type PieceFill = (mark: Mark, from: number, to: number, of: number) => string;

/** The reply; each event that carries one piece of a text, and not its last, comes `times` times, with a part of the piece each. */
export function recutReply(sample: Pick<Sample, "reply">, fill: PieceFill, times: number): Reply {
  const { reply } = sample;
  if (!("events" in reply)) return replyOf(sample, (mark) => asMarked(mark, fill));
  const events = reply.events.flatMap((event): readonly SampleEvent[] => {
    const copies = mayRepeat(event) ? times : 1;
    return Array.from({ length: copies }, (_each, copy) => ({ ...event, data: copyOf(event.data, copy, copies) }));
    function copyOf(data: unknown, copy: number, of: number): unknown {
      return filled(of === 1 ? data : aroundMarks(data, copy, of), (mark) => {
        if (mark.piece === null) return fill(mark, 0, 1, 1);
        const { index, count } = mark.piece;
        const from = index * times;
        return of === 1
          ? fill(mark, from, from + times, count * times)
          : fill(mark, from + copy, from + copy + 1, count * times);
      });
    }
  });
  return replyOf({ reply: { ...reply, events } }, () => "");
}

export const promptFilled = (sample: Sample, fill: PieceFill): Body | null =>
  promptOf(sample, (mark) => asMarked(mark, fill));

function asMarked(mark: Mark, fill: PieceFill): string {
  const { index, count } = mark.piece ?? { index: 0, count: 1 };
  return fill(mark, index, index + 1, count);
}

function mayRepeat({ data }: SampleEvent): boolean {
  const marks = marksIn(data);
  const names = new Set(marks.map(({ location, name }) => `${location}#${name}`));
  return (
    marks.length > 0 &&
    names.size === marks.length &&
    marks.every(({ piece }) => piece !== null && piece.index < piece.count - 1)
  );
}

/** What stands around a piece stays with the first copy and with the last. */
function aroundMarks(value: unknown, copy: number, of: number): unknown {
  if (typeof value === "string") {
    const from = value.indexOf("⟦");
    const to = value.lastIndexOf("⟧") + 1;
    return from === -1 ? value : value.slice(copy === 0 ? 0 : from, copy === of - 1 ? value.length : to);
  }
  if (Array.isArray(value)) return value.map((item) => aroundMarks(item, copy, of));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, aroundMarks(inner, copy, of)]));
}

/** Where a text of that length is cut: `of - 1` places in order, made of any numbers; of about equal lengths where there are none. */
export function cutsOf(length: number, of: number, numbers: readonly number[]): readonly number[] {
  const inner = Array.from({ length: of - 1 }, (_each, at) => {
    if (numbers.length === 0) return Math.min(length, (at + 1) * Math.ceil(length / of));
    return ((numbers[at % numbers.length] as number) * (at + 1)) % (length + 1);
  });
  return [0, ...inner.sort((one, two) => one - two), length];
}
