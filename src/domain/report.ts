/** What may be told of an exchange in records, logs and spans of what a client or a token chose: names that the policy lists. */

/** Who is told of in audit records: those that are not plainly allowed, or all. */
export const auditChoices = ["notable", "all"] as const;
export type AuditChoice = (typeof auditChoices)[number];

export type ReportSpec = {
  readonly models: ReadonlySet<string>;
  readonly tools: ReadonlySet<string>;
  /** Without query. */
  readonly paths: ReadonlySet<string>;
  /** As Envoy vouches for them. */
  readonly users: ReadonlySet<string>;
  readonly audit: AuditChoice;
};

export const unlisted = "other";

/** A listed name, or `other`; empty where there is none. */
export type NamedParts = {
  readonly model: string;
  /** Of the tools that the request offers, each once, sorted. */
  readonly tools: readonly string[];
  readonly path: string;
  readonly user: string;
};

export const nothingNamed: NamedParts = { model: "", tools: [], path: "", user: "" };

export const toldName = (name: string | null, listed: ReadonlySet<string>): string =>
  name === null || name === "" ? "" : listed.has(name) ? name : unlisted;

export function toldNames(names: readonly string[], listed: ReadonlySet<string>): readonly string[] {
  const told = new Set<string>();
  for (const name of names) told.add(listed.has(name) ? name : unlisted);
  return [...told].sort();
}
