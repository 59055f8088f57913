// Words that no file of the project holds: paths of one machine, and addresses of package registries.
// They are built from pieces, so that this file passes its own gate.

const before = String.raw`(^|[\s"'\`(=:,[<])`;
const word = (...pieces: readonly string[]): RegExp => new RegExp(pieces.join(""), "im");

const forbidden: readonly (readonly [what: string, word: RegExp])[] = [
  ["a path of one machine", word(before, "/(wo", "rk|ro", "ot)/")],
  ["a home folder of one machine", word(before, "/(ho", "me|Use", "rs)/[a-z]+/")],
  ["a folder outside the project", word(String.raw`\.\./sha`, String.raw`red\b`)],
  ["the npm registry", word("regi", String.raw`stry\.(npmjs|yarnpkg)`)],
  ["PyPI's host", word("(pyp", String.raw`i|python`, String.raw`hosted)\.org`)],
  ["Go's module proxy", word("proxy", String.raw`\.golang\.org`)],
];

/** Pure. One line for each forbidden word in `text`. */
export function wordViolations(path: string, text: string): readonly string[] {
  return forbidden.filter(([, found]) => found.test(text)).map(([what]) => `${path}: names ${what}`);
}
