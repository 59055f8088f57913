// How well the guard tells claims with one changed fact from those that are borne out, on pairs made here; and that hostile
// replies and evidence cost no more than their length.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createGroundednessDetector } from "../../src/detectors/groundedness/index.ts";
import { unitEnd } from "../../src/detectors/groundedness/claims.ts";
import { Evidence } from "../../src/detectors/groundedness/evidence.ts";
import { readReply } from "../../src/detectors/groundedness/reading.ts";
import { noModels } from "../../src/detectors/index.ts";
import { nothingDeclared } from "../../src/domain/dialect.ts";
import { defaultEvidence } from "../../src/domain/policy.ts";
import { defaultGroundednessThreshold } from "../../src/policy/source/detect-source.ts";
import { runAtOnce } from "../../src/stdx/paced.ts";
import { openedNow } from "../helpers/pace.ts";
import { detect } from "../property/detectors.ts";
import { type ChangeKind, madePairs, type Pair } from "./groundedness-pairs.ts";

const at = { location: { place: "content", role: "assistant", pointer: "/x" }, call: null } as const;
const detector = createGroundednessDetector(
  "id",
  { threshold: defaultGroundednessThreshold, span: "words", evidence: defaultEvidence, model: null },
  noModels,
);
function isFound(evidence: string, reply: string): boolean {
  const location = { place: "tool-result", role: "tool", pointer: "/x" } as const;
  const memory = {
    segments: [{ stage: "prompt", location, text: evidence }],
    left: 0,
    declared: nothingDeclared,
  } as const;
  const lane = openedNow(detector, memory)?.lane(at) ?? assert.fail();
  return detect(lane, reply).length > 0;
}

const pairs = madePairs(40);
const shareOf = (some: readonly Pair[], test: (pair: Pair) => boolean): number =>
  some.filter(test).length / some.length;

for (const kind of ["number", "date", "name"] as const satisfies readonly ChangeKind[]) {
  test(`a changed ${kind} is found`, () => {
    const some = pairs.filter((pair) => pair.kind === kind);
    assert.ok(some.length >= 300, `${some.length}`);
    const missed = some.filter(({ evidence, wrong }) => !isFound(evidence, wrong));
    const recall = 1 - missed.length / some.length;
    const falls = shareOf(some, ({ evidence, right }) => isFound(evidence, right));
    assert.ok(recall >= 0.95, `recall ${recall}, such as ${missed[0]?.wrong} against ${missed[0]?.evidence}`);
    assert.ok(falls <= 0.02, `false positives ${falls}`);
  });
}

const size = 300_000;
const grown: Readonly<Record<string, string>> = {
  "one word": "harbour ",
  numbers: "1,200 ",
  names: "Anna Verhoeven ",
  "short sentences": "Ships came. ",
  stops: ". ",
  quotes: '"',
  fences: "```\n",
  denials: "not never no harbour ",
  "number words": "two hundred and five thousand ",
  brackets: "((((",
  "no spaces": "\u96e8",
  accents: "e\u0301",
};
for (const [name, piece] of Object.entries(grown)) {
  test(`reads ${name} without end, as evidence and as a reply`, () => {
    const text = piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
    const evidence =
      runAtOnce(Evidence.of([`The harbour was built in 1932 by Anna Verhoeven. ${text}`])) ?? assert.fail();
    const units = readReply(text.slice(0, size / 10), evidence);
    const checked =
      units.filter(({ kind }) => kind === "claim").length + units.filter(({ kind }) => kind === "unchecked").length;
    assert.equal(checked, units.length);
    let cuts = 0;
    for (let from = 0; from < text.length; cuts += 1) from = (unitEnd(text, from, true) ?? { end: text.length }).end;
    assert.ok(cuts <= text.length);
  });
}
