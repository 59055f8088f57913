/**
 * Texts that make matching expensive. They only have to be finished with, whole and as a stream, and to be judged alike;
 * work that grows with the square of the text would not finish before the runner gives up.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { piiKinds } from "../../src/domain/pii-kinds.ts";
import { secretKinds } from "../../src/domain/secret-kinds.ts";
import { detect, jwtParts, stream, textDetector } from "./detectors.ts";

const wholeUnits = 65_536;
const streamedUnits = 16_384;
const begin = "-----BEGIN ";

const units: readonly string[] = [
  "a",
  "1",
  "4",
  "a1",
  " ",
  ".",
  "@",
  "a@",
  "a@a.",
  "a.",
  "-",
  begin,
  `${begin}PRIVATE KEY-----`,
  `${begin}PRIVATE KEY-----\nX-Y: `,
  "+1 ",
  "+1 2 3 4 5 6 7 ",
  "+1415555",
  "(415) 555-2671 ",
  "020 7946 0958 ",
  "00 1",
  "4 ",
  "41 ",
  "4111 ",
  "4111 1111 1111 1111 ",
  "0123456789 ",
  "de89 ",
  "de8",
  "1-",
  "123-45-",
  "(",
  "ey" + "J",
  "ey" + "Jh",
  `${jwtParts[0]}.`,
  `${jwtParts[0]}..`,
  "sk-",
  "sk-T3Blbk" + "FJ",
  "xo" + "xb-",
  "\\n",
  "secret key=",
  "secret_key=a1B2c3",
  "heroku key ",
  "api_key: aB3/",
  "password=a1",
  "password=;pwd=",
  "://a:",
  "://a:b",
  "a://a:b@",
  "bearer ",
  "bearer a1B2c3D4",
  "basic aB3+",
  "Private-Lines: 1\nab",
  "0a1b2c3d",
  "0a1b-",
  "LS0tLS1CRUdJTi",
  "pat.",
  "AKIA",
  "\u0301",
  "\ud83d\ude00",
  "\ud83d",
];

/** Whole texts whose parts could be divided between the parts of a pattern in many ways. */
const texts: readonly string[] = [
  `${begin}PRIVATE KEY-----${`\nName: ${"a".repeat(190)}`.repeat(8)}\n${"aB3+".repeat(4_000)}. `,
  `${begin}PRIVATE KEY-----${`\nName: ${"a: ".repeat(60)}`.repeat(60)}`,
  `${begin}PRIVATE KEY-----\n${"word ".repeat(3_000)}-----E`,
  `sk-${`T3Blbk${"FJ"}`.repeat(2_000)}`,
  `${jwtParts[0]}${".aaaaaaaa".repeat(2_000)}`,
  `a@${"a.".repeat(5_000)}`,
  `a@${`${"a".repeat(63)}.`.repeat(200)}`,
];

const detectors = [
  textDetector({ kind: "pii", kinds: [...piiKinds], region: "US" }),
  textDetector({ kind: "pii", kinds: [...piiKinds], region: "DE" }),
  textDetector({ kind: "secrets", kinds: [...secretKinds], allow: [] }),
  textDetector({
    kind: "keywords",
    list: Array.from({ length: 100 }, (_, n) => "a".repeat(n + 1)),
    caseSensitive: false,
    wholeWords: false,
  }),
];

for (const detector of detectors) {
  test(`${detector.id.slice(0, 40)} finishes with hostile texts`, () => {
    for (const unit of units) detect(detector, unit.repeat(wholeUnits / unit.length));
    for (const text of [...units.map((unit) => unit.repeat(streamedUnits / unit.length)), ...texts]) {
      let last: unknown = [];
      for (const { findings } of stream(detector, text, [4, 64])) last = findings;
      assert.deepEqual(last, detect(detector, text), text.slice(0, 20));
    }
  });
}
