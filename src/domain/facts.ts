/**
 * What is known of an exchange as a whole, for rules that apply to some exchanges only. Owns no reading of messages.
 *
 * Who asks (`tenant`, `principal`) comes from what Envoy vouches for, as the operator's config says; never from what a
 * client can write. Headers, path and model are the client's words: good for telling requests apart, not people.
 */
import type { Role, Place } from "./segment.ts";

/**
 * The model as the upstream will read it. `unclear`: none was named, or more than one could be meant (a repeated key);
 * then every rule that asks for a model applies, so that nobody slips between two of them.
 */
export type ModelName = { readonly kind: "named"; readonly name: string } | { readonly kind: "unclear" };

export type ExchangeFacts = {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  /** By lower-case name; repeated ones are joined with ", ". Only those that the policy's rules ask for. */
  readonly headers: ReadonlyMap<string, string>;
  /** Envoy's route and cluster; `null` where its configuration does not send them. */
  readonly route: string | null;
  readonly cluster: string | null;
  readonly tenant: string | null;
  readonly principal: string | null;
  readonly dialect: string;
  /** `dialect/operation`, or `unknown`. */
  readonly operation: string;
  readonly model: ModelName;
  /** `null`: the prompt was not judged yet, or not to its end. */
  readonly promptRules: RuleMatches | null;
};

/** A rule of the prompt by its id, which a tenant's has as `ID@TENANT`. `shadow`: it must not act, not even on other rules. */
export type RuleMatch = { readonly rule: string; readonly shadow: boolean };

/** Of a prompt that was judged: the rules that matched, and those that could not answer. */
export type RuleMatches = { readonly matched: readonly RuleMatch[]; readonly unsure: readonly RuleMatch[] };

/** One condition of a rule on the exchange. Total: what cannot be worked out holds, so that the rule applies. */
export type ScopeTest = {
  /** The key in the policy, to explain with: `tenant`, `header x-team`, `condition`. */
  readonly field: string;
  /** `shadow`: asked for a rule in shadow, which hears of others in shadow too. */
  holds(facts: ExchangeFacts, shadow: boolean): boolean;
};

/** Where a rule applies. Empty `tests` and `null` lists: everywhere. */
export type Scope = {
  readonly roles: readonly Role[] | null;
  readonly places: readonly Place[] | null;
  /** All must hold. */
  readonly tests: readonly ScopeTest[];
};
