/** The character references that could hide where a link leads. Browsers and Markdown decode them before they follow it. */

const named: ReadonlyMap<string, string> = new Map([
  ["colon", ":"],
  ["sol", "/"],
  ["bsol", "\\"],
  ["period", "."],
  ["commat", "@"],
  ["num", "#"],
  ["quest", "?"],
  ["percnt", "%"],
  ["lpar", "("],
  ["rpar", ")"],
  ["Tab", "\t"],
  ["NewLine", "\n"],
  ["amp", "&"],
  ["AMP", "&"],
]);

export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#[xX]([0-9A-Fa-f]{1,8})|#([0-9]{1,8})|([A-Za-z]{2,8}));?/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return named.get(name) ?? whole;
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point > 0x10ffff ? whole : String.fromCodePoint(point);
  });
}
