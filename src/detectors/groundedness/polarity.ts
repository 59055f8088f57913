/** Which words of a text are denied: `not`, `never`, `without`, `fails to` reach over the words behind them. Pure, linear. */
import type { Token } from "./tokens.ts";

const negators: ReadonlySet<string> = new Set(
  "not no never none nobody nothing neither nor without cannot hardly barely fail fails failed failing lack lacks lacked lacking refuse refuses refused unable avoid avoids avoided avoiding reject rejects rejected deny denies denied zero nicht kein keine keinen keiner nie niemals ohne pas jamais sans aucun aucune nunca jamas sin ningun ninguna non mai senza nessun nessuna nao sem niet geen nooit zonder inte aldrig ikke aldri nie bez".split(
    " ",
  ),
);
/** Stop what a negator reaches over. */
const breaks: ReadonlySet<string> = new Set(
  "but however although though while whereas because aber sondern obwohl mais pero sino ma mas porem maar".split(" "),
);
/** Words that say something, behind a negator. */
const reachWords = 4;

export const isNegator = (word: string): boolean => negators.has(word) || word.endsWith("n't");

/** "Yet to", "turned down", "instead of": by their last words. */
const endsPhrase = (tokens: readonly Token[], at: number): boolean =>
  phrases.has(`${tokens[at - 1]?.word ?? ""} ${(tokens[at] as Token).word}`);
const phrases: ReadonlySet<string> = new Set([
  "yet to",
  "turned down",
  "turn down",
  "instead of",
  "rather than",
  "other than",
  "far from",
  "opposed to",
  "anstatt zu",
  "au lieu",
  "en lugar",
]);

/** For each token whether it is denied. Two negators undo each other. */
export function deniedIn(tokens: readonly Token[]): readonly boolean[] {
  const denied: boolean[] = [];
  let left = 0;
  let isDenied = false;
  for (const [index, token] of tokens.entries()) {
    if (/^[.,;:!?]$/.test(token.word) || breaks.has(token.word)) left = 0;
    if (token.kind === "word" && (isNegator(token.word) || endsPhrase(tokens, index))) {
      if (tokens[index + 1]?.word === "-") {
        // "non-profit" is a word of its own.
        denied.push(false);
        continue;
      }
      // "no longer", "not only ... but" : the first says that it ended, the second denies nothing.
      if (token.word === "not" && tokens[index + 1]?.word === "only") {
        denied.push(false);
        continue;
      }
      isDenied = left > 0 ? !isDenied : true;
      left = reachWords;
      denied.push(false);
      continue;
    }
    denied.push(left > 0 && isDenied);
    if (token.isContent) left -= 1;
  }
  return denied;
}
