/**
 * Finds the placeholders of one exchange in its reply, at the places where they may be put back: in text, and by each
 * placeholder's own word also in links and in the arguments of tool calls. Puts nothing back itself.
 *
 * Invariant: nothing is found that this exchange did not issue.
 */
import type { Category, Detection, Finding, LaneRestorer, Restorer, Window } from "../../domain/detector.ts";
import { certain } from "../../domain/score.ts";
import type { Place } from "../../domain/segment.ts";
import { createIssued, type Issued, type Restorable } from "./issued.ts";
import { isDot, isHostUnit, isUnseen } from "../link-places/link-marks.ts";
import { PlaceScan, scanContext } from "../link-places/place-scan.ts";
import { openReleaseReader } from "./release-reader.ts";

const category: Category = "restore/placeholder";

/**
 * What a person reads. Names, token scores and definitions are told elsewhere, or must stay what they are; in a comment or
 * a field of an event stream some texts would be other events.
 */
const readPlaces: ReadonlySet<Place> = new Set([
  ...(["content", "refusal", "reasoning", "input", "prefix", "suffix", "tool-result"] as const),
  ...(["annotation", "citation", "document", "error", "other"] as const),
]);

/** What a host name may go on with behind a placeholder before its next dot, in UTF-16 code units. */
const hostLabelUnits = 63;
/** A host name's label, the dot and the first unit of the next label. */
const rightContext = hostLabelUnits + 2;

/** `issued`: by placeholder, what it stands for and where that may be put back. */
export function createRestorer(issued: ReadonlyMap<string, Restorable>): Restorer {
  const lanes = new Map<Place, LaneRestorer | null>();
  const make = (place: Place): LaneRestorer | null => {
    const allowed = new Map([...issued].filter(([, restorable]) => mayStand(restorable, place)));
    return allowed.size === 0 ? null : createLaneRestorer(createIssued(allowed), place === "tool-arguments");
  };
  return {
    lane({ location: { place } }) {
      let lane = lanes.get(place);
      if (lane === undefined) {
        lane = make(place);
        lanes.set(place, lane);
      }
      return lane;
    },
  };
}

function mayStand({ links, toolArguments }: Restorable, place: Place): boolean {
  if (place === "tool-arguments") return toolArguments;
  if (place === "url") return links;
  return readPlaces.has(place);
}

function createLaneRestorer(issued: Issued, isJson: boolean): LaneRestorer {
  const leftContext = scanContext + issued.longest;
  return {
    kind: "text",
    id: "restore",
    categories: [category],
    reach: { longestSpan: issued.longest, leftContext, rightContext },
    openReader: () => openReleaseReader(issued, isJson),

    settled(text, from) {
      const begin = Math.max(from, text.length - issued.longest - rightContext);
      for (let at = text.indexOf("<", begin); at >= 0; at = text.indexOf("<", at + 1)) {
        const known = issued.at(text, at);
        if (known === null ? issued.isBegun(text, at) : !known.links && behind(text, at + known.length) === "open")
          return at;
      }
      return text.length;
    },

    detect(_signal, window): Detection {
      return {
        kind: "scored",
        findings: hasIssued(issued, window) ? restorable(issued, window, leftContext, isJson) : [],
      };
    },
  };
}

function hasIssued(issued: Issued, { text, from, to }: Window): boolean {
  for (let at = text.indexOf("<", from); at >= 0 && at < to; at = text.indexOf("<", at + 1))
    if (issued.at(text, at) !== null) return true;
  return false;
}

function restorable(issued: Issued, { text, from, to }: Window, leftContext: number, isJson: boolean): Finding[] {
  const findings: Finding[] = [];
  const start = Math.max(0, from - leftContext);
  const scan = new PlaceScan(start, isJson);
  for (let at = start; at < to; at++) {
    const known = issued.at(text, at);
    if (known === null) {
      scan.step(text, at);
      continue;
    }
    const end = at + known.length;
    if (at >= from && (known.links || (!scan.isInLink(at) && behind(text, end) !== "host")))
      findings.push({ category, score: certain, span: { start: at, end } });
    scan.placeholder(at, known.isLink, known.endsHost);
    at = end - 1;
  }
  return findings;
}

/** Whether a host name goes on behind a placeholder, which would then be a part of it; `open`: more text may say so. */
function behind(text: string, end: number): "host" | "open" | "free" {
  const goesOn = (unit: number): boolean => isHostUnit(unit) || isUnseen(unit);
  let at = end;
  while (at < text.length && at - end < hostLabelUnits && goesOn(text.charCodeAt(at))) at++;
  if (at >= text.length) return "open";
  if (at - end >= hostLabelUnits) return "free";
  if (!isDot(text.charCodeAt(at)) && text[at] !== "@") return "free";
  if (at + 1 >= text.length) return "open";
  return goesOn(text.charCodeAt(at + 1)) ? "host" : "free";
}
