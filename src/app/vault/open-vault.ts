/** The vault of the running guard: in what replicas share where they share something, and always in this process too. */
import { randomBytes } from "node:crypto";
import type { Limits } from "../../config/limits.ts";
import type { Policy } from "../../domain/policy.ts";
import type { PlaceholderVault } from "../../domain/vault.ts";
import { stableIn } from "../../guard/scoped-plan.ts";
import type { Keys } from "../sharing/keys.ts";
import type { Shared } from "../sharing/open-shared.ts";
import { systemClock } from "../surroundings.ts";
import { createMemoryStore, withFallback } from "./memory-store.ts";
import { createVault } from "./vault.ts";

export function openVault(
  { vaultTtlS: ttlS, vaultNamesMax: namesMax, vaultBytesMax }: Limits,
  shared: Pick<Shared, "store" | "keys"> | null,
): PlaceholderVault {
  const own = createMemoryStore(systemClock, vaultBytesMax);
  const ownKeys: Keys = [{ id: "process", bytes: new Uint8Array(randomBytes(32)) }];
  return createVault({
    store: shared === null ? own : withFallback(shared.store, own),
    keys: shared?.keys ?? (() => ownKeys),
    clock: systemClock,
    ttlS,
    namesMax,
  });
}

/** What the operator should know of a policy that wants names to last; `null`: nothing, or no rule wants it. */
export function vaultNotice(
  policy: Policy,
  has: { readonly principal: boolean; readonly shared: boolean },
): string | null {
  if (stableIn(policy.rules).length === 0) return null;
  if (!has.principal)
    return "placeholders are new in each exchange: they stay in a conversation only for a principal, and identity.principal is not set";
  return has.shared ? null : "placeholders stay in a conversation within this process alone: redis.keysFile is not set";
}
