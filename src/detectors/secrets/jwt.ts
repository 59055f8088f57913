/**
 * JSON Web Tokens in compact form: a base64url header that decodes to a JSON object with `alg`, and a payload; the
 * signature, or the further parts of an encrypted token, when they are there.
 * Past a part's bound the rest of the token is not masked: it is of no use without the part before it.
 */
import { reviewed } from "../pattern/pattern.ts";
import type { Matcher, Starts } from "../pattern/pattern-detector.ts";

const url = "[A-Za-z0-9_\\-]";
const mark = "eyJ";
/** In UTF-16 code units. */
export const jwtHeaderUnits = 1_024;
export const jwtPayloadUnits = 8_192;
export const jwtPartUnits = 2_048;

const part = (least: number, most: number): string => `${url}{${least},${most}}`;
const signed = `${part(8, jwtPayloadUnits)}(?:\\.${part(0, jwtPartUnits)})?`;
/** Key, initialisation vector, ciphertext, tag; the key is empty where it was agreed on. */
const encrypted = [part(0, jwtPartUnits), part(8, jwtPartUnits), part(8, jwtPayloadUnits), part(16, 128)].join("\\.");

export const jwt: Matcher = {
  category: "secrets/jwt",
  // Tried first: a signed token is a beginning of an encrypted one.
  pattern: reviewed(`${mark}${part(10, jwtHeaderUnits)}\\.(?:${encrypted}|${signed})`),
  starts: headerStarts,
  accept: (matched) => (hasAlgorithm(matched.slice(0, matched.indexOf("."))) ? matched.length : 0),
};

/**
 * A header begins with `{"` in base64url and its run ends with a dot. All starts within one run share its end, which is
 * looked for once: else a text full of beginnings would cost a header's length for each.
 */
function headerStarts(): Starts {
  const runs = new RegExp(`${url}*`, "y");
  let runEnd = 0;
  return (text, from) => {
    for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at)) {
      if (at >= runEnd) {
        runs.lastIndex = at;
        runs.test(text);
        runEnd = runs.lastIndex;
      }
      const nearest = runEnd - mark.length - jwtHeaderUnits;
      if (text[runEnd] !== ".") at = runEnd;
      else if (at < nearest) at = nearest;
      else return at;
    }
    return -1;
  };
}

function hasAlgorithm(header: string): boolean {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(header, "base64url").toString("utf8"));
    return typeof decoded === "object" && decoded !== null && "alg" in decoded && typeof decoded.alg === "string";
  } catch {
    return false;
  }
}
