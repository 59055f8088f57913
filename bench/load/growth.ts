// How time grows, and how long the event loop is held, when a text that was made to be expensive doubles, and doubles again.

import type { SharedParts } from "../../src/app/exchange-parts.ts";
import type { Hostile, Target } from "./hostile.ts";
import { pass, type Passed } from "./pass.ts";
import { heldMs, type Pauses, pausesOf } from "./pauses.ts";
import type { Plans } from "./plans.ts";
import { piecesOf, promptForReply, promptWith, streamOf, type Traffic, wholeReply } from "./traffic.ts";

/** `whole`: a prompt, or a reply in one body. `stream`: a reply in small events. */
export type Form = "whole" | "stream";

/** Up to what size; how often one that looks bad is run, and the best counts: other work may have disturbed it. */
export type Reached = {
  readonly wholeUnits: number;
  readonly streamUnits: number;
  readonly doublings: number;
  readonly runsMost: number;
};

export type Sized = {
  readonly units: number;
  /** The best run: the lesser of the time that passed and of this process's CPU time. */
  readonly ms: number;
  /** Of the run with the shortest longest pause: what the work itself does, it does in every run. */
  readonly pauses: Pauses;
};

export type Growth = {
  readonly target: Target;
  readonly name: string;
  readonly form: Form;
  readonly sizes: readonly Sized[];
  /** The verdict on the largest. */
  readonly verdict: string;
};

/** In UTF-16 code units. */
const eventUnits = 64;
/** How much longer a stream is where all of it is held. */
const heldFactor = 4;
/** Worse than this, a size is looked at again. */
const ratioSuspect = 2.2;
const pauseSuspectMs = 8;

export async function measureGrowth(
  hostile: Hostile,
  form: Form,
  plans: Plans,
  parts: SharedParts,
  reach: Reached,
  faults: string[],
): Promise<Growth> {
  const plan = planFor(hostile, plans);
  const most = form === "whole" ? reach.wholeUnits : reach.streamUnits * (hostile.held === true ? heldFactor : 1);
  const units = Array.from({ length: reach.doublings + 1 }, (_, n) => most / 2 ** (reach.doublings - n));
  const sizes: Sized[] = [];
  let verdict = "";
  if (reach.runsMost > 1) await pass(plan, parts, trafficOf(hostile, form, units[0] as number));
  for (const each of units) {
    const traffic = trafficOf(hostile, form, each);
    let best: Sized | undefined;
    for (let run = 0; run === 0 || (run < reach.runsMost && isSuspect(best, sizes.at(-1))); run++) {
      const { value, pauses } = await pausesOf(() => pass(plan, parts, traffic, true));
      best = better(best, { units: each, ms: Math.min(value.wallMs, value.cpuMs), pauses });
      verdict = verdictOf(value);
      if (value.verdict.kind === "failed" || value.verdict.kind === "aborted") {
        faults.push(`${hostile.target}, ${hostile.name}, ${form}: ${verdict}`);
      }
    }
    sizes.push(best as Sized);
  }
  return { target: hostile.target, name: hostile.name, form, sizes, verdict };
}

function isSuspect(size: Sized | undefined, before: Sized | undefined): boolean {
  if (size === undefined) return false;
  const grows = before === undefined ? 0 : size.ms / before.ms;
  return grows > ratioSuspect || heldMs(size.pauses.longest) > pauseSuspectMs;
}

function better(a: Sized | undefined, b: Sized): Sized {
  if (a === undefined) return b;
  const calmer = heldMs(a.pauses.longest) < heldMs(b.pauses.longest) ? a : b;
  return { ...b, ms: Math.min(a.ms, b.ms), pauses: calmer.pauses };
}

const verdictOf = ({ verdict: { kind, cause } }: Passed): string => (cause === null ? kind : `${kind}: ${cause.kind}`);

function planFor({ target, spec }: Hostile, plans: Plans) {
  if (spec !== undefined) return plans.settled(spec);
  return target === "reading" ? plans.none : plans.alone(target);
}

function trafficOf({ text, place, wantsJson }: Hostile, form: Form, units: number): Traffic {
  const said = text(units);
  if (form === "whole" && place === "prompt") return { request: promptWith(said), reply: null };
  const at = place === "prompt" ? "content" : place;
  const reply = form === "whole" ? wholeReply(said, at) : streamOf(piecesOf(said, eventUnits), at);
  return { request: promptForReply(wantsJson === true), reply };
}
