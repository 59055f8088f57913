/** Secrets: joins the matchers of the kinds that a policy names. */
import type { TextDetector } from "../../domain/detector.ts";
import type { SecretKind } from "../../domain/secret-kinds.ts";
import { createPatternDetector, type Matcher } from "../pattern/pattern-detector.ts";
import { jwt } from "./jwt.ts";
import { privateKey } from "./private-key.ts";
import { tokens } from "./tokens.ts";

/** `kinds` is not empty. */
export function createSecretsDetector(id: string, kinds: readonly SecretKind[]): TextDetector {
  return createPatternDetector(id, [...new Set(kinds)].flatMap(matchersOf));
}

function matchersOf(kind: SecretKind): readonly Matcher[] {
  if (kind === "jwt") return [jwt];
  if (kind === "private-key") return [privateKey];
  return tokens[kind].map((pattern) => ({ category: `secrets/${kind}` as const, pattern }));
}
