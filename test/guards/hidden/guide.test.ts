// docs/guards/hidden.md says of every kind and view what the code does: its examples are judged, its limits are the code's,
// its quality is what was recorded, and its request gives what it says.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { falseRows, type HiddenQuality, recallRows, speedRows } from "../../../bench/quality/hidden.ts";
import { createHiddenDetector } from "../../../src/detectors/hidden/index.ts";
import { escapeDepthMax } from "../../../src/detectors/hidden/views/clear.ts";
import { bytesMin } from "../../../src/detectors/hidden/views/hex-pairs.ts";
import { viewSources } from "../../../src/detectors/hidden/views/index.ts";
import { joinedLettersMin } from "../../../src/detectors/hidden/views/joiner.ts";
import { probeLength, runMax, runMin } from "../../../src/detectors/hidden/views/payload-runs.ts";
import { decodedMax, payloadDepthMax } from "../../../src/detectors/hidden/views/payloads.ts";
import { readableMin } from "../../../src/detectors/hidden/views/readable.ts";
import { hiddenKinds } from "../../../src/domain/policy.ts";
import { type ViewKind, viewKinds } from "../../../src/domain/view.ts";
import { neverBreathes } from "../../helpers/pace.ts";
import { root, seed } from "../../static/tool.ts";

const guide = readFileSync(join(root, "docs/guards/hidden.md"), "utf8");
const results = join(root, "bench/results");

function marked(name: string): string {
  return (guide.split(`<!-- ${name} -->\n`)[1] ?? "").split(`<!-- /${name} -->`)[0] ?? "";
}

/** The cells of a table's rows, without its head. */
function rowsOf(name: string): readonly (readonly string[])[] {
  const rows = marked(name).trim().split("\n").slice(2);
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

/** What stands in code spans and quotes, read as JSON. */
const examplesIn = (cell: string | undefined): readonly string[] =>
  [...(cell ?? "").matchAll(/`("[^`]*")`/g)].map(([, written]) => JSON.parse(written as string) as string);
const named = (cell: string | undefined): string => /^`(.*)`$/.exec(cell ?? "")?.[1] ?? "";

const detector = createHiddenDetector("hidden", { kind: "hidden", kinds: hiddenKinds });

function found(text: string): readonly { readonly category: string; readonly score: number }[] {
  const window = { text, from: 0, to: text.length, ended: true };
  const detection = detector.detect(new AbortController().signal, window, neverBreathes);
  assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
  return detection.findings;
}

describe("kinds", () => {
  const rows = rowsOf("kinds");

  test("each is there once", () => assert.deepEqual(rows.map(([kind]) => named(kind)).sort(), [...hiddenKinds].sort()));

  for (const [kind, score, , inside, outside] of rows) {
    const [hidden, plain] = [examplesIn(inside), examplesIn(outside)];
    test(`${kind}: found where the guide says so, with its score, and left alone where it says so`, () => {
      assert.ok(hidden.length >= 1 && plain.length >= 1);
      for (const text of hidden) {
        const own = found(text).filter(({ category }) => category === `hidden/${named(kind)}`);
        assert.ok(own.length > 0, JSON.stringify(text));
        for (const finding of own) assert.equal(finding.score, Number(score));
      }
      for (const text of plain) assert.deepEqual(found(text), [], JSON.stringify(text));
    });
  }

  test("a finding is no longer than it says", () =>
    assert.match(guide, new RegExp(`of at most ${detector.reach.longestSpan} UTF-16`)));
});

test("the views show what the guide says", () => {
  let kind = "";
  const seen = new Set<string>();
  for (const [view, , of, shows] of rowsOf("views")) {
    kind = named(view) || kind;
    seen.add(kind);
    const open = viewSources[kind as ViewKind].open(0);
    const [text = "", wanted] = [...examplesIn(of), ...examplesIn(shows)];
    assert.equal(open.append(text) + open.end(), wanted);
  }
  assert.deepEqual(seen, new Set<string>(viewKinds));
});

test("the limits are the code's", () => {
  const told = rowsOf("limits").map(([, limit]) => Number(/[\d,]+/.exec(limit ?? "")?.[0].replaceAll(",", "")));
  const real = [escapeDepthMax, payloadDepthMax, decodedMax, runMax, probeLength, runMin, bytesMin, readableMin];
  assert.deepEqual(told, [...real, joinedLettersMin]);
});

test("what the guide says is not found is not found", () => {
  const of = (letters: string): string => JSON.parse(`"${letters}"`) as string;
  const told = [...(guide.split("## Not found")[1] ?? "").matchAll(/\(`(\w*\\u[^`]*|[a-z0-9]+)`\)/g)];
  assert.ok(told.length >= 2);
  for (const [, text] of told) assert.deepEqual(found(of(text as string)), [], text);
});

test("the quality is the latest that was recorded", () => {
  const latest = readdirSync(results)
    .filter((name) => name.endsWith("-hidden.json"))
    .sort()
    .at(-1);
  assert.ok(latest !== undefined);
  const raw = JSON.parse(readFileSync(join(results, latest), "utf8")) as HiddenQuality;
  const lines = marked("quality").split("\n");
  const isRule = (line: string | undefined): boolean => line?.startsWith("|--") === true;
  const rows = lines.filter((line, at) => line.startsWith("|") && !isRule(line) && !isRule(lines[at + 1]));
  assert.deepEqual(rows, [
    ...recallRows(raw.kinds),
    ...recallRows(raw.views),
    ...falseRows(raw.sets),
    ...speedRows(raw.speeds),
  ]);
});

test("the example gives what it says", (t) => {
  const [policy, request, commands, released] = [...guide.matchAll(/^```[a-z]*\n(.*?)^```/gms)].map(([, code]) => code);
  const folder = seed(t, { "policy.yaml": policy ?? "", "request.json": request ?? "" });
  const lines = (commands ?? "").trim().split("\n");
  assert.equal(lines.length, 2);
  for (const line of lines) {
    const [program, ...words] = line.split(" ");
    assert.equal(program, "sallyport");
    const ran = spawnSync(process.execPath, [join(root, "src/main.ts"), ...words], { cwd: folder, encoding: "utf8" });
    assert.equal(ran.status, words[0] === "scan" ? 3 : 0, ran.stderr);
    if (words[0] !== "scan") continue;
    assert.equal(ran.stdout, released);
    const [, categories = ""] = /^categories\s+(\S+)$/m.exec(ran.stderr) ?? [];
    const told = /The verdict names (.*?)\./.exec(guide)?.[1] ?? "";
    assert.deepEqual(
      categories.split(","),
      [...told.matchAll(/`([^`]+)`/g)].map(([, category]) => category),
    );
  }
});
