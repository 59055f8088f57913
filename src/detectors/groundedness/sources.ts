/** Which texts of a prompt are evidence. Pure. */
import type { ExchangeMemory } from "../../domain/detector.ts";
import type { EvidenceKind, EvidenceSpec, MarkedEvidence } from "../../domain/policy.ts";
import type { Location, Segment } from "../../domain/segment.ts";
import { isTelling } from "../memory.ts";

/** In UTF-16 code units: a last message up to here asks; a longer one brings its evidence along. */
const questionUnitsMax = 400;

/** `text`: all that stands at `location`, or a part of it. */
export type EvidenceText = { readonly text: string; readonly location: Location };

/**
 * The texts that any part of `spec` names, in the prompt's order, each once. The question is no evidence: what it takes for
 * granted would prove itself. It is the user's last message, where that is short and other evidence is there; of a longer one,
 * what ends with a question mark is left out. What a policy names by its path or its marks counts as it stands.
 */
export function evidenceOf({ segments }: ExchangeMemory, spec: EvidenceSpec): readonly EvidenceText[] {
  const isNamed = pathTest(spec.paths, segments);
  const written = segments.filter(({ text }) => text.trim() !== "");
  const isOfKind = ({ location }: Segment): boolean => isTelling(location) && spec.kinds.includes(kindOf(location));
  const last = written.findLast((segment) => isOfKind(segment) && kindOf(segment.location) === "user");
  const parts = written.map((segment) => {
    if (isNamed(segment)) return [segment.text];
    if (isOfKind(segment) && segment !== last) return [segment.text];
    const between = marked(segment, spec.marked);
    if (segment !== last) return between;
    return segment.text.length > questionUnitsMax ? [withoutQuestions(segment.text)] : between;
  });
  const isAlone = last !== undefined && parts.every((texts) => texts.length === 0);
  return written.flatMap((segment, at) => {
    const texts = isAlone && segment === last ? [withoutQuestions(segment.text)] : (parts[at] ?? []);
    return texts.filter((text) => text.trim() !== "").map((text) => ({ text, location: segment.location }));
  });
}

function kindOf({ role, place }: Location): EvidenceKind {
  if (place === "document") return "documents";
  if (place === "tool-result" || role === "tool" || role === "function") return "tools";
  if (role === "system" || role === "developer") return "system";
  return role === "assistant" ? "assistant" : "user";
}

/** Whether a text stands at one of the paths or below it. Keys of objects, which stand at the place of their object, do not count. */
function pathTest(paths: EvidenceSpec["paths"], segments: readonly Segment[]): (segment: Segment) => boolean {
  if (paths.length === 0) return () => false;
  const objects = new Set(segments.map(({ location: { pointer } }) => pointer.slice(0, pointer.lastIndexOf("/"))));
  return ({ location: { pointer, place } }) => {
    if (place === "other" && objects.has(pointer)) return false;
    const steps = stepsOf(pointer);
    return paths.some(
      (path) => path.length <= steps.length && path.every((step, at) => (step ?? steps[at]) === steps[at]),
    );
  };
}

const stepsOf = (pointer: string): readonly string[] =>
  pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

/** What stands between marks that are both there. */
function marked({ location, text }: Segment, marks: readonly MarkedEvidence[]): readonly string[] {
  const parts: string[] = [];
  for (const { open, close, roles } of marks) {
    if (!roles.includes(location.role)) continue;
    for (let from = text.indexOf(open); from !== -1; ) {
      const end = text.indexOf(close, from + open.length);
      if (end === -1) break;
      parts.push(text.slice(from + open.length, end));
      from = text.indexOf(open, end + close.length);
    }
  }
  return parts;
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
