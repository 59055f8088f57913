/**
 * Values that are secret by what they are assigned to: `DB_PASSWORD=...`, `"clientSecret": "..."`, "the API key is ...".
 * A password must look chosen, any other value drawn at random: names, types, calls, hashes and UUIDs are none.
 */
import { score } from "../../domain/score.ts";
import type { Matcher } from "../pattern/pattern-detector.ts";
import { reviewed } from "../pattern/pattern.ts";
import { assigns } from "./format.ts";
import { looksChosen, looksRandom } from "./not-secret.ts";

/** In UTF-16 code units. */
export const passwordUnits = 64;
export const genericUnits = 256;

const passwordName = new RegExp(
  `(?:passw(?:or)?d|passwd|passphrase|(?<![A-Za-z])pwd|_pass(?![a-z]))[A-Za-z0-9_]{0,8}${assigns}$`,
  "i",
);
const password = `[^\\s"'\`<>,;(){}\\[\\]\\\\|]{6,${passwordUnits}}`;

export const passwords: readonly Matcher[] = [
  {
    category: "secrets/password",
    pattern: reviewed(`(?<=["'\`:=>\\s])${password}(?![^\\s"'\`<>,;)}\\]\\\\|])`),
    context: { words: ["passw", "passphrase", "pwd", "_pass"], within: 24 },
    leftUnits: 64,
    accept: (matched, left) => {
      // The end of a sentence is none of it.
      const value = /["'`]$/.test(left) ? matched : matched.replace(/[.?:]+$/, "");
      return passwordName.test(left) && looksChosen(value) ? value.length : 0;
    },
    score: score(0.6),
    weak: true,
  },
];

const owner =
  "(?:api|app|auth|access|account|admin|bot|client|consumer|deploy|encryption|hmac|jwt|license|master|oauth|personal|private|refresh|secret|service|session|shared|signing|storage|user|webhook)";
const genericName = new RegExp(
  `(?:${owner}[ _.\\-]?(?:access[ _.\\-]?)?(?:key|token|secret|credential)s?|(?<![A-Za-z])(?:secret|token|credentials?|apikey)|secret[ _.\\-]?key)[A-Za-z0-9_]{0,8}${assigns}$`,
  "i",
);
const notSecretName =
  /(?:public|publishable|csrf|xsrf|page|next|cursor|cache|sort|partition|primary|foreign|idempotency)[ _.-]?(?:\w{0,12}[ _.-]?)?(?:key|token)\W{0,12}$/i;

export const generic: Matcher = {
  category: "secrets/generic-secret",
  pattern: reviewed(`(?<![A-Za-z0-9+/_\\-.])[A-Za-z0-9+/_\\-]{16,${genericUnits}}={0,2}(?![A-Za-z0-9+/_\\-(\\[])`),
  context: { words: ["key", "token", "secret", "credential"], within: 24 },
  leftUnits: 72,
  accept: (matched, left) =>
    genericName.test(left) && !notSecretName.test(left) && looksRandom(matched) ? matched.length : 0,
  score: score(0.6),
  weak: true,
};
