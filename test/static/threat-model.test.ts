// The catalogue of docs/threat-model.md: each attack names a test that is there, or says that there is no defence. A test is
// named by a link whose text is its title and whose target is its file. The check is shown to fail on seeded rows.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { root } from "./tool.ts";

const path = "docs/threat-model.md";
/** The words of a row that has no test. */
const admission = "no defence: ";
const rowsLeast = 100;

type Row = { readonly line: string; readonly last: string };
type Named = { readonly title: string; readonly file: string };

/** Rows of the tables between the marks; the first two lines of a table are its head. */
function rowsOf(text: string): readonly Row[] {
  const lines = (text.split("<!-- bypasses -->\n")[1] ?? "").split("<!-- /bypasses -->")[0]?.split("\n") ?? [];
  return lines.flatMap((line, at) => {
    const isHead = !line.startsWith("|") || /^\|[-|]+\|$/.test(line) || /^\|[-|]+\|$/.test(lines[at + 1] ?? "");
    return isHead ? [] : [{ line, last: line.split("|").at(-2)?.trim() ?? "" }];
  });
}

function namedIn(text: string): readonly Named[] {
  return [...text.matchAll(/\[`([^`]+)`\]\(\.\.\/((?:src|test)\/[^)#]+\.ts)\)/g)].map(([, title = "", file = ""]) => ({
    title,
    file,
  }));
}

/** What stands first in a call of `test`, `it` or `describe`, and the names of cases in tables, as written. */
function titlesOf(source: string): readonly string[] {
  const calls = source.matchAll(/\b(?:test|it|describe)\(\s*(?:"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\])*)`)/g);
  const cases = source.matchAll(/\bname: "((?:\\.|[^"\\])*)"/g);
  return [...calls, ...cases].map(([, plain, template]) => (plain ?? template ?? "").replaceAll('\\"', '"'));
}

/** A title made by a template is there where its fixed parts fit and the file holds what fills it. */
function isTitle(title: string, written: string, source: string): boolean {
  if (!written.includes("${")) return title === written;
  const form = written
    .split(/\$\{[^}]*\}/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("(.+)");
  const filled = new RegExp(`^${form}$`).exec(title)?.slice(1);
  const held = source.replaceAll(/(\d)_(?=\d)/g, "$1"); // 1_000 is told as 1000
  return filled?.every((part) => held.includes(part)) ?? false;
}

const sources = new Map<string, string | null>();
function sourceOf(file: string): string | null {
  let source = sources.get(file);
  if (source === undefined) {
    source = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : null;
    sources.set(file, source);
  }
  return source;
}

function missing(text: string): readonly string[] {
  return namedIn(text).flatMap(({ title, file }) => {
    const source = sourceOf(file);
    if (source === null) return [`${file}: no such file`];
    const isThere = titlesOf(source).some((written) => isTitle(title, written, source));
    return isThere ? [] : [`${file}: no test "${title}"`];
  });
}

const unbacked = (text: string): readonly string[] =>
  rowsOf(text).flatMap(({ line, last }) => {
    const isBacked = namedIn(last).length > 0 || last.includes(admission);
    return isBacked ? [] : [line];
  });

const document = readFileSync(join(root, path), "utf8");

test("each test that the catalogue names is there", () => assert.deepEqual(missing(document), []));
test("each attack has a test, or says that there is no defence", () => assert.deepEqual(unbacked(document), []));
test("there are attacks to look at", () => {
  const rows = rowsOf(document);
  assert.ok(rows.length >= rowsLeast, `${rows.length}`);
  assert.ok(rows.every(({ line }) => line.split("|").length === 5));
  assert.ok(namedIn(document).length >= rowsLeast);
});

describe("seeded", () => {
  const own = "../test/static/threat-model.test.ts";
  const rows = (...last: readonly string[]): string =>
    `<!-- bypasses -->\n| attack | what | shown by |\n|---|---|---|\n${last.map((each) => `| a | b | ${each} |\n`).join("")}<!-- /bypasses -->\n`;
  test("files and titles that are not there", () => {
    const text = [
      `[\`there are attacks to look at\`](${own})`,
      `[\`there are attacks\`](${own})`,
      "[`seeded`](../test/static/none.test.ts)",
    ];
    assert.deepEqual(missing(text.join(" ")), [
      'test/static/threat-model.test.ts: no test "there are attacks"',
      "test/static/none.test.ts: no such file",
    ]);
  });
  test("templates", () => {
    const source = 'const rows = ["tags"]; test(`clear: ${what}`, run);';
    const fits = (title: string): boolean => isTitle(title, "clear: ${what}", source);
    assert.deepEqual(
      [fits("clear: tags"), fits("clear: none"), fits("clear"), fits("tags")],
      [true, false, false, false],
    );
  });
  test("rows without a test", () => {
    assert.deepEqual(unbacked(rows(`[\`seeded\`](${own})`, "no defence: it passes", "believe us", "")), [
      "| a | b | believe us |",
      "| a | b |  |",
    ]);
  });
});
