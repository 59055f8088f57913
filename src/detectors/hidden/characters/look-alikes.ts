/**
 * Letters of other scripts that read as a Latin letter, by the letter they read as. Data only; written as hexadecimal
 * code points so that this file hides nothing itself.
 *
 * Facts from Unicode Technical Standard 39 (confusables), thinned to letters and widened by the small Cyrillic letters
 * that are drawn like small capitals. Letters that Unicode itself decomposes to plain ones (full-width, mathematical)
 * are not here; see folds.ts.
 */
export const lookAlikes: Readonly<Record<string, string>> = {
  a: "251 3b1 430 1d00 2c81 237a",
  b: "184 432 44c 299 13cf 15af",
  c: "3f2 441 1d04 2ca5 abaf 1043d",
  d: "501 257 13e7 146f 1d05",
  e: "435 454 4bd 3b5 212e 1d07 ab32",
  f: "192 584 a799 ab35 a730",
  g: "261 18d 581 262 1d83",
  h: "4bb 570 43d 29c 13c2",
  i: "131 269 26a 3b9 456 4cf 13a5 a647 ab75",
  j: "3f3 458 237 1d0a",
  k: "3ba 43a 1d0b 2c95",
  l: "1c0 29f 2223 16c1",
  m: "43c 1d0d",
  n: "578 57c 43f 3b7 274",
  o: "3bf 43e 3c3 585 1d0f 2c9f 5e1 d20 10ff 1042c",
  p: "3c1 440 1d18 2ca3 2374",
  q: "51b 563 566",
  r: "433 1d26 280 2c85 ab47 ab48 ab81",
  s: "455 1bd a731 abaa 10448",
  t: "442 3c4 1d1b",
  u: "3c5 57d 1d1c 28b a79f ab4e ab52",
  v: "3bd 475 1d20 aba9",
  w: "26f 461 51d 561 3c9 1d21 ab83",
  x: "445 3c7 1541 157d 2cad",
  y: "443 4af 3b3 263 28f 10e7 1eff ab5a",
  z: "1d22 290 ab93",
  A: "391 410 13aa 15c5 a4ee 2c80",
  B: "392 412 13f4 15f7 a4d0 a7b4",
  C: "3f9 421 13df a4da 2ca4",
  D: "13a0 15de a4d3",
  E: "395 415 13ac a4f0 2d39",
  F: "3dc 15b4 a4dd",
  G: "50c 13c0 13f3 a4d6",
  H: "397 41d 13bb 157c 2c8e a4e7",
  I: "399 406 4c0 a4f2 2c92",
  J: "37f 408 13ab 148d a4d9",
  K: "39a 41a 13e6 2c94 a4d7 16d5",
  L: "13de 14aa a4e1 2cd0",
  M: "39c 3fa 41c 13b7 15f0 2c98 a4df",
  N: "39d a4e0 2c9a",
  O: "39f 41e 555 2c9e a4f3 2d54",
  P: "3a1 420 13e2 146d 2ca2 a4d1",
  Q: "51a 2d55",
  R: "13a1 13d2 1587 a4e3",
  S: "405 54f 13d5 13da a4e2",
  T: "3a4 422 13a2 2ca6 a4d4",
  U: "54d 144c a4f4",
  V: "474 13d9 142f a4e6",
  W: "51c 13b3 13d4 a4ea",
  X: "3a7 425 166d 2cac a4eb 2d5d",
  Y: "3a5 423 4ae 13a9 13bd 2ca8 a4ec",
  Z: "396 13c3 a4dc",
};

/** Marks that read as a plain one and that ordinary prose does not use in its place. */
export const lookAlikeMarks: Readonly<Record<string, string>> = {
  "-": "2010 2011 2212 2796",
  ".": "2024 3002 ff61",
  "/": "2044 2215 29f8",
  ":": "2236 a789 2d0",
  ";": "37e",
  "*": "204e 2217",
};

/** The zeros of decimal digits in the scripts of the basic plane; nine more follow each (Unicode, category Nd). */
export const digitZeros =
  "660 6f0 7c0 966 9e6 a66 ae6 b66 be6 c66 ce6 d66 de6 e50 ed0 f20 1040 1090 17e0 1810 1946 19d0 1a80 1a90 1b50 1bb0 " +
  "1c40 1c50 a620 a8d0 a900 a9d0 a9f0 aa50 abf0";

/** The first of 26 letters that no compatibility mapping makes plain: circled and squared ones, and flags' letters. */
export const letterRows = "1f150 1f170 1f1e6";
