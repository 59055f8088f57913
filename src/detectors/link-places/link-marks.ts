/**
 * What makes a word without blanks a link for some reader of it: two slashes, a scheme that needs none, `www.`, a host
 * name with a path. May see a link where there is none, for what follows is then only left as it is.
 */

/** Schemes that are followed without two slashes behind them. Lower case. */
const schemes: ReadonlySet<string> = new Set([
  ...["http", "https", "ftp", "ftps", "ws", "wss", "file", "blob", "data", "javascript", "vbscript"],
  ...[
    "mailto",
    "tel",
    "sms",
    "callto",
    "sip",
    "sips",
    "xmpp",
    "facetime",
    "skype",
    "whatsapp",
    "tg",
    "magnet",
    "intent",
  ],
]);
const longestScheme = Math.max(...[...schemes].map(({ length }) => length));

/** The end of a text that reads like the end of a host name. */
export const hostEnd = /\.[A-Za-z0-9-]{1,63}(?::[0-9]{1,5})?$/;

const slash = 0x2f;
const backslash = 0x5c;
const colon = 0x3a;
/** Readers of host names take all of them for dots; the full stop of Chinese and Japanese too, but it ends sentences. */
const dots: ReadonlySet<number> = new Set([0x2e, 0x2024, 0xff0e]);
export const isDot = (unit: number): boolean => dots.has(unit);

/** How much of `host.name:80` the last characters are. */
type Host = "none" | "label" | "dot" | "name" | "colon" | "port";

/** Reads one word, unit by unit. */
export class LinkMarks {
  #host: Host = "none";
  #last = 0;
  #isMarked = false;

  /** A blank: another word begins. */
  reset(): void {
    this.#host = "none";
    this.#last = 0;
    this.#isMarked = false;
  }

  get isMarked(): boolean {
    return this.#isMarked;
  }

  /** A link begins here for a reason that the caller knows. */
  mark(): void {
    this.#isMarked = true;
  }

  /** Something of unknown length that reads like a part of a word, such as a placeholder. */
  skip(endsHost: boolean): void {
    this.#last = 0;
    this.#host = endsHost || this.#host === "dot" || this.#host === "name" ? "name" : "label";
  }

  /** `text[at]` is the next unit of the word. Looks back at most at the word. */
  step(text: string, at: number, unit: number): void {
    const last = this.#last;
    this.#last = unit;
    if (this.#isMarked) return;
    if (unit === slash || unit === backslash || unit === 0x3f || unit === 0x23) {
      // Browsers take backslashes for slashes, and JSON escapes slashes: `\/\/`.
      const doubled = (unit === slash || unit === backslash) && (last === slash || last === backslash);
      if (unit === backslash && !doubled) return;
      this.#isMarked = doubled || this.#host === "name" || this.#host === "port" || this.#host === "colon";
    } else if (isDot(unit)) {
      this.#isMarked = text.slice(Math.max(0, at - 3), at).toLowerCase() === "www";
    } else if (unit === colon) {
      this.#isMarked = schemes.has(schemeBefore(text, at));
    }
    this.#host = nextHost(this.#host, unit);
  }
}

/** Whether a text, blanks and all, holds the beginning of a link. */
export function hasLinkMark(text: string): boolean {
  const marks = new LinkMarks();
  for (let at = 0; at < text.length && !marks.isMarked; at++) {
    const unit = text.charCodeAt(at);
    if (isBlank(unit)) marks.reset();
    else marks.step(text, at, unit);
  }
  return marks.isMarked;
}

/** White space of HTML, which no link goes on after. Others are taken into a link, or out of the text, by some readers. */
export const isBlank = (unit: number): boolean =>
  unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0d || unit === 0x0c;

export const isLetter = (unit: number): boolean => (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;
export const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

const otherHostUnit = /[\p{L}\p{N}\p{M}]/u;

/** Letters and digits of all scripts, hyphen, underscore. */
export const isHostUnit = (unit: number): boolean =>
  unit < 0x80
    ? isLetter(unit) || isDigit(unit) || unit === 0x2d || unit === 0x5f
    : otherHostUnit.test(String.fromCharCode(unit));

const ignored = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}]/u;

/** Seen by nobody, or (halves of pairs among them) not known to be seen: a reader, or a mask, may take it away. */
export const isUnseen = (unit: number): boolean => unit >= 0xad && ignored.test(String.fromCharCode(unit));

function nextHost(host: Host, unit: number): Host {
  if (isDot(unit)) return host === "label" || host === "name" ? "dot" : "none";
  if (unit === colon) return host === "name" ? "colon" : "none";
  if ((host === "colon" || host === "port") && isDigit(unit)) return "port";
  if (!isHostUnit(unit)) return "none";
  return host === "dot" || host === "name" ? "name" : "label";
}

/** The letters before a colon; "" where they are more than a scheme has. */
function schemeBefore(text: string, at: number): string {
  let start = at;
  while (start > 0 && at - start <= longestScheme && isLetter(text.charCodeAt(start - 1))) start--;
  return text.slice(start, at).toLowerCase();
}
