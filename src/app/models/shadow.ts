/**
 * Shows a candidate what the active model is asked, and counts where they agree. The candidate's answers go nowhere else, it
 * never keeps a caller waiting, and where it falls behind it is not asked.
 */
import type { Bundle } from "../../inference/bundle/bundle.ts";
import { type Agreement, agreementOf } from "./agreement.ts";
import type { Onlooker, ServingModel } from "./serving-model.ts";

/** Texts that a candidate has before it; more are not shown to it. */
export const shadowTextsMax = 64;

type Side = { readonly bundle: Bundle; readonly model: ServingModel };

export function createShadow(active: Side, candidate: Side, count: (agreement: Agreement) => void): Onlooker {
  // Nobody waits for it, and an exchange that is over is no reason to stop.
  const { signal } = new AbortController();
  let asked = 0;
  const compare = async (agreement: () => Promise<Agreement>): Promise<void> => {
    if (asked >= shadowTextsMax) return count("uncounted");
    asked += 1;
    try {
      count(await agreement());
    } catch {
      count("uncounted"); // a bug beside what serves must not touch it
    } finally {
      asked -= 1;
    }
  };
  const { bundle } = active;
  return {
    single(text, answer) {
      if (!answer.ok) return;
      void compare(async () => {
        const other = await candidate.model.judge(signal, text, Number.POSITIVE_INFINITY);
        if (!other.ok) return "uncounted";
        const own = { bundle, judged: answer.value, text };
        return agreementOf(own, { bundle: candidate.bundle, judged: other.value, text });
      });
    },
    pair([, evidence, claim], answer) {
      if (!answer.ok) return;
      void compare(async () => {
        const other = await candidate.model.judgePair(signal, evidence, claim, Number.POSITIVE_INFINITY);
        if (!other.ok) return "uncounted";
        return agreementOf(
          { bundle, pair: answer.value, claim },
          { bundle: candidate.bundle, pair: other.value, claim },
        );
      });
    },
  };
}
