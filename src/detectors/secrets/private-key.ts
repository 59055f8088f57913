/**
 * Private keys in PEM, OpenSSH, SSH2 and PGP armour: from the BEGIN line over headers and body to the END line, with
 * real or JSON-escaped line ends. A BEGIN line counts even where no END comes: then what looks like key material after
 * it is masked. The body has a bound; what lies past it is not masked.
 */
import { reviewed } from "../pattern/pattern.ts";
import type { Matcher } from "../pattern/pattern-detector.ts";

/** In UTF-16 code units. An RSA key of 16,384 bits has some 12,500. */
export const privateKeyBodyUnits = 16_384;

/** Lines of 64 characters. */
export const puttyLines = 200;
/** In UTF-16 code units: a key of the bound above in base64 once more. */
const encodedUnits = 22_000;

/** `escape` in a chain: JSON within JSON doubles it. */
const lineEnd = "(?:\\r?\\n|\\\\{1,4}r\\\\{1,4}n|\\\\{1,4}n)";
const label = "(?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?";
/** A value goes to its line's end: were it free to stop earlier, each stop would try the whole body again. */
const headers = `(?:${lineEnd}{1,2}[A-Z][A-Za-z\\-]{1,24}: [^\\r\\n\\\\\\[\\]]{0,200}(?=[\\r\\n\\\\])){0,8}`;
/** Base64, white space, escapes, and what quotes or comments put around lines. */
const body = `[A-Za-z0-9+/=\\s\\\\"',>#|*]{0,${privateKeyBodyUnits}}`;

const lineOf = (word: string): string => `(?:-----${word} ${label}-----|---- ${word} SSH2 ENCRYPTED PRIVATE KEY ----)`;

const pem: Matcher = {
  category: "secrets/private-key",
  pattern: reviewed(`${lineOf("BEGIN")}${headers}${body}${lineOf("END")}?`),
  accept: (matched) => (/-{4}$/.test(matched) && /---- ?END /.test(matched) ? matched.length : materialEnd(matched)),
};

/** The private part of a PuTTY key file. */
const putty: Matcher = {
  category: "secrets/private-key",
  pattern: reviewed(
    `Private-Lines: [0-9]{1,3}(?:${lineEnd}[A-Za-z0-9+/=]{1,64}(?![A-Za-z0-9+/=\\-])){1,${puttyLines}}(?:${lineEnd}Private-(?:MAC|Hash): [a-f0-9]{40,64})?`,
  ),
};

/** PEM encoded in base64 once more, as in Kubernetes secrets: "-----BEGIN PRIVATE KEY" and its kin. */
const encodedPem: Matcher = {
  category: "secrets/private-key",
  pattern: reviewed(
    `(?<![A-Za-z0-9+/])LS0tLS1CRUdJTi(?:BQUklWQVRFIEtFWS|BSU0EgUFJJVkFURSBLRVkt|BFQyBQUklWQVRFIEtFWS|BPUEVOU1NIIFBSSVZBVEUg|BFTkNSWVBURUQgUFJJVkFURSBLRVkt)[A-Za-z0-9+/]{0,${encodedUnits}}={0,2}`,
  ),
};

export const privateKeys: readonly Matcher[] = [pem, putty, encodedPem];

/** Words of prose are shorter than this; lines of a key are not, save the last. */
const leastMaterialUnits = 20;
const headersAtStart = new RegExp(`^${headers}`);

/** Without an END line: where the last run that looks like key material ends. */
function materialEnd(matched: string): number {
  const begun = matched.indexOf("----", 5) + (matched.startsWith("-----") ? 5 : 4);
  let end = begun + (headersAtStart.exec(matched.slice(begun))?.[0].length ?? 0);
  let inMaterial = false;
  const runs = /[A-Za-z0-9+/=]+/g;
  runs.lastIndex = end;
  for (let found = runs.exec(matched); found !== null; found = runs.exec(matched)) {
    const [run] = found;
    // The letters of an escaped line end are no word.
    if (run === "n" || run === "r") continue;
    if (run.length < leastMaterialUnits && !(inMaterial && /[0-9+/=]/.test(run))) break;
    inMaterial = true;
    end = found.index + run.length;
  }
  return end;
}
