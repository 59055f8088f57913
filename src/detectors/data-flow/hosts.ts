/**
 * Host names with their paths, as texts name them: in addresses with `//`, and bare. Says nothing of what is allowed.
 * Linear: each expression is bounded where it could try again.
 */

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

/** All of a text, in no order, some more than once. */
export function addressesIn(text: string): readonly Address[] {
  return [...found(text, withSlashes, true), ...found(text, bare, false)];
}

function found(text: string, expression: string, isUrl: boolean): readonly Address[] {
  if (isUrl && !text.includes("//")) return [];
  return Array.from(text.matchAll(new RegExp(expression, "gi")), ([, host = "", ending = ""]) => ({
    host: host.toLowerCase().replace(/[._-]+$/, ""),
    path: trimPath(ending),
    isUrl: isUrl || ending !== "",
  })).filter(({ host }) => host !== "");
}

/** Without what ends a sentence rather than a path. */
const trimPath = (ending: string): string => ending.toLowerCase().replace(/[/.,;:!*_~-]+$/, "");
