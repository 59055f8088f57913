/** Which texts of a prompt are evidence. Pure. */
import type { ExchangeMemory } from "../../domain/detector.ts";
import type { EvidenceKind } from "../../domain/policy.ts";
import type { Segment } from "../../domain/segment.ts";

/** In UTF-16 code units: a last message up to here asks; a longer one brings its evidence along. */
const questionUnitsMax = 400;

const places: readonly string[] = ["content", "tool-result", "input", "field"];

/**
 * The texts of these kinds, in the prompt's order. The question is no evidence: what it takes for granted would prove itself.
 * It is the user's last message, where that is short and other evidence is there; of a longer one, what ends with a question
 * mark is left out.
 */
export function evidenceOf({ segments }: ExchangeMemory, kinds: readonly EvidenceKind[]): readonly string[] {
  const there = segments.filter(
    ({ location, text }) => places.includes(location.place) && text.trim() !== "" && kinds.includes(kindOf(location)),
  );
  const last = there.findLast(({ location }) => kindOf(location) === "user");
  return there.flatMap((segment) => {
    if (segment !== last) return [segment.text];
    if (segment.text.length <= questionUnitsMax && there.length > 1) return [];
    const rest = withoutQuestions(segment.text);
    return rest.trim() === "" ? [] : [rest];
  });
}

function kindOf({ role, place }: Segment["location"]): EvidenceKind {
  if (place === "tool-result" || role === "tool" || role === "function") return "tools";
  if (role === "system" || role === "developer") return "system";
  return role === "assistant" ? "assistant" : "user";
}

/** Blanks in their place. Linear: each mark looks back to the end of the sentence before at the most. */
function withoutQuestions(text: string): string {
  let out = "";
  let begin = 0;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text.charAt(at);
    if (mark === "?" || mark === "\uff1f" || mark === "\u061f") begin = at + 1;
    else if (mark === "\n" || ((mark === "." || mark === "!") && /\s/.test(text.charAt(at + 1)))) {
      out += text.slice(begin, at + 1);
      begin = at + 1;
    }
  }
  return out + text.slice(begin);
}
