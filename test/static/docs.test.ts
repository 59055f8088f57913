// What the documents say of the program is true: links lead somewhere, examples pass the real readers, commands are real,
// and the tables are those of the code. Each check is shown to fail on a seeded document.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { checkFile } from "../../src/app/check-file.ts";
import { metricsGuide } from "../../src/app/metrics-guide.ts";
import { limitNames, limitTable } from "../../src/config/limits.ts";
import { layers } from "../architecture/layers.ts";
import { root, seed } from "./tool.ts";

type Page = { readonly path: string; readonly text: string };

const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.md"], { cwd: root, encoding: "utf8" });
const pages: readonly Page[] = listed
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(root, path)))
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
const page = (path: string): string => pages.find((each) => each.path === path)?.text ?? "";

type Fence = { readonly language: string; readonly code: string };
function fencesOf(text: string): readonly Fence[] {
  const found = text.matchAll(/^```([a-z]*)[^\n]*\n(.*?)^```/gms);
  return [...found].map(([, language = "", code = ""]) => ({ language, code }));
}
const withoutCode = (text: string): string => text.replace(/^```.*?^```/gms, "").replace(/`[^`\n]*`/g, "");

/** As GitHub makes them. */
function anchorsOf(text: string): readonly string[] {
  const heads = text.replace(/^```.*?^```/gms, "").matchAll(/^#+ (.*)$/gm);
  return [...heads].map(([, head = ""]) =>
    head
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function deadLinks({ path, text }: Page): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? join(root, path) : join(root, dirname(path), file);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(target, "utf8")).includes(anchor);
  });
}

function badExamples({ text }: Page): string[] {
  return fencesOf(text)
    .filter(({ code }) => /^\s*kind: (?:Policy|PolicyPart|TenantPolicy|Config)$/m.test(code))
    .flatMap(({ code }) => checkFile(Buffer.from(outdented(code))))
    .map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

function outdented(code: string): string {
  const indent = /^ */.exec(code)?.[0] ?? "";
  return code.replaceAll(new RegExp(`^${indent}`, "gm"), "");
}

/** Command lines in fences and in code spans, without the program's name. */
function commandsIn(text: string): string[][] {
  const shell = fencesOf(text).filter(({ language }) => language === "sh" || language === "");
  const lines = shell.flatMap(({ code }) => code.replaceAll("\\\n", " ").split("\n"));
  const spans = [...text.replace(/^```.*?^```/gms, "").matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  return [...lines, ...spans].flatMap((line) => {
    const command = /^(?:\$ )?(?:npm run -s sallyport -- |sallyport )([a-z][^#|;&]*)/.exec(line.trim())?.[1];
    return command === undefined ? [] : [command.trim().split(/\s+/)];
  });
}

const helps = new Map<string, string>();
function helpOf(args: readonly string[]): string {
  const key = args.join(" ");
  let help = helps.get(key);
  if (help === undefined) {
    help = execFileSync(process.execPath, [join(root, "src/main.ts"), ...args, "--help"], { encoding: "utf8" });
    helps.set(key, help);
  }
  return help;
}
/** What a help page lists under "Commands:". */
const subcommandsOf = (help: string): readonly string[] =>
  [...(help.split("Commands:\n")[1] ?? "").matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = ""]) => name);
const flagsOf = (help: string): readonly string[] =>
  [...help.matchAll(/(?<![\w-])--?[a-z][\w-]*/g)].map(([flag]) => flag);

function badCommands({ text }: Page): string[] {
  return commandsIn(text).flatMap((words) => {
    const line = words.join(" ");
    const path: string[] = [];
    for (const word of words) {
      const known = subcommandsOf(helpOf(path));
      if (known.length === 0) break;
      if (word.startsWith("-") || /[A-Z.]/.test(word)) break;
      // `envoy print|run` names two.
      if (!word.split("|").every((each) => known.includes(each))) return [`${line}: no subcommand ${word}`];
      path.push(word.split("|")[0] ?? "");
    }
    const own = words.slice(0, words.includes("--") ? words.indexOf("--") : undefined);
    const flags = own.map((word) => /^\[?(--?[a-z][\w-]*)/.exec(word)?.[1]).filter((flag) => flag !== undefined);
    const known = flagsOf(helpOf(path));
    return flags.filter((flag) => !known.includes(flag)).map((flag) => `${line}: no flag ${flag}`);
  });
}

/** The rows between two marks of a document. */
function marked(text: string, name: string): string {
  return (text.split(`<!-- ${name} -->\n`)[1] ?? "").split(`<!-- /${name} -->`)[0] ?? "";
}
const row = (...cells: readonly unknown[]): string => `| ${cells.join(" | ")} |\n`;

function layerRows(): string {
  return Object.entries<readonly string[] | "anything">(layers)
    .map(([name, may]) =>
      row(`\`${name}\``, may === "anything" ? "everything" : may.length === 0 ? "nothing" : may.join(", ")),
    )
    .join("");
}

