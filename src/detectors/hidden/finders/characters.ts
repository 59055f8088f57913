/** The kinds that are single characters: zero-width, bidi, tags, control. Says where each is fine. */
import { bidi, control, isIn, tags, zeroWidth } from "../characters/folds.ts";
import { type CharacterRule, createRunFinder } from "./character-runs.ts";
import { type Finder, inClass, none, pointAt, pointBefore, unitSearch, widthOf, type Word } from "./finder.ts";

const isLetter = inClass("\\p{L}\\p{M}");
const isEmoji = inClass("\\p{Emoji}");
const isPictograph = inClass("\\p{Extended_Pictographic}\\p{Regional_Indicator}");
/** Scripts in which a joiner or non-joiner shapes letters. */
const isShaped = inClass(
  [
    ..."Arabic Syriac Thaana Nko Mongolian Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada".split(" "),
    ..."Malayalam Sinhala Tibetan Myanmar Khmer Balinese Javanese Mandaic".split(" "),
  ]
    .map((script) => `\\p{Script_Extensions=${script}}`)
    .join(""),
);
/** Scripts written without spaces, where a zero-width one says where a line may break. */
const isUnspaced = inClass(
  "Thai Lao Khmer Myanmar Tibetan Javanese Han Hiragana Katakana"
    .split(" ")
    .map((script) => `\\p{Script_Extensions=${script}}`)
    .join(""),
);
const isHan = inClass("\\p{Script=Han}");
const isHangul = inClass("\\p{Script=Hangul}");
const isMark = inClass("\\p{M}");
const isMongolian = inClass("\\p{Script=Mongolian}\\p{Script=Phags_Pa}");
const isKhmer = inClass("\\p{Script=Khmer}");
const isVaried = inClass("\\p{Sm}\\p{Script=Han}\\p{Script=Myanmar}\\p{Script=Mongolian}\\p{Script=Phags_Pa}");
const isSign = inClass("\\p{S}\\p{P}");
const isAscii = (point: number): boolean => point >= 0 && point < 0x80;
const isKeycap = (point: number): boolean => (point >= 0x30 && point <= 0x39) || point === 0x23 || point === 0x2a;
const isSelector = (point: number): boolean =>
  (point >= 0xfe00 && point <= 0xfe0f) || (point >= 0xe0100 && point <= 0xe01ef);

const fineIf = (condition: boolean): Word => (condition ? "fine" : "bad");

function judgeZeroWidth(text: string, at: number, point: number, ended: boolean): Word {
  if (!isIn(zeroWidth, point)) return "fine";
  const previous = pointBefore(text, at);
  const next = at + widthOf(point);
  switch (point) {
    case 0xfeff:
      return previous === none ? "fine" : judgeStray(text, at, ended);
    case 0x200b:
      if (isUnspaced(previous)) return "fine";
      return whenNext(text, next, ended, isUnspaced) === "fine" ? "fine" : judgeStray(text, at, ended);
    case 0x200c:
      return fineIf(isShaped(previous));
    case 0x200d:
      if (isShaped(previous)) return "fine";
      return isSelector(previous) || (!isAscii(previous) && isEmoji(previous))
        ? whenNext(text, next, ended, isPictograph)
        : "bad";
    case 0xad:
      return judgeSoftHyphen(text, at, ended);
    case 0x34f:
      return fineIf(isMark(previous));
    case 0x115f:
    case 0x1160:
      return isHangul(previous) ? "fine" : whenNext(text, next, ended, isHangul);
    case 0x17b4:
    case 0x17b5:
      return fineIf(isKhmer(previous));
    case 0xfffc:
      return "fine";
    case 0xfe0f:
      return isFineSelector(previous, point) ? "fine" : judgeStray(text, at, ended);
    default:
      return fineIf(isFineSelector(previous, point));
  }
}

/** One or two beside a space part no word and spell nothing: pages and translations leave them behind when copied. */
function judgeStray(text: string, at: number, ended: boolean): Word {
  let start = at;
  let end = at;
  while (at - start < straysMax && isStray(pointBefore(text, start))) start -= 1;
  while (end - at < straysMax && isStray(pointAt(text, end))) end += 1;
  if (end - start > straysMax) return "bad";
  const next = whenNext(text, end, ended, (point) => !isIn(zeroWidth, point));
  const previous = pointBefore(text, start);
  if (next !== "fine") return next;
  if (isIn(zeroWidth, previous)) return "bad";
  return isBlankOrEnd(previous) ? "fine" : whenNext(text, end, ended, isBlankOrEnd);
}

const straysMax = 2;
const isStray = (point: number): boolean => point === 0x200b || point === 0xfeff || point === 0xfe0f;
const isBlank = inClass("\\s");
const isBlankOrEnd = (point: number): boolean => point === none || isBlank(point);

function isFineSelector(previous: number, point: number): boolean {
  if (point >= 0x180b && point <= 0x180f) return isMongolian(previous);
  if (point >= 0xe0100) return isHan(previous);
  if (point < 0xfe00 || point > 0xfe0f) return false;
  if (isVaried(previous)) return true;
  if (point < 0xfe0e) return false;
  if (isAscii(previous)) return isKeycap(previous);
  return isEmoji(previous) || isSign(previous);
}

function whenNext(text: string, next: number, ended: boolean, test: (point: number) => boolean): Word {
  const point = pointAt(text, next);
  if (!ended && (point === none || (next + 1 === text.length && point >= 0xd800 && point < 0xdc00))) return "open";
  return fineIf(test(point));
}

