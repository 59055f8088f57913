/**
 * The payloads view: only what encoded runs of a text hold, decoded, and what that holds again; behind each text stands
 * U+0000 on a line of its own. Runs are looked for in the clear view, so an invisible character inside does not hide one.
 *
 * Invariant: what it gives out, joined, does not depend on how the text was cut. Each decoded text stands for the whole
 * run that held it.
 */
import type { UnknownCause } from "../../../domain/detector.ts";
import type { Span } from "../../../domain/segment.ts";
import type { TextView, ViewSource } from "../../../domain/view.ts";
import { ClearView, clearText } from "./clear.ts";
import { HexPairs } from "./hex-pairs.ts";
import { OffsetMap } from "./offset-map.ts";
import { type Payload, PayloadRuns } from "./payload-runs.ts";
import { unitsOf } from "./units.ts";

/** How deep payloads in payloads are decoded. What lies deeper is told as unknown. */
export const payloadDepthMax = 3;
/** Decoded text of one lane, in UTF-16 code units. What is more is told as unknown. */
export const decodedMax = 1_048_576;

/** Between line breaks, so that the detector of control characters can tell it from one that parts a word. */
export const separator = "\n\0\n";

export const payloadsView: ViewSource = {
  kind: "payloads",
  firstChange: null,
  open: (base) => new PayloadsView(base),
};

class PayloadsView implements TextView {
  readonly #clear: ClearView;
  readonly #finder: PayloadFinder;
  readonly #map: OffsetMap;
  readonly #account = new Account();

  constructor(base: number) {
    this.#clear = new ClearView(base);
    this.#finder = new PayloadFinder(base);
    this.#map = new OffsetMap(base);
  }

  append(added: string): string {
    const from = this.#clear.viewEnd;
    return this.#give(this.#finder.feed(this.#clear.append(added), from));
  }

  end(): string {
    const from = this.#clear.viewEnd;
    const last = this.#finder.feed(this.#clear.end(), from);
    return this.#give([...last, ...this.#finder.end(this.#clear.viewEnd)]);
  }

  rawSpan(view: Span): Span {
    if (view.end > view.start) return this.#map.textSpan(view);
    const start = this.rawSettled(view.start);
    return { start, end: start };
  }

  rawSettled(viewOffset: number): number {
    if (viewOffset < this.#map.viewEnd) return this.#map.textStart(viewOffset);
    const { pending } = this.#finder;
    return this.#clear.rawSettled(pending < 0 ? this.#clear.viewEnd : pending);
  }

  forget(viewOffset: number): void {
    this.#map.forget(viewOffset);
  }

  takeUnknown(): UnknownCause | null {
    const inside = this.#account.takeUnknown();
    return this.#clear.takeUnknown() ?? inside;
  }

  #give(payloads: readonly Payload[]): string {
    let out = "";
    for (const { start, end, text } of payloads) {
      const raw = this.#clear.rawSpan({ start, end });
      for (const decoded of readings(text, 1, this.#account)) {
        out += decoded + separator;
        this.#map.add(raw.start, 1, decoded.length + separator.length, raw.end - raw.start);
      }
    }
    const { pending } = this.#finder;
    this.#clear.forget(pending < 0 ? this.#clear.viewEnd : pending);
    return out;
  }
}

/** Both finders over one text. */
class PayloadFinder {
  #found: Payload[] = [];
  /** What stands before it was given. */
  #givenUntil: number;
  readonly #runs = new PayloadRuns((payload) => this.#found.push(payload));
  readonly #pairs = new HexPairs((payload) => this.#found.push(payload));

  constructor(base: number) {
    this.#givenUntil = base;
  }

  get pending(): number {
    const [runs, pairs] = [this.#runs.pending, this.#pairs.pending];
    return runs < 0 || pairs < 0 ? Math.max(runs, pairs) : Math.min(runs, pairs);
  }

  feed(text: string, offset: number): readonly Payload[] {
    const units = unitsOf(text);
    this.#runs.feed(text, units, offset);
    this.#pairs.feed(units, offset);
    return this.#take();
  }

  end(offset: number): readonly Payload[] {
    this.#runs.end(offset);
    this.#pairs.end(offset);
    return this.#take();
  }

  /** In the order in which they were decided; what overlaps an earlier one is left out. */
  #take(): readonly Payload[] {
    if (this.#found.length === 0) return [];
    const found = this.#found.sort((a, b) => a.at - b.at || a.start - b.start);
    this.#found = [];
    return found.filter(({ start, end }) => {
      if (start < this.#givenUntil) return false;
      this.#givenUntil = end;
      return true;
    });
  }
}

/** What one lane may still decode, and whether something was left out. */
class Account {
  #left = decodedMax;
  #unknown: UnknownCause | null = null;
  #told = false;

  take(text: string): boolean {
    if (text.length > this.#left) {
      this.leftOut();
      return false;
    }
    this.#left -= text.length;
    return true;
  }

  leftOut(): void {
    this.#unknown = "too-long";
  }

  takeUnknown(): UnknownCause | null {
    if (this.#told || this.#unknown === null) return null;
    this.#told = true;
    return this.#unknown;
  }
}

/** A decoded text, its clear reading where that differs, and what it holds again. */
function readings(text: string, depth: number, account: Account): readonly string[] {
  if (!account.take(text)) return [];
  const out = [text];
  const cleared = clearText(text);
  if (cleared.unknown !== null) account.leftOut();
  if (cleared.text !== text && account.take(cleared.text)) out.push(cleared.text);
  const finder = new PayloadFinder(0);
  const inside = [...finder.feed(cleared.text, 0), ...finder.end(cleared.text.length)];
  if (inside.length > 0 && depth === payloadDepthMax) account.leftOut();
  else for (const payload of inside) out.push(...readings(payload.text, depth + 1, account));
  return out;
}
