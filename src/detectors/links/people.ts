/** Whom a `mailto:` or `tel:` link reaches, in a form that can be compared. */

/** All addresses of a `mailto:` URL: to, cc and bcc. One that cannot be read stays as it is, and so is on no list. */
export function addressesOf(url: URL): readonly string[] {
  const copies = ["to", "cc", "bcc"].flatMap((name) => valuesOf(url.searchParams, name));
  return [decoded(url.pathname), ...copies]
    .flatMap((list) => list.split(","))
    .map((address) => address.trim())
    .filter((address) => address !== "");
}

function valuesOf(parameters: URLSearchParams, name: string): readonly string[] {
  return [...parameters].flatMap(([key, value]) => (key.toLowerCase() === name ? [value] : []));
}

/** `+15550100` for `+1 (555) 01-00`, `//+1.555.0100;ext=1` and `001 555 0100`. */
export function normalPhone(number: string): string {
  const plain = decoded(number)
    .replace(/[;?].*$/s, "")
    .replace(/[\s()./-]/g, "");
  return plain.replace(/^00/, "+");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
