/** docs/guards/secrets.md lists every kind as the tables have it. A table that is out of date is printed as it should be. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { type AST, RegExpParser } from "@eslint-community/regexpp";
import type { Format } from "./format.ts";
import { formatGroups } from "./index.ts";

const titles: Readonly<Record<keyof typeof formatGroups, string>> = {
  models: "Model providers",
  cloud: "Clouds, databases, keepers of secrets",
  code: "Code, builds, packages, web services",
  messages: "Chat, mail, social networks, monitoring",
  money: "Payments and trade",
};

/** What a token begins with, as far as it is fixed; where it begins with a class of characters, that class. */
function beginning({ pattern }: Extract<Format, { how: "token" }>): string {
  const tree = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(pattern, undefined, undefined, {});
  const { text } = head(tree.alternatives);
  return `\`${text === "" ? classesOf(pattern) : text}...\``;
}

type Head = { readonly text: string; readonly whole: boolean };

function head(alternatives: readonly AST.Alternative[]): Head {
  const heads = alternatives.map(({ elements }) => headOfAll(elements));
  const texts = heads.map(({ text }) => text);
  return {
    text: texts.length === 1 ? (texts[0] ?? "") : `(${texts.join("/")})`,
    whole: heads.every(({ whole }) => whole),
  };
}

function headOfAll(elements: readonly AST.Element[]): Head {
  let text = "";
  for (const element of elements) {
    const { text: next, whole } = headOf(element);
    text += next;
    if (!whole) return { text, whole };
  }
  return { text, whole: true };
}

function headOf(element: AST.Element): Head {
  switch (element.type) {
    case "Character":
      return { text: String.fromCodePoint(element.value), whole: true };
    case "Assertion": {
      if (element.kind !== "lookbehind" || element.negate) return { text: "", whole: true };
      const before = head(element.alternatives);
      return { text: before.whole ? `${before.text} ` : "", whole: true };
    }
    case "Group":
    case "CapturingGroup":
      return head(element.alternatives);
    case "CharacterClass": {
      const units = element.elements.flatMap((one) =>
        one.type === "Character" ? [String.fromCodePoint(one.value)] : [],
      );
      return units.length === element.elements.length ? { text: `(${units.join("/")})`, whole: true } : none;
    }
    case "Quantifier": {
      const inner = headOf(element.element);
      return element.min === 0 && inner.whole ? { text: `[${inner.text}]`, whole: true } : none;
    }
    default:
      return none;
  }
}
const none: Head = { text: "", whole: false };

const classesOf = (pattern: string): string =>
  pattern
    .replace(/^\(\?<[!=](?:\[[^\]]*\]|\((?:\?:)?[^)]*\)|[^)[(])*\)/, "")
    .replace(/\\(.)/g, "$1")
    .replaceAll("(?:", "(")
    .replaceAll("|", "/")
    .slice(0, 44);

function rowOf(kind: string, formats: readonly Format[]): string {
  const tokens = formats.flatMap((format) => (format.how === "token" ? [beginning(format)] : []));
  const names = formats.flatMap((format) => (format.how === "named" ? format.names.map((name) => `\`${name}\``) : []));
  return `| \`${kind}\` | ${tokens.join(", ") || "-"} | ${[...new Set(names)].join(", ") || "-"} |`;
}

function tableOf(group: keyof typeof formatGroups): string {
  const rows = Object.entries(formatGroups[group]).map(([kind, formats]) => rowOf(kind, formats));
  return [`### ${titles[group]}`, "", "| kind | begins with | or stands after |", "|---|---|---|", ...rows, ""].join(
    "\n",
  );
}

test("the guide's tables are those of the formats", async () => {
  const guide = await readFile(new URL("../../../docs/guards/secrets.md", import.meta.url), "utf8");
  const shown = /<!-- kinds -->\n([\s\S]*?)<!-- \/kinds -->/.exec(guide)?.[1];
  const wanted = (Object.keys(formatGroups) as (keyof typeof formatGroups)[]).map(tableOf).join("\n");
  assert.ok(wanted.split("\n").length > 200);
  assert.equal(shown, wanted);
});
