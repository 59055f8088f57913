// Which rounds of a load benchmark count: those in which the yardstick itself was not disturbed. Pure.

import { spreadOf } from "./stats.ts";
import type { Point } from "./transport.ts";

const p99FactorMax = 1.5;
const stealShareMax = 0.02;

export interface Calmness {
  /** Share of time, 0 to 1, that the hypervisor gave to others. */
  readonly steal: number | null;
  readonly yardstick: Readonly<Record<"c1" | "c16", Point>>;
}

/** Of one workload's rounds those in which the yardstick's p99 was near its median round and the hypervisor let us run. */
export function calmRounds<Round>(rounds: readonly Round[], look: (round: Round) => Calmness): readonly Round[] {
  const looks = rounds.map(look);
  const p99 = ({ yardstick }: Calmness, at: "c1" | "c16"): number => yardstick[at].latencyUs.p99;
  const medians = {
    c1: spreadOf(looks.map((each) => p99(each, "c1"))).median,
    c16: spreadOf(looks.map((each) => p99(each, "c16"))).median,
  };
  const isCalm = (each: Calmness, at: "c1" | "c16"): boolean => {
    const factor = p99(each, at) / medians[at];
    return factor <= p99FactorMax && factor >= 1 / p99FactorMax;
  };
  return rounds.filter((_, index) => {
    const each = looks[index] as Calmness;
    return isCalm(each, "c1") && isCalm(each, "c16") && (each.steal === null || each.steal < stealShareMax);
  });
}
