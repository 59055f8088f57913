/**
 * The rows that wait for a model, by length and urgency: gives the most urgent with others near its length that fit a budget.
 *
 * Invariant: no row brings more padding into a batch than the budget says. To add, to take and to leave costs the logarithm of
 * what waits. Urgency never changes: what came later is at some time less urgent than what waits, so nothing waits for ever.
 */

export type WaitingRow = {
  /** Tokens. */
  readonly length: number;
  /** Smaller goes first. */
  readonly urgencyMs: number;
  /** Among equally urgent ones the one that came first goes first. */
  readonly order: number;
  /** Where it stands, for `WaitingRows` alone; -1: it does not wait. */
  place: number;
};

export type Budget = {
  /** Padded tokens at most; a single longer row goes alone. */
  readonly tokensMax: number;
  readonly rowsMax: number;
  /** Tokens, padding not counted, that are enough for one batch: the rest is for others. */
  readonly enough: number;
  /** Padding in tokens that each further row may bring. */
  readonly paddingMax: number;
};

export class WaitingRows<Row extends WaitingRow> {
  readonly #heaps: Heap<Row>[] = [];
  #tokens = 0;
  #rows = 0;

  get tokens(): number {
    return this.#tokens;
  }

  get rows(): number {
    return this.#rows;
  }

  add(row: Row): void {
    const bucket = bucketOf(row.length);
    while (this.#heaps.length <= bucket) this.#heaps.push(new Heap());
    this.#heap(bucket).add(row);
    this.#tokens += row.length;
    this.#rows += 1;
  }

  /** Of no effect where it does not wait. */
  remove(row: Row): void {
    if (row.place < 0) return;
    this.#heap(bucketOf(row.length)).removeAt(row.place);
    this.#tokens -= row.length;
    this.#rows -= 1;
  }

  /** Empty only where nothing waits. */
  take({ tokensMax, rowsMax, enough, paddingMax }: Budget): readonly Row[] {
    const lead = this.#mostUrgent();
    if (lead === null) return [];
    this.remove(lead);
    const taken = [lead];
    let [longest, tokens] = [lead.length, lead.length];
    for (const heap of this.#outwards(bucketOf(lead.length))) {
      for (let { first: next } = heap; next !== undefined && taken.length < rowsMax; next = heap.first) {
        const most = Math.max(longest, next.length);
        const padded = most * (taken.length + 1);
        const padding = padded - longest * taken.length - next.length;
        if (tokens >= enough || padded > tokensMax || padding > paddingMax) break;
        this.remove(next);
        taken.push(next);
        [longest, tokens] = [most, tokens + next.length];
      }
    }
    return taken;
  }

  /** The nearest in length first. */
  *#outwards(from: number): Generator<Heap<Row>> {
    for (let away = 0; away < this.#heaps.length; away += 1) {
      for (const bucket of away === 0 ? [from] : [from - away, from + away]) {
        const heap = this.#heaps[bucket];
        if (heap !== undefined) yield heap;
      }
    }
  }

  #mostUrgent(): Row | null {
    let lead: Row | null = null;
    for (const { first } of this.#heaps) {
      if (first !== undefined && (lead === null || isBefore(first, lead))) lead = first;
    }
    return lead;
  }

  #heap(bucket: number): Heap<Row> {
    return this.#heaps[bucket] as Heap<Row>;
  }
}

const fewTokens = 8;
/** Up to here a bucket spans a few tokens, and above it a quarter of its longest. */
const evenTokens = 4 * fewTokens;

function bucketOf(length: number): number {
  if (length <= evenTokens) return Math.ceil(length / fewTokens);
  return evenTokens / fewTokens + 1 + Math.floor(Math.log(length / (evenTokens + 1)) / Math.log(4 / 3));
}

function isBefore(a: WaitingRow, b: WaitingRow): boolean {
  return a.urgencyMs < b.urgencyMs || (a.urgencyMs === b.urgencyMs && a.order < b.order);
}

/** A binary heap whose members know their place, so that any of them can leave. */
class Heap<Row extends WaitingRow> {
  readonly #rows: Row[] = [];

  get first(): Row | undefined {
    return this.#rows[0];
  }

  add(row: Row): void {
    this.#rows.push(row);
    this.#rise(row, this.#rows.length - 1);
  }

  removeAt(place: number): void {
    const gone = this.#rows[place] as Row;
    const last = this.#rows.pop() as Row;
    if (gone !== last) {
      this.#rise(last, place);
      if (last.place === place) this.#sink(last, place);
    }
    gone.place = -1;
  }

  #rise(row: Row, from: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#rows[above] as Row;
      if (!isBefore(row, parent)) break;
      this.#put(parent, at);
      at = above;
    }
    this.#put(row, at);
  }

  #sink(row: Row, from: number): void {
    let at = from;
    for (;;) {
      const left = this.#rows[2 * at + 1];
      const right = this.#rows[2 * at + 2];
      const child = right !== undefined && isBefore(right, left as Row) ? right : left;
      if (child === undefined || !isBefore(child, row)) break;
      const below = child.place;
      this.#put(child, at);
      at = below;
    }
    this.#put(row, at);
  }

  #put(row: Row, at: number): void {
    this.#rows[at] = row;
    row.place = at;
  }
}
