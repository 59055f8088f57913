/**
 * Tells units that claim something of the world from those that do not: nobody can hold a question or a greeting against
 * evidence. Goes by cheap signs; a doubtful unit is a claim.
 */
import type { Token } from "./tokens.ts";

export const uncheckedReasons = [
  "code",
  "no-content",
  "question",
  "greeting",
  "first-person",
  "opinion",
  "instruction",
  "heading",
  "link",
] as const;
export type Unchecked = (typeof uncheckedReasons)[number];

/** `null`: it is a claim. `text`: the unit's. */
export function uncheckedReason(text: string, tokens: readonly Token[]): Unchecked | null {
  const written = text.trim();
  if (/^(?:#{1,6}\s|\*\*[^*]{1,80}:?\*\*:?$)/.test(written)) return "heading";
  if (looksLikeCode(written)) return "code";
  if (/^\S*(?:https?:\/\/|www\.)\S+$/.test(written)) return "link";
  const words = tokens.filter(({ kind }) => kind === "word");
  const content = tokens.filter(({ isContent, kind }) => isContent || kind === "number");
  if (content.length === 0) return "no-content";
  if (words.length <= 6 && written.endsWith(":")) return "heading";
  if (/[?\uff1f\u061f]["'\u201d\u00bb)\]*_]*$/.test(written)) return "question";
  const first = words
    .slice(0, 4)
    .map(({ word }) => word)
    .join(" ");
  const hasFact = tokens.some(({ kind }) => kind === "number");
  if (!hasFact && greeting.test(first) && words.length <= 12) return "greeting";
  if (assistantTalk.test(first) || (firstPerson.test(first) && content.length <= smallTalkWords)) return "first-person";
  if (opinion.test(first)) return "opinion";
  if (!hasFact && instruction.test(first)) return "instruction";
  return null;
}

const greeting =
  /^(?:hi|hello|hey|dear|thanks|thank you|welcome|sure|certainly|of course|great question|you're welcome|(?:happy|glad) to (?:help|assist)|goodbye|bye|good (?:morning|afternoon|evening)|congratulations|hallo|guten|danke|bitte|gerne|bonjour|salut|merci|bien sur|hola|gracias|claro|ciao|grazie|ola|obrigad[oa])\b/;
/** Words that say something, of a sentence in the first person that claims nothing of the world. */
const smallTalkWords = 4;
const firstPerson = /^(?:(?:so |well |but |and |yes |no |oh |also )?(?:i|i'm|i'll|i've|i'd|ich|je|j'ai|yo))(?: |$)/;
/** How an assistant speaks of its own work. */
const assistantTalk =
  /^(?:(?:unfortunately |sorry |so |but |and |however )?i (?:can|can't|cannot|could|couldn't|don't|do not|am (?:not|unable|sorry|happy|glad|here)|hope|will|would|apologi[sz]e|understand|have no)|i'm (?:not|sorry|happy|glad|here|unable|afraid)|i'(?:ll|d)|let (?:me|us)|let's|here(?:'s| is| are)|below (?:is|are)|as an? ai|my apologies|sorry|ich (?:kann|habe keine|hoffe|bin)|je (?:ne )?(?:peux|suis))(?: |$)/;
const opinion =
  /^(?:perhaps|maybe|in my opinion|it seems|it is possible|it's possible|it may be|it might be|hopefully|personally|vielleicht|peut-etre|quizas?|forse|talvez)\b/;
const instruction =
  /^(?:please|note that you|make sure|be sure|remember to|feel free|don't|do not|try|consider|click|open|select|go to|visit|contact|check|use|add|enter|see|ask|call|choose|ensure|follow|keep|avoid|bitte|veuillez|por favor|per favore)\b/;

function looksLikeCode(written: string): boolean {
  if (
    /^(?:```|~~~|\$ |>>> |import |from \S+ import|def \w+\(|class \w+[:(]|const |let |var |function |#include|SELECT |<\/?[a-z][^>]*>$)/.test(
      written,
    )
  )
    return true;
  return /[{};]$/.test(written) && /[=(){}]/.test(written) && !(written.endsWith(";") && proseRun.test(written));
}
/** Words one after the other, as no line of code has them. */
const proseRun = /(?:\p{L}{2,} ){5}/u;
