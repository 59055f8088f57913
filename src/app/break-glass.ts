/**
 * The break-glass switch: which rules and routes are out of force, until when. Loud: each change is told, and so is each
 * minute that it lasts. Ends by itself; a restart ends it too.
 */
import {
  type BreakGlass,
  breakGlassEntriesMax,
  type BreakGlassEntry,
  breakGlassMinutesMax,
  type BreakGlassOrder,
  type BreakGlassTarget,
  noBreakGlass,
} from "../domain/break-glass.ts";
import type { Clock } from "../domain/ports.ts";
import { err, ok, type Result } from "../stdx/result.ts";

export type BreakGlassEvent = {
  readonly kind: "opened" | "still-open" | "closed" | "ended";
  readonly entry: BreakGlassEntry;
};

export type BreakGlassParts = {
  readonly clock: Clock;
  /** Ids of the rules of the policy in force. */
  readonly ruleIds: () => readonly string[];
  readonly onEvent: (event: BreakGlassEvent) => void;
  /** Between two reminders, in milliseconds. */
  readonly remindMs?: number;
};

export type BreakGlassSwitch = {
  /** For exchanges that begin now. */
  current(): BreakGlass;
  entries(): readonly BreakGlassEntry[];
  /** The error says what is wrong with the order. */
  open(order: BreakGlassOrder): Result<BreakGlassEntry, string>;
  /** False: nothing was open there. */
  close(target: BreakGlassTarget): boolean;
  /** Ends all timers; entries stay as they are. */
  dispose(): void;
};

const standardRemindMs = 60_000;

export function createBreakGlass(parts: BreakGlassParts): BreakGlassSwitch {
  const open = new Map<string, BreakGlassEntry>();
  let current: BreakGlass = noBreakGlass;
  const keyOf = ({ kind, name }: BreakGlassTarget): string => `${kind} ${name}`;
  const changed = (): void => {
    const names = (kind: string) =>
      new Set([...open.values()].filter(({ target }) => target.kind === kind).map(({ target }) => target.name));
    current = open.size === 0 ? noBreakGlass : { rules: names("rule"), routes: names("route") };
  };
  /** Time is looked at, not waited for: a timer that comes late makes nothing last longer. */
  const endDue = (): void => {
    const nowS = parts.clock.epochS();
    let ended = false;
    for (const [key, entry] of open) {
      if (entry.endsS > nowS) continue;
      open.delete(key);
      ended = true;
      parts.onEvent({ kind: "ended", entry });
    }
    if (ended) changed();
  };
  const remind = (): void => {
    endDue();
    for (const entry of open.values()) parts.onEvent({ kind: "still-open", entry });
  };
  const timer = setInterval(remind, parts.remindMs ?? standardRemindMs);
  timer.unref();
  return {
    current() {
      if (open.size > 0) endDue();
      return current;
    },
    entries() {
      endDue();
      return [...open.values()];
    },
    open(order) {
      endDue();
      const wrong = mistakeOf(order, parts.ruleIds());
      if (wrong !== null) return err(wrong);
      if (open.size >= breakGlassEntriesMax) return err(`${breakGlassEntriesMax} are open already; close one first`);
      const entry = { ...order, endsS: parts.clock.epochS() + Math.ceil(order.minutes * 60) };
      open.set(keyOf(order.target), entry);
      changed();
      parts.onEvent({ kind: "opened", entry });
      return ok(entry);
    },
    close(target) {
      const entry = open.get(keyOf(target));
      if (entry === undefined) return false;
      open.delete(keyOf(target));
      changed();
      parts.onEvent({ kind: "closed", entry });
      return true;
    },
    dispose: () => clearInterval(timer),
  };
}

function mistakeOf({ target, minutes }: BreakGlassOrder, ruleIds: readonly string[]): string | null {
  if (!(minutes > 0 && minutes <= breakGlassMinutesMax))
    return `minutes must be more than 0 and at most ${breakGlassMinutesMax}`;
  if (target.kind === "rule" && !ruleIds.includes(target.name))
    return "no rule of the policy in force has that id; sallyport check lists them";
  return null;
}
