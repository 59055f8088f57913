/**
 * Data that came only from tools and documents and goes on in the reply to where it does something: the arguments of a
 * tool call, the target of a link. What the user, the system or the developer named too may go on.
 *
 * Opened once an exchange. Encodings other than percent-escapes are the views' to undo.
 */
import type {
  Category,
  Detection,
  ExchangeDetector,
  Finding,
  LaneDetectors,
  Reach,
  TextDetector,
  Window,
} from "../../domain/detector.ts";
import type { Pace } from "../../domain/ports.ts";
import { after, type MaybeAsync } from "../../stdx/maybe-async.ts";
import { runPaced } from "../../stdx/paced.ts";
import type { FlowKind } from "../../domain/policy.ts";
import { certain } from "../../domain/score.ts";
import type { Place } from "../../domain/segment.ts";
import { endsHalf } from "../letters/letters.ts";
import { isHostUnit } from "../link-places/link-marks.ts";
import { PlaceScan, scanContext } from "../link-places/place-scan.ts";
import { bareGapUnits, escapeOpenFrom, letterUnits, unitBefore } from "./readers.ts";
import { type Found, longestWord, Sources } from "./sources.ts";

const categoryOf = (kind: FlowKind): Category => `data-flow/${kind}`;

/** Told elsewhere, or not told to anyone. */
const passedOver: ReadonlySet<Place> = new Set(["logprob", "tool-name", "tool-definition", "name"]);
/** What stands there does something wherever in the text it stands. */
const acting: ReadonlySet<Place> = new Set(["tool-arguments", "url"]);

/** What decides behind a word whether a host or a path ends there. */
const rightContext = 2;

const slash = 0x2f;

export function createDataFlowDetector(
  id: string,
  { kinds }: { readonly kinds: readonly FlowKind[] },
): ExchangeDetector {
  const categories = kinds.map(categoryOf);
  return {
    kind: "exchange",
    cost: "compare",
    id,
    categories,
    open: (signal, memory, pace) =>
      after(runPaced(signal, pace, Sources.of(memory, new Set(kinds))), (sources) =>
        sources === null ? null : lanesOver(id, categories, sources),
      ),
  };
}

function lanesOver(id: string, categories: readonly Category[], sources: Sources): LaneDetectors {
  const inLinks = new Flow(id, categories, sources, "links");
  const inArguments = new Flow(id, categories, sources, "arguments");
  return {
    lane: ({ location: { place } }) => (passedOver.has(place) ? null : acting.has(place) ? inArguments : inLinks),
  };
}

class Flow implements TextDetector {
  readonly kind = "text";
  readonly id: string;
  readonly categories: readonly Category[];
  readonly reach: Reach;
  readonly #sources: Sources;
  readonly #where: "links" | "arguments";

  constructor(id: string, categories: readonly Category[], sources: Sources, where: "links" | "arguments") {
    this.id = id;
    this.categories = categories;
    this.#sources = sources;
    this.#where = where;
    const longestSpan = longestWord * (letterUnits + bareGapUnits);
    this.reach = { longestSpan, leftContext: scanContext, rightContext };
  }

  settled(text: string, from: number): number {
    const whole = endsHalf(text) ? text.length - 1 : escapeOpenFrom(text);
    return Math.max(from, this.#sources.openFrom(text.slice(0, whole), from, rightContext));
  }

  detect(signal: AbortSignal, window: Window, pace: Pace): MaybeAsync<Detection> {
    const { text, from, to } = window;
    const found = this.#sources.find(text, from, to).filter((match) => isWhole(match, text));
    const acting = found.length === 0 ? [] : this.#acting(found, window);
    if (acting.length === 0) return this.#answer([]);
    return after(runPaced(signal, pace, this.#sources.named), (named) =>
      named === null
        ? { kind: "unknown", cause: "deadline" }
        : this.#answer(acting.filter(({ source }) => !named.has(source)).map(findingOf)),
    );
  }

  #answer(findings: readonly Finding[]): Detection {
    const { missing } = this.#sources;
    if (findings.length === 0 && missing !== null) return { kind: "unknown", cause: missing };
    return { kind: "scored", findings };
  }

  /** Those that do something where they stand. */
  #acting(found: readonly Found[], { text, from }: Window): readonly Found[] {
    const start = Math.max(0, from - this.reach.leftContext);
    const scan = new PlaceScan(start, this.#where === "arguments");
    let at = start;
    const kept: Found[] = [];
    for (const match of found.toSorted((a, b) => deciding(a, text) - deciding(b, text))) {
      if (!this.#actsAnywhere(match)) {
        for (; at < deciding(match, text); at++) scan.step(text, at);
        if (!scan.isInLink(at)) continue;
      }
      kept.push(match);
    }
    return kept.toSorted((a, b) => a.start - b.start || b.end - a.end);
  }

  /** A bare name may be that of a file: it is an address only as one. */
  #actsAnywhere({ source: { address } }: Found): boolean {
    return this.#where === "arguments" && (address === null || (address.isUrl && address.host.includes(".")));
  }
}

/** Where it shows whether a link goes on: behind a host and the slash that makes it one, before all else. */
function deciding({ start, end, source: { address } }: Found, text: string): number {
  if (address === null) return start;
  return end < text.length && "/?#".includes(text.charAt(end)) ? end + 1 : end;
}

/** For a host or an address: that it is not a part of another one. */
function isWhole({ start, end, source: { address } }: Found, text: string): boolean {
  if (address === null) return true;
  const before = unitBefore(text, start);
  if (isHostUnit(before.unit)) return false;
  // A name below a single slash is that of a file.
  if (before.unit === slash && unitBefore(text, before.start).unit !== slash) return false;
  if (end >= text.length) return true;
  if (isHostUnit(text.charCodeAt(end))) return false;
  return text[end] !== "." || end + 1 >= text.length || !isHostUnit(text.charCodeAt(end + 1));
}

const findingOf = ({ start, end, source: { kind } }: Found): Finding => ({
  category: categoryOf(kind),
  score: certain,
  span: { start, end },
});
