// Tokens that Envoy checks and Sallyport believes: a key of its own, tokens signed with it, and the changes to Envoy's
// configuration by which it checks them and tells what they claim.

import { createSign, generateKeyPairSync } from "node:crypto";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k", alg: "RS256", use: "sig" }] });

export function tokenFor(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", kid: "k" })}.${part({ iss: "house", exp: 4_000_000_000, ...claims })}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey).toString("base64url")}`;
}

const jwtFilter = `
                  - name: envoy.filters.http.jwt_authn
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
                      providers:
                        house:
                          issuer: house
                          payload_in_metadata: jwt_payload
                          local_jwks: { inline_string: '${jwks}' }
                      rules:
                        - match: { prefix: / }
                          requires: { requires_any: { requirements: [{ provider_name: house }, { allow_missing: {} }] } }
`;

/** A request without a token passes too: then nobody is known. */
export const checksTokens = (yaml: string): string =>
  yaml
    .replace(
      "                      metadata_options:\n",
      "                      metadata_options:\n                        forwarding_namespaces: { untyped: [envoy.filters.http.jwt_authn] }\n",
    )
    .replace("                http_filters:\n", `                http_filters:${jwtFilter}`);
