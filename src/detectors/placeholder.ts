/**
 * What is written in place of a finding: the category's name in capitals and brackets, `[EMAIL]`, `[AWS-ACCESS-KEY]`.
 * Invariant: only capitals, digits, dashes and brackets, so it needs no escape in JSON and no pattern matches in it.
 */
import type { Category } from "../domain/detector.ts";
import { piiKinds } from "../domain/pii-kinds.ts";
import { secretKinds } from "../domain/secret-kinds.ts";

export function placeholderFor(category: Category): string {
  return `[${category.slice(category.indexOf("/") + 1).toUpperCase()}]`;
}

export const keywordCategory: Category = "keywords/keyword";

/** All that the detectors of this folder can be masked with. */
export const placeholders: readonly string[] = [
  ...piiKinds.map((kind) => placeholderFor(`pii/${kind}`)),
  ...secretKinds.map((kind) => placeholderFor(`secrets/${kind}`)),
  placeholderFor(keywordCategory),
];
