/** Why a rule or an exception applies to an exchange, or not: each thing it asks for, in its order. For people. Pure. */
import type { ExchangeFacts, Scope } from "../domain/facts.ts";
import type { Location } from "../domain/segment.ts";

/** `field`: as in the policy, such as `tenant`, `header x-team`, `condition`, `place`. */
export type ScopeAnswer = { readonly field: string; readonly holds: boolean };

/** Empty: it applies everywhere. `location`: of a text; `null` for the body as a whole. */
export function explainScope(
  of: { readonly scope: Scope | null; readonly shadow?: boolean },
  facts: ExchangeFacts,
  location: Location | null,
): readonly ScopeAnswer[] {
  if (of.scope === null) return [];
  const { roles, places, tests } = of.scope;
  return [
    ...tests.map((test) => ({ field: test.field, holds: test.holds(facts, of.shadow ?? false) })),
    ...(roles === null ? [] : [{ field: "role", holds: location !== null && roles.includes(location.role) }]),
    ...(places === null ? [] : [{ field: "place", holds: location !== null && places.includes(location.place) }]),
  ];
}
