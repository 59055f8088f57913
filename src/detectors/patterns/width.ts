/** How short and how long a match of a program can be. Conditions are taken as met, so both are bounds. */
import { unreachable } from "../../stdx/assert.ts";
import type { Instruction, Program } from "./re2.ts";

/** In characters; infinite where no way leads to a match. Conditions are taken as met. */
export function shortestMatch({ instructions, start }: Program): number {
  const seen = new Set<number>();
  let layer = [start];
  for (let length = 0; layer.length > 0; length++) {
    const further: number[] = [];
    for (const pending = layer; pending.length > 0; ) {
      const at = pending.pop() as number;
      const each = instructions[at];
      if (each === undefined || seen.has(at)) continue;
      seen.add(at);
      if (each.op === "match") return length;
      if (each.op === "read") {
        if (each.ranges.length > 0) further.push(each.next);
      } else if (each.op !== "fail") {
        pending.push(each.next);
        if (each.op === "either") pending.push(each.other);
      }
    }
    layer = further;
  }
  return Number.POSITIVE_INFINITY;
}

const onePlaneMax = 0xffff;

/** In UTF-16 code units; infinite where something repeats without an end. */
export function longestMatch({ instructions, start }: Program): number {
  const known = new Map<number, number>();
  const onTheWay = new Set<number>();
  const from = (at: number): number => {
    const done = known.get(at);
    if (done !== undefined) return done;
    const each = instructions[at];
    // A way back to itself: what repeats may read something.
    if (onTheWay.has(at)) return Number.POSITIVE_INFINITY;
    onTheWay.add(at);
    const length = each === undefined ? noWay : longestFrom(each, from);
    onTheWay.delete(at);
    known.set(at, length);
    return length;
  };
  return Math.max(0, from(start));
}

const noWay = Number.NEGATIVE_INFINITY;

function longestFrom(each: Instruction, from: (at: number) => number): number {
  switch (each.op) {
    case "match":
      return 0;
    case "fail":
      return noWay;
    case "either":
      return Math.max(from(each.next), from(each.other));
    case "read": {
      const last = each.ranges.at(-1);
      return last === undefined ? noWay : from(each.next) + (last > onePlaneMax ? 2 : 1);
    }
    case "if":
    case "skip":
      return from(each.next);
    default:
      return unreachable(each);
  }
}