/** Fine where a word may be broken: letters on both sides, two on one of them at least, or the end of a line behind it. */
function judgeSoftHyphen(text: string, at: number, ended: boolean): Word {
  const before = pointBefore(text, at);
  if (!isLetter(before)) return "bad";
  const next = whenNext(text, at + 1, ended, (point) => isLetter(point) || isBlankOrEnd(point));
  if (next !== "fine" || !isLetter(pointAt(text, at + 1))) return next;
  if (isLetter(pointBefore(text, at - widthOf(before)))) return "fine";
  return whenNext(text, at + 1 + widthOf(pointAt(text, at + 1)), ended, isLetter);
}

/** How near a letter written from right to left must be for marks of direction to be in place. */
const directionContext = 32;
const rightToLeft = /[\u05d0-\u05f2\u0620-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\ud802\ud803\ud83a\ud83b]/;

/** One beside a digit, a sign or a space orders these; one among letters turns nothing that may be turned. */
const isDirectionMark = (point: number): boolean => point === 0x200e || point === 0x200f || point === 0x61c;

function judgeBidi(text: string, at: number, point: number, ended: boolean): Word {
  if (!isIn(bidi, point)) return "fine";
  if (point === 0x202d || point === 0x202e) return "bad";
  if (isDirectionMark(point) && !isLetter(pointBefore(text, at))) return "fine";
  if (rightToLeft.test(text.slice(Math.max(0, at - directionContext), at))) return "fine";
  const behind = text.slice(at + 1, at + 1 + directionContext);
  if (rightToLeft.test(behind)) return "fine";
  if (isDirectionMark(point) && whenNext(text, at + 1, ended, (next) => !isLetter(next)) === "fine") return "fine";
  return behind.length < directionContext && !ended ? "open" : "bad";
}

/** The flag of a part of a country: a black flag, its code in tags, the end tag. */
const tagFlag = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}/u;
const openTagFlag = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{0,6}\udb40?$/u;
/** Units of the longest such flag before its last tag, and behind its first. */
const tagFlagReach = 14;

function judgeTag(text: string, at: number, point: number, ended: boolean): Word {
  if (!isIn(tags, point)) return "fine";
  let start = at;
  while (start > 0 && at - start < tagFlagReach && isIn(tags, pointBefore(text, start))) start -= 2;
  if (pointBefore(text, start) !== 0x1f3f4) return "bad";
  const flag = text.slice(start - 2, start + tagFlagReach);
  const found = tagFlag.exec(flag);
  if (found !== null && found.index === 0) return fineIf(at < start - 2 + found[0].length);
  return !ended && start + tagFlagReach > text.length && openTagFlag.test(text.slice(start - 2)) ? "open" : "bad";
}

/** Units of the longest control sequence: ESC, `[` or U+009B for both, parameters, the letter that ends it (ECMA-48, 5.4). */
const sequenceMax = 20;

const lineFeed = 0x0a;
const isLineFeed = (point: number): boolean => point === lineFeed;

/** U+0000 alone on a line parts texts of a view. C1 characters other than a sequence's beginning are what is left of a wrong decoding far more often than anything else. */
function judgeControl(text: string, at: number, point: number, ended: boolean): Word {
  if (point > 0x9f || !isIn(control, point)) return "fine";
  if (point === 0 && pointBefore(text, at) === lineFeed) return whenNext(text, at + 1, ended, isLineFeed);
  if (point !== 0x1b && point !== 0x9b) return fineIf(point > 0x7f);
  const length = sequenceAt(text, at);
  if (length === none && !ended) return "open";
  return point === 0x1b ? "bad" : fineIf(length <= 0);
}

/** Its length; 0 where none begins; `none` where the text ends before that is clear. */
function sequenceAt(text: string, at: number): number {
  let place = at + 1;
  if (text.charCodeAt(at) === 0x1b) {
    if (place === text.length) return none;
    if (text.charCodeAt(place) !== 0x5b) return 0;
    place += 1;
  }
  for (; place < at + sequenceMax; place++) {
    if (place >= text.length) return none;
    const unit = text.charCodeAt(place);
    if (unit >= 0x40 && unit <= 0x7e) return place + 1 - at;
    if (unit < 0x20 || unit >= 0x40) return 0;
  }
  return 0;
}

const rules = {
  "zero-width": {
    mayFind: (survey) => survey.zeroWidth,
    search: unitSearch(zeroWidth),
    left: 4,
    right: 4,
    widest: 2,
    judge: judgeZeroWidth,
  },
  bidi: {
    mayFind: (survey) => survey.bidi,
    search: unitSearch(bidi),
    left: directionContext,
    right: directionContext,
    widest: 1,
    judge: judgeBidi,
  },
  tags: {
    mayFind: (survey) => survey.tags,
    search: unitSearch(tags),
    left: tagFlagReach + 2,
    right: tagFlagReach,
    widest: 2,
    judge: judgeTag,
  },
  control: {
    mayFind: (survey) => survey.control,
    search: unitSearch(control),
    left: 1,
    right: sequenceMax,
    widest: sequenceMax,
    judge: judgeControl,
    width: (text, at, point) => (point === 0x1b || point === 0x9b ? Math.max(1, sequenceAt(text, at)) : 1),
  },
} as const satisfies Record<string, Omit<CharacterRule, "kind">>;

export const createCharacterFinder = (kind: keyof typeof rules): Finder => createRunFinder({ kind, ...rules[kind] });
