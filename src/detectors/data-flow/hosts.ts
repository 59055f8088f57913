/**
 * Host names with their paths, as texts name them: in addresses with `//`, and bare. Says nothing of what is allowed.
 * Linear: each expression is bounded where it could try again.
 */

import type { Steps } from "../../stdx/paced.ts";
import { type Matching, matchSteps } from "./match-steps.ts";

export type Address = {
  /** Lower case, without a dot at its end. */
  readonly host: string;
  /** From the slash on, lower case, without one at its end; "" for none. */
  readonly path: string;
  /** Written as an address, not as a bare name. */
  readonly isUrl: boolean;
};

const hostClass = "a-z0-9\\u00a1-\\ud7ff\\uf900-\\uffef";
const path = "(/[^\\s\"'<>()\\\\?#\\]}|`\\u0000]{0,512})?";
/** User information is passed over: a name before an at sign leads nowhere. */
const withSlashes = `//(?:[^\\s/?#@"'<>\\\\]{0,128}@)?([${hostClass}][${hostClass}_.\\-]{0,252})(?::[0-9]{1,5})?${path}`;
const label = `[${hostClass}][${hostClass}_\\-]{0,62}`;
/** Not one that an e-mail address is made of. */
const bare = `(?<![${hostClass}_.@\\-])((?:${label}\\.){1,8}[a-z\\u00a1-\\ud7ff][${hostClass}\\-]{1,62})(?![${hostClass}@_\\-]|\\.[${hostClass}])(?::[0-9]{1,5})?${path}`;

const reach = 1_280;

/** All of a text, in no order, some more than once. */
export function* addressesIn(text: string): Steps<readonly Address[]> {
  const addresses: Address[] = [];
  if (text.includes("//")) yield* addFound(addresses, text, withSlashes, true);
  yield* addFound(addresses, text, bare, false);
  return addresses;
}

function* addFound(addresses: Address[], text: string, source: string, isUrl: boolean): Steps<void> {
  const matching: Matching = { expression: new RegExp(source, "gi"), reach };
  yield* matchSteps(text, matching, ([, name = "", ending = ""]) => {
    const host = name.toLowerCase().replace(/[._-]+$/, "");
    if (host !== "") addresses.push({ host, path: trimPath(ending), isUrl: isUrl || ending !== "" });
  });
}

/** Without what ends a sentence rather than a path. */
const trimPath = (ending: string): string => ending.toLowerCase().replace(/[/.,;:!*_~-]+$/, "");
