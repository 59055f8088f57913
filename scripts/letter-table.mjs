// Writes src/detectors/quality/letter-table.ts: how usual each three letters in a row are in words of many languages.
// Read are this project's documents, those of its packages, and the messages that zod has in some forty languages; what
// stands in the table are rounded frequencies, no text. Run it by hand: node scripts/letter-table.mjs

import { globSync, readFileSync, writeFileSync } from "node:fs";

const target = "src/detectors/quality/letter-table.ts";
const sources = ["*.md", "docs/**/*.md", "node_modules/**/*.md", "node_modules/zod/v4/locales/*.js"];
const longestFile = 200_000;
const edge = 26;
const letters = 27;
const mostBits = 15;

/** As src/detectors/quality/letters.ts makes them. */
const unaccented = (word) => word.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

function wordsOf(text) {
  const prose = text
    .replace(/```[^]*?```/g, " ")
    .replace(/\]\([^)]*\)/g, "]")
    .replace(/https?:\S+/g, " ");
  const words = [];
  for (const token of prose.split(/[\s"“”]+/)) {
    const word = /^\p{P}*([\p{L}\p{M}'’-]+)\p{P}*$/u.exec(token)?.[1];
    if (word === undefined || /\p{Ll}\p{Lu}/u.test(word) || /^\p{Lu}{2,}$/u.test(word)) continue;
    words.push(
      ...unaccented(word)
        .split(/[^a-z]+/)
        .filter((part) => part.length >= 2),
    );
  }
  return words;
}

function countWords() {
  const counts = new Map();
  for (const path of globSync(sources).toSorted()) {
    if (/CHANGELOG/i.test(path)) continue;
    for (const word of wordsOf(readFileSync(path, "utf8").slice(0, longestFile))) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return counts;
}

function tableOf(counts) {
  const three = new Float64Array(letters ** 3);
  const two = new Float64Array(letters ** 2);
  const one = new Float64Array(letters);
  for (const [word, count] of counts) {
    if (count < 2) continue;
    const weight = 1 + Math.log(count); // a word that is everywhere must not speak for all
    const codes = [edge, edge, ...Array.from(word, (letter) => letter.charCodeAt(0) - 97), edge];
    for (let at = 2; at < codes.length; at += 1) {
      const [a, b, c] = codes.slice(at - 2, at + 1);
      three[(a * letters + b) * letters + c] += weight;
      two[b * letters + c] += weight;
      one[c] += weight;
    }
  }
  const sum = (list) => list.reduce((total, each) => total + each, 0);
  const all = sum(one);
  return Uint8Array.from(three, (count, at) => {
    const [ab, c] = [Math.floor(at / letters), at % letters];
    const b = ab % letters;
    const byOne = (one[c] + 1) / (all + letters);
    const byTwo = (two[b * letters + c] + 5 * byOne) / (sum(two.subarray(b * letters, (b + 1) * letters)) + 5);
    const likely = (count + 5 * byTwo) / (sum(three.subarray(ab * letters, (ab + 1) * letters)) + 5);
    return Math.min(mostBits, Math.round(-Math.log2(likely)));
  });
}

const table = tableOf(countWords());
const packed = Uint8Array.from(
  { length: Math.ceil(table.length / 2) },
  (_, at) => (table[2 * at] << 4) | (table[2 * at + 1] ?? 0),
);
writeFileSync(
  target,
  `/**
 * How unusual each letter is behind the two before it, in bits, four to an entry: [a-z and the edge of a word]^3, packed
 * as base64. Made by scripts/letter-table.mjs from documents in many languages; not to be edited.
 */
export const letterTable: string =
  "${Buffer.from(packed).toString("base64")}";
`,
);
