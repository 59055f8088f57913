/** What became of the claims of one stage, by rule. Bounded; holds no text and no pointer as it came. */
import type { ClaimResult, JudgedClaim } from "../domain/detector.ts";
import type { Policy, Rule } from "../domain/policy.ts";
import { toldPointer } from "../domain/segment.ts";
import type { ClaimVerdict } from "../domain/verdict.ts";

/** Different places of evidence that are counted, of one rule; claims that rest on others are counted all the same. */
const countedMax = 64;

type Counted = { readonly counts: Record<ClaimResult, number>; readonly evidence: Map<string, number> };

export class ClaimTally {
  readonly #counted = new Map<string, Counted>();

  add(rules: readonly Rule[], { result, basis }: Omit<JudgedClaim, "start">): void {
    const pointer = basis === null ? null : toldPointer(basis);
    for (const { id } of rules) {
      const { counts, evidence } = this.#of(id);
      counts[result] += 1;
      if (pointer !== null && (evidence.has(pointer) || evidence.size < countedMax))
        evidence.set(pointer, (evidence.get(pointer) ?? 0) + 1);
    }
  }

  /** Of the first rule of the policy that says anything of claims: each claim counts once, however many rules ask. */
  verdict({ rules }: Policy): ClaimVerdict | null {
    const first = rules.find(({ id }) => this.#counted.has(id));
    if (first === undefined) return null;
    const { counts, evidence } = this.#of(first.id);
    const most = [...evidence].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
    return { counts: { ...counts }, evidence: most.map(([pointer]) => pointer) };
  }

  #of(rule: string): Counted {
    let counted = this.#counted.get(rule);
    if (counted === undefined) {
      counted = { counts: { supported: 0, unsupported: 0, "not-checkable": 0 }, evidence: new Map() };
      this.#counted.set(rule, counted);
    }
    return counted;
  }
}

/** Tells each claim once, those behind a block not at all: where the text was cut changes no count. */
export class ClaimTeller {
  readonly #claims: readonly JudgedClaim[];
  readonly #tell: (claim: JudgedClaim) => void;
  #told = 0;

  constructor(claims: readonly JudgedClaim[] | undefined, tell: (claim: JudgedClaim) => void) {
    this.#claims = claims ?? [];
    this.#tell = tell;
  }

  /** Those that begin before that offset of the window's text. */
  tellBefore(offset: number): void {
    for (
      let next = this.#claims[this.#told];
      next !== undefined && next.start < offset;
      next = this.#claims[this.#told]
    ) {
      this.#tell(next);
      this.#told += 1;
    }
  }
}
