/** Secrets: joins the matchers of the kinds that a policy names. */
import type { TextDetector } from "../../domain/detector.ts";
import type { SecretKind } from "../../domain/secret-kinds.ts";
import { createPatternDetector, type Matcher } from "../pattern/pattern-detector.ts";
import { connectionStrings, urlCredentials } from "./addresses.ts";
import { generic, passwords } from "./assignments.ts";
import { basicAuth, bearerToken } from "./authorization.ts";
import { type Format, matchersOf } from "./format.ts";
import { cloud } from "./formats/cloud.ts";
import { code } from "./formats/code.ts";
import { messages } from "./formats/messages.ts";
import { models } from "./formats/models.ts";
import { money } from "./formats/money.ts";
import { jwt } from "./jwt.ts";
import { privateKeys } from "./private-key.ts";

/** The groups are those of docs/guards/secrets.md. */
export const formatGroups = { models, cloud, code, messages, money } as const;

/** Kinds that no provider owns. */
const forms = {
  "private-key": privateKeys,
  jwt: [jwt],
  "connection-string": connectionStrings,
  "url-credentials": urlCredentials,
  "bearer-token": [bearerToken],
  "basic-auth": [basicAuth],
  password: passwords,
  "generic-secret": [generic],
} as const satisfies Partial<Record<SecretKind, readonly Matcher[]>>;

const formats: Readonly<Record<Exclude<SecretKind, keyof typeof forms>, readonly Format[]>> = {
  ...models,
  ...cloud,
  ...code,
  ...messages,
  ...money,
};

/** `kinds` is not empty. `allow`: texts that are no secrets, each exactly as it would be found. */
export function createSecretsDetector(
  id: string,
  kinds: readonly SecretKind[],
  allow: readonly string[] = [],
): TextDetector {
  const matchers = [...new Set(kinds)].flatMap(matchersOfKind);
  const allowed = new Set(allow);
  return createPatternDetector(id, allowed.size === 0 ? matchers : matchers.map((matcher) => except(matcher, allowed)));
}

function matchersOfKind(kind: SecretKind): readonly Matcher[] {
  if (kind in forms) return forms[kind as keyof typeof forms];
  return formats[kind as keyof typeof formats].flatMap((format) => matchersOf(`secrets/${kind}`, format));
}

function except(matcher: Matcher, allowed: ReadonlySet<string>): Matcher {
  const accept = matcher.accept ?? ((matched: string) => matched.length);
  return {
    ...matcher,
    accept(matched, left) {
      const length = accept(matched, left);
      return allowed.has(matched.slice(0, length)) ? 0 : length;
    },
  };
}
