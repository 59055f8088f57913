import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, holdsAgainst, type Holds } from "./facts.ts";
import { tokensOf } from "./tokens.ts";

/** The first fact of the claim against all of the evidence. */
function held(claim: string, evidence: string): Holds | null {
  const [fact] = factsOf(tokensOf(claim));
  return fact === undefined ? null : holdsAgainst(fact, factsOf(tokensOf(evidence)));
}

const same: readonly (readonly [string, string])[] = [
  ["1,200 people", "1200 people"],
  ["1.200 Menschen", "1,200 people"],
  ["1.2 thousand people", "1200 people"],
  ["twelve hundred people", "1,200 people"],
  ["one thousand two hundred people", "1,200 people"],
  ["about 1,200 people", "1,187 people"],
  ["more than 1,100 people", "1,187 people"],
  ["1.2 million people", "1,187,400 people"],
  ["$3.1 billion", "3,100 million dollars"],
  ["3 Milliarden Euro", "\u20ac3bn"],
  ["twenty-three dogs", "23 dogs"],
  ["dreiundzwanzig Hunde", "23 Hunde"],
  ["two hundred and five", "205"],
  ["40 percent", "40 %"],
  ["half of them", "50% of them"],
  ["two thirds", "66.6667%"],
  ["0.5 points", ".5 points"],
  ["the 3rd place", "the third place"],
  ["the fourth season", "season 4"],
  ["the 17th century", "in 1642"],
  ["2 hours", "120 minutes"],
  ["5 km", "3.1 miles"],
  ["60 Minuten", "1 hour"],
  ["10 to 20 million", "10-20 million"],
  ["3 May 2021", "2021-05-03"],
  ["May 3rd, 2021", "3. Mai 2021"],
  ["03/05/2021", "3 May 2021"],
  ["in May 2021", "on 3 May 2021"],
  ["in 2021", "on 3 May 2021"],
  ["in the 1990s", "in 1994"],
  ["3:30 pm", "15:30"],
  ["3 p.m.", "15:00"],
  ["up to 50 percent", "40 percent"],
  ["more than 50 km", "52 km"],
];
for (const [claim, evidence] of same)
  test(`${claim} is told by ${evidence}`, () => assert.equal(held(claim, evidence), "supported"));

const other: readonly (readonly [string, string])[] = [
  ["1,200 people", "1,187 people"],
  ["13 dogs", "23 dogs"],
  ["40 percent", "45 %"],
  ["$3.1 million", "$3.1 billion"],
  ["5 km", "5 miles"],
  ["3 May 2021", "3 May 2020"],
  ["3 May", "4 May 2021"],
  ["in 1998", "in 1997"],
  ["the second place", "the third place"],
  ["the 17th century", "in 1742"],
  ["15:30", "16:30"],
  ["up 49 percent", "up 40 percent"],
  ["more 30 km rides", "24 km rides"],
  ["over 51 years", "over 50 years"],
  ["tier 6", "tier 1"],
  ["on 61 May 1944", "on 21 May 1944"],
  ["9,000 years ago", "first known 1,000 years ago"],
];
for (const [claim, evidence] of other)
  test(`${claim} is contradicted by ${evidence}`, () => assert.equal(held(claim, evidence), "contradicted"));

const unlike: readonly (readonly [string, string])[] = [
  ["5 km", "5 kg"],
  ["40 percent", "in 1997"],
  ["12 ships", "a fleet"],
  ["3 May", "in 2021"],
  ["season 4", "chapter 4"],
  ["the second half", "40 percent"],
];
for (const [claim, evidence] of unlike)
  test(`${claim} is not in ${evidence}`, () => assert.equal(held(claim, evidence), "absent"));

test("the end of a span of years is a year", () => {
  const [, end] = factsOf(tokensOf("the 2018-14 season"));
  assert.ok(end?.kind === "quantity" && end.isYear);
  assert.deepEqual(end.values, [2014]);
});
