/**
 * What a conversation's texts are called, kept from turn to turn in a store that replicas may share. What stands there tells nobody
 * anything: where it stands is a keyed digest of whose conversation it is, a text is a keyed digest, and all of it is sealed.
 *
 * Invariant: a name is given again to the same text of the same conversation of the same principal alone. Losing the store, or two turns
 * that write at once, costs names and never mixes them.
 */
import { createHmac } from "node:crypto";
import type { Clock, SharedStore } from "../../domain/ports.ts";
import type { Conversation, ConversationNames, PlaceholderName, PlaceholderVault } from "../../domain/vault.ts";
import { derivedOnce, type Key, type Keys, subkey } from "../sharing/keys.ts";
import { decodeNames, digestBytes, encodeNames, type KeptName, type KeptNames } from "./names-bytes.ts";
import { seal, unseal } from "../sharing/seal.ts";

export type VaultParts = {
  readonly store: SharedStore;
  /** The first writes, all read. Asked for each conversation: keys are rotated while it runs. */
  readonly keys: () => Keys;
  readonly clock: Pick<Clock, "epochS">;
  /** Seconds that names are kept after a turn was the last to need them. */
  readonly ttlS: number;
  /** Names of one conversation; those go first that were not needed longest. */
  readonly namesMax: number;
};

/** What the key makes for one use each. */
type Subkeys = {
  readonly key: Key;
  readonly place: Uint8Array;
  readonly sealing: Uint8Array;
  readonly text: Uint8Array;
};

type Found = { readonly subkeys: Subkeys; readonly place: string; readonly kept: KeptNames };

export function createVault(parts: VaultParts): PlaceholderVault {
  const { store, clock, ttlS } = parts;
  const subkeys = derivedOnce(parts.keys, subkeysOf);
  return {
    async open(conversation) {
      const all = subkeys();
      const of = fieldsOf(conversation);
      let refused = false;
      const looked = await Promise.all(
        all.map(async (each): Promise<Found | null> => {
          const place = placeOf(each, of);
          const sealed = await store.get(place);
          if (sealed === null) return null;
          const plain = unseal(each.sealing, each.key.id, place, sealed);
          const kept = plain === null ? null : decodeNames(plain);
          refused ||= kept === null;
          // An old one that somebody put back is no better than none.
          return kept === null || kept.writtenS + ttlS <= clock.epochS() ? null : { subkeys: each, place, kept };
        }),
      );
      const found = looked.find((each) => each !== null) ?? null;
      const outcome = found !== null ? "known" : refused ? "refused" : "new";
      return namesOf(parts, { subkeys: all[0], place: placeOf(all[0], of) }, found, outcome);
    },
  };
}

function namesOf(
  { store, clock, ttlS, namesMax }: VaultParts,
  own: { readonly subkeys: Subkeys; readonly place: string },
  found: Found | null,
  outcome: ConversationNames["outcome"],
): ConversationNames {
  const before = new Map((found?.kept.names ?? []).map((name) => [name.digest, name]));
  /** Those that this turn needed, under the key that writes. */
  const used = new Map<string, KeptName>();
  const isRotated = found !== null && found.subkeys.key.id !== own.subkeys.key.id;
  const highest = new Map<string, number>();
  for (const { kind, number } of before.values()) highest.set(kind, Math.max(number, highest.get(kind) ?? 0));
  // Kept again without a new name, so that a conversation that goes on does not end.
  let isWorthKeeping = found !== null && (isRotated || clock.epochS() - found.kept.writtenS > ttlS / 2);
  const use = (kind: string, text: string, { number, tail }: PlaceholderName): void => {
    const digest = digestOf(own.subkeys, own.place, kind, text);
    used.set(digest, { digest, kind, number, tail });
  };
  return {
    outcome,
    find(kind, text) {
      const name = found === null ? undefined : before.get(digestOf(found.subkeys, found.place, kind, text));
      if (name === undefined || name.kind !== kind) return null;
      use(kind, text, name);
      return name;
    },
    highest: (kind) => highest.get(kind) ?? 0,
    add(kind, text, name) {
      highest.set(kind, Math.max(name.number, highest.get(kind) ?? 0));
      use(kind, text, name);
      isWorthKeeping = true;
    },
    keep() {
      if (!isWorthKeeping) return;
      isWorthKeeping = false;
      // What another key knew by its own digest is known by ours only where this turn said the text again.
      const unused = isRotated ? [] : [...before.values()].filter(({ digest }) => !used.has(digest));
      const names = [...unused, ...used.values()].slice(-namesMax);
      const plain = encodeNames({ writtenS: clock.epochS(), names });
      store.put(own.place, seal(own.subkeys.sealing, own.subkeys.key.id, own.place, plain), ttlS);
    },
  };
}

const subkeysOf = (key: Key): Subkeys => ({
  key,
  place: subkey(key, "placeholders: place"),
  sealing: subkey(key, "placeholders: seal"),
  text: subkey(key, "placeholders: text"),
});

/** One text for each conversation: JSON tells where one member ends, and what is not there from what is empty. */
const fieldsOf = ({ tenant, principal, header, beginning }: Conversation): string =>
  JSON.stringify([1, tenant, principal, header?.name ?? null, header?.value ?? null, beginning.length, beginning.text]);

const placeOf = ({ place }: Subkeys, fields: string): string =>
  `placeholders:${createHmac("sha256", place).update(fields).digest("base64url")}`;

/** In hex; another for the same text in another conversation. */
const digestOf = ({ text: key }: Subkeys, place: string, kind: string, text: string): string =>
  createHmac("sha256", key)
    .update(JSON.stringify([place, kind, text]))
    .digest()
    .toString("hex", 0, digestBytes);
