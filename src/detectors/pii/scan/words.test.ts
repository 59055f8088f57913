import assert from "node:assert/strict";
import { test } from "node:test";
import { createWordReader } from "./words.ts";

const reader = createWordReader([
  ["ssn"],
  ["passport"],
  ["numero fiscal", "c c"],
  ["\u8eab\u4efd\u8bc1"],
  ["\u0438\u043d\u043d"],
]);

/** `|` marks the place; the lists that have a word before it, with the distance. */
const rows: readonly (readonly [text: string, near: Readonly<Record<number, number>>])[] = [
  ["SSN: |1", { 0: 2 }],
  ["my ssn |", { 0: 1 }],
  ["assn |, ssnx |", {}],
  ["userSsn=|", { 0: 1 }],
  ["user_ssn |", { 0: 1 }],
  ["9ssn |", {}],
  ["passports |, passportNumber |", { 1: 7 }],
  ["Kinderreisepassport |", { 1: 1 }],
  ["num\u00e9ro fiscal |", { 2: 1 }],
  ["nume\u0301ro_fiscal: |", { 2: 2 }],
  ["numeroFiscal |", { 2: 1 }],
  ["NUMERO\n  FISCAL |", { 2: 1 }],
  ["C.C. |", { 2: 2 }],
  ["cc |", {}],
  ["\u6211\u7684\u8eab\u4efd\u8bc1\u53f7|", { 3: 1 }],
  ["\u0418\u041d\u041d |", { 4: 1 }],
  ["ssn [US-SSN] |", {}],
  ["[US-SSN] ssn |", { 0: 1 }],
  [`ssn${" ".repeat(61)}|`, { 0: 61 }],
  [`ssn${" ".repeat(62)}|`, {}],
  ["|ssn", {}],
];

for (const [marked, near] of rows) {
  test(`the words before ${JSON.stringify(marked)}`, () => {
    const at = marked.lastIndexOf("|");
    const text = marked.replaceAll("|", "");
    const place = at - (marked.slice(0, at).match(/\|/g)?.length ?? 0);
    const found = reader.distances(text, place);
    assert.deepEqual(
      Object.fromEntries([...(found ?? [])].flatMap((distance, list) => (distance < 255 ? [[list, distance]] : []))),
      near,
    );
  });
}
