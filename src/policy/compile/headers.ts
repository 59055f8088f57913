/** Which headers a policy may set. Pure. */

/** They say how the message is framed, read or signed, or who sends it: a rule that set one would break or forge it. */
const kept: ReadonlySet<string> = new Set([
  "accept-encoding",
  "authorization",
  "connection",
  "cookie",
  "date",
  "expect",
  "forwarded",
  "grpc-status",
  "host",
  "http2-settings",
  "keep-alive",
  "location",
  "range",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
  "www-authenticate",
]);
/** Envoy trusts its own headers, and does not let a filter of this kind set them. */
const keptPrefixes = ["content-", "proxy-", "sec-", "x-envoy-", "x-forwarded-", "access-control-"] as const;
const keptOnes = ["x-request-id"] as const;

/** `null`: it may be set. `name` is in lower case. */
export function headerProblem(name: string): string | null {
  const family = keptPrefixes.find((prefix) => name.startsWith(prefix));
  if (family === undefined && !kept.has(name) && !keptOnes.some((one) => one === name)) return null;
  const what = family === undefined ? `the header ${name}` : `a header ${family}*`;
  return `${what} is not a policy's to set; use one of your own, such as x-guard-note`;
}
