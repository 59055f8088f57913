/**
 * Keeps equal lines from filling a disk: of each, the first few in a minute are written, the others are counted and told in one
 * line when the minute is over. Equal: the same message and fields, but for the ids of one exchange. Bounded in memory.
 */

export type Repeated = { readonly message: string; readonly fields: Readonly<Record<string, unknown>> };

export const repeatLimits = {
  minuteMs: 60_000,
  /** Equal lines that are written in a minute. */
  linesMax: 10,
  /** Different lines that are told apart in a minute; further ones are told apart by their message alone. */
  kindsMax: 256,
} as const;

/** Fields in which equal lines differ. */
const idFields: ReadonlySet<string> = new Set(["stream", "exchange", "request_id", "trace_id", "span_id"]);

type Kind = { readonly first: Repeated; written: number; more: number };

export class Repeats<Line extends Repeated> {
  readonly #kinds = new Map<string, Kind & { readonly first: Line }>();
  readonly #tell: (first: Line, more: number) => void;
  #timer: NodeJS.Timeout | null = null;

  /** `tell` gets the first line of those that were left out, without ids and stack, and how many were. */
  constructor(tell: (first: Line, more: number) => void) {
    this.#tell = tell;
  }

  /** False: enough of it was written; it is counted. */
  admit(line: Line): boolean {
    if (this.#timer === null) {
      this.#timer = setTimeout(() => this.flush(), repeatLimits.minuteMs);
      this.#timer.unref();
    }
    const kind = this.#kindOf(line);
    if (kind.written >= repeatLimits.linesMax) {
      kind.more += 1;
      return false;
    }
    kind.written += 1;
    return true;
  }

  /** Tells what was counted, and begins anew. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const kinds = [...this.#kinds.values()];
    this.#kinds.clear();
    for (const { first, more } of kinds) if (more > 0) this.#tell(first, more);
  }

  #kindOf(line: Line): Kind {
    const fields = Object.fromEntries(Object.entries(line.fields).filter(([name]) => !idFields.has(name)));
    const exact = `${line.message} ${JSON.stringify(fields)}`;
    const isKnown = this.#kinds.has(exact) || this.#kinds.size < repeatLimits.kindsMax;
    const key = isKnown ? exact : line.message;
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    const { stack: _, ...told } = fields;
    const kind = { first: { ...line, fields: isKnown ? told : {} }, written: 0, more: 0 };
    this.#kinds.set(key, kind);
    return kind;
  }
}
