/** Which headers a policy may set. Pure. */

/**
 * Names that are the guard's alone: the shipped Envoy configuration takes them from every client's request, and lets
 * Sallyport set no others. So a rule cannot break how a message is framed, read or signed, nor forge who sends it.
 */
const ownPrefixes = ["x-sallyport-", "x-guard-"] as const;
const form = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** `null`: it may be set. `name` is in lower case. */
export function headerProblem(name: string): string | null {
  const prefix = ownPrefixes.find((own) => name.startsWith(own));
  if (prefix !== undefined && form.test(name.slice(prefix.length))) return null;
  return `the header ${name} is not a policy's to set; begin its name with ${ownPrefixes.join(" or ")}, such as x-guard-note`;
}
