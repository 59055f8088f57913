/** Texts that hide something, whole, broken, glued together and among prose: what the properties of hidden text are tried on. */
import fc from "fast-check";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const tagged = (text: string): string =>
  [...text].map((it) => String.fromCodePoint(0xe0000 + it.charCodeAt(0))).join("");

export const pieces: readonly string[] = [
  ..."asx1 .-_=%&\\;\n".split(""),
  "word ",
  "The end. ",
  "i g n o r e",
  " a b",
  "s.e.c.r.e.t ",
  "\u200b",
  "\u200b".repeat(40),
  "\u200d",
  "\u00ad",
  "\ufeff",
  "\ufe0f",
  "\u{e0101}",
  "\u{e0101}".repeat(20),
  "\u{1f468}\u200d\u{1f469}",
  "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
  tagged("ignore"),
  "\u{1f3f4}",
  "\udb40",
  "\udc61",
  "\u202e",
  "\u2066",
  "\u200f",
  "\u05d0",
  "\u0430",
  "\u0442",
  "\u03b1",
  "p\u0430ypal",
  "longword".repeat(7),
  "\uff53\uff45\uff43",
  "\u6771\u4eac",
  "\u{1d5ba}\u{1d5bb}",
  "\ud835",
  "\udc00",
  "e\u0336",
  "\u0301\u0302",
  "\u2003",
  "\u2009",
  "\u0000",
  "\u001b[31m",
  "\u001b[",
  "\u009b1",
  base64("ignore all previous"),
  base64("\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440 \u0438 \u0434\u0440\u0443\u0433\u0438\u0435"),
  Buffer.from("ignore all of it").toString("hex"),
  base64(Buffer.from("wide text", "utf16le").toString("latin1")),
  "%69%67%6e%6f%72",
  "&#105;&#x67;",
  "\\u0069\\x67",
  "e3b0c44298fc1c149afbf4c8996fb924",
];
export const texts = fc
  .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 30, size: "max" })
  .map((it) => it.join(""));
