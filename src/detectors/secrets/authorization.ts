/** What follows `Authorization: Bearer` and `Authorization: Basic`. A JWT is told as one. */
import { score } from "../../domain/score.ts";
import type { Matcher } from "../pattern/pattern-detector.ts";
import { reviewed } from "../pattern/pattern.ts";
import { looksRandom } from "./not-secret.ts";

/** In UTF-16 code units. */
export const bearerUnits = 2_048;
export const basicUnits = 512;

const run = "[A-Za-z0-9._~+/\\-]";

export const bearerToken: Matcher = {
  category: "secrets/bearer-token",
  pattern: reviewed(`(?<!${run})${run}{16,${bearerUnits}}={0,2}`),
  context: { words: ["bearer"], within: 6 },
  leftUnits: 16,
  accept: (matched, left) =>
    /bearer["']?\s{0,2}[:=]?\s{0,2}\\{0,2}["']?$/i.test(left) && looksRandom(tokenOf(matched))
      ? tokenOf(matched).length
      : 0,
  score: score(0.8),
  weak: true,
};

/** The full stop behind a sentence is none of it. */
const tokenOf = (matched: string): string => matched.replace(/[.\-/]+$/, "");

export const basicAuth: Matcher = {
  category: "secrets/basic-auth",
  pattern: reviewed(`(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{8,${basicUnits}}={0,2}(?![A-Za-z0-9+/])`),
  context: { words: ["basic"], within: 3 },
  leftUnits: 16,
  accept: (matched, left) => (/basic\s{1,3}$/i.test(left) && isUserAndPassword(matched) ? matched.length : 0),
  score: score(0.9),
};

function isUserAndPassword(encoded: string): boolean {
  const decoded = Buffer.from(encoded, "base64").toString("latin1");
  return /^[\x21-\x39\x3b-\x7e]{0,128}:[\x20-\x7e\xa0-\xff]{3,}$/.test(decoded);
}
