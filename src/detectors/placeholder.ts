/**
 * What is written in place of a finding: the category's name in capitals and brackets, `[EMAIL]`, `[AWS-ACCESS-KEY]`.
 * Invariant: only capitals, digits, dashes and brackets, so it needs no escape in JSON and no pattern matches in it.
 */
import type { Category } from "../domain/detector.ts";
import { piiKinds } from "../domain/pii-kinds.ts";
import {
  flowKinds,
  harmCategories,
  hiddenKinds,
  injectionCategories,
  linkKinds,
  nameCategories,
  qualityKinds,
  similarCategory,
} from "../domain/policy.ts";
import { secretKinds } from "../domain/secret-kinds.ts";

export function placeholderFor(category: Category): string {
  return `[${category.slice(category.indexOf("/") + 1).toUpperCase()}]`;
}

export const keywordCategory: Category = "keywords/keyword";

/** The kinds that masking writes, as they stand in `[KIND]`. Those of a policy's own expressions and models are not among them. */
export const ownKinds: readonly string[] = [
  ...new Set(
    [
      ...piiKinds,
      ...secretKinds,
      ...hiddenKinds,
      ...linkKinds,
      ...qualityKinds,
      ...flowKinds,
      ...injectionCategories,
      ...harmCategories,
      ...nameCategories,
      similarCategory,
      "keyword",
      "refusal",
      "system-prompt",
      "token",
      "unknown-tool",
      "bad-arguments",
      "ungrounded",
    ].map((kind) => kind.toUpperCase()),
  ),
];

/** All of them as labels. */
export const placeholders: readonly string[] = ownKinds.map((kind) => `[${kind}]`);
