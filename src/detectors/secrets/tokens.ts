/**
 * Keys and tokens with a prefix of their own. Lengths have wide upper bounds: a longer token is masked up to its bound.
 * None has a left boundary, so no letter put before a token hides it.
 */
import type { SecretKind } from "../../domain/secret-kinds.ts";
import { type Pattern, reviewed } from "../pattern/pattern.ts";

const alnum = "[A-Za-z0-9]";
const url = "[A-Za-z0-9_\\-]";

/** The secret half of an AWS key has no prefix: it is known by the name that it is assigned to. */
const awsSecretName = `(?<=secret[_\\-. ]?(?:access[_\\-. ]?)?key["'\\\\]{0,2} {0,2}(?:[:=]|=>|:=) {0,2}["'\\\\]{0,2})`;

export type TokenKind = Exclude<SecretKind, "jwt" | "private-key">;

export const tokens = {
  "aws-access-key": [
    reviewed("(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16,124}"),
    reviewed(`${awsSecretName}[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])`, "i"),
  ],
  "github-token": [reviewed(`gh[pousr]_${alnum}{36,255}`), reviewed("github_pat_[A-Za-z0-9_]{36,255}")],
  "gitlab-token": [
    reviewed(`gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct)-${url}{20,300}(?:\\.[a-z0-9]{2}\\.[a-z0-9]{9})?`),
    reviewed(`GR1348941${url}{20,64}`),
  ],
  "google-api-key": [
    reviewed(`AIza${url}{35,128}`),
    reviewed(`AQ\\.Ab${url}{40,128}`),
    reviewed(`GOCSPX-${url}{28,128}`),
  ],
  "openai-key": [
    reviewed(`sk-(?:proj|svcacct|admin|service|None)-${url}{40,256}`),
    reviewed(`sk-${url}{20,128}T3BlbkFJ${url}{20,128}`),
  ],
  "anthropic-key": [reviewed(`sk-ant-[a-z]{2,12}[0-9]{2}-${url}{20,256}`)],
  "slack-token": [
    reviewed("xox[abceoprs](?:\\.xox[abp])?-[A-Za-z0-9\\-]{10,255}"),
    reviewed("xapp-[0-9]-[A-Za-z0-9\\-]{20,255}"),
    reviewed("hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9/]{20,128}"),
  ],
  "stripe-key": [reviewed(`[sr]k_(?:live|test)_${alnum}{16,255}`), reviewed(`whsec_${alnum}{24,255}`)],
  "npm-token": [reviewed(`npm_${alnum}{36,255}`)],
  "huggingface-token": [reviewed(`(?:hf_|api_org_)${alnum}{30,255}`)],
} as const satisfies Record<TokenKind, readonly Pattern[]>;