function limitRows(): string {
  return limitNames
    .map((name) => {
      const { standard, min, max, about } = limitTable[name];
      return row(`\`${name}\``, standard, min, max, about);
    })
    .join("");
}

test("there are documents to look at", () => {
  assert.ok(pages.length >= 15, `${pages.length}`);
  const all = pages.map(({ text }) => text).join("\n");
  assert.ok(commandsIn(all).length >= 10);
  assert.ok(fencesOf(all).filter(({ code }) => /^kind: Policy$/m.test(code)).length >= 2);
});

for (const each of pages) {
  describe(each.path, () => {
    test("its links lead somewhere", () => assert.deepEqual(deadLinks(each), []));
    test("its examples pass the real readers", () => assert.deepEqual(badExamples(each), []));
    test("its commands are real", () => assert.deepEqual(badCommands(each), []));
  });
}

test("the import table is that of the code", () =>
  assert.equal(marked(page("docs/architecture.md"), "layers"), layerRows()));
test("the limits are those of the code", () => assert.equal(marked(page("docs/operations.md"), "limits"), limitRows()));

test("every metric is in the guide, as the program registers it", () =>
  assert.equal(page("docs/metrics.md"), metricsGuide(), "stale: node scripts/run.mjs scripts/metrics.mjs"));

test("the policy guide's example gives what it says", async (t) => {
  const [policy, request, commands, released] = fencesOf(page("docs/policy.md")).map(({ code }) => code);
  const folder = seed(t, { "policy.yaml": policy ?? "", "request.json": request ?? "" });
  for (const line of (commands ?? "").trim().split("\n")) {
    const [program, ...words] = line.split(" ");
    assert.equal(program, "sallyport");
    const ran = spawnSync(process.execPath, [join(root, "src/main.ts"), ...words], { cwd: folder, encoding: "utf8" });
    assert.equal(ran.status, words[0] === "scan" ? 3 : 0, ran.stderr);
    if (words[0] === "scan") assert.equal(ran.stdout, released);
  }
});

describe("seeded", () => {
  const pageOf = (text: string): Page => ({ path: "docs/seed.md", text });
  test("links", () => {
    assert.deepEqual(
      deadLinks(pageOf("[a](no.md) [b](../README.md) [c](#none) [d](https://example.com) `[e](no.md)`")),
      ["no.md", "#none"],
    );
    assert.deepEqual(deadLinks(pageOf("[a](operations.md#limits) [b](operations.md#limit)")), ["operations.md#limit"]);
  });
  test("examples", () => {
    const bad = "```yaml\nkind: Policy\nversion: 1\ndefaults: { onUnknown: closed }\nrules: []\n```\n";
    assert.match(badExamples(pageOf(bad)).join(), /^3:1: onUnreadable is missing/);
    assert.equal(badExamples(pageOf("```yaml\nkind: Config\nversion: 1\nlisten: nowhere\n```\n")).length, 1);
  });
  test("commands", () => {
    assert.deepEqual(badCommands(pageOf("`sallyport scna --request x`")), ["scna --request x: no subcommand scna"]);
    assert.deepEqual(badCommands(pageOf("```sh\nsallyport scan --requst x\n```\n")), [
      "scan --requst x: no flag --requst",
    ]);
    assert.deepEqual(badCommands(pageOf("`sallyport envoy print --port 1 gateway`")), [
      "envoy print --port 1 gateway: no flag --port",
    ]);
    assert.deepEqual(badCommands(pageOf("`sallyport envoy stop gateway`")), ["envoy stop gateway: no subcommand stop"]);
  });
});
