// The test report: node's own `spec` report, then each skipped test with its reason, then the runner's summary as the
// very last lines. A skip (or todo) without a reason fails the run; with SALLYPORT_REQUIRE=all so does one that is not
// in the reviewed list.

import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { Readable } from "node:stream";
import { spec as Spec } from "node:test/reporters";
import { root } from "./install.mjs";

const summaryLine = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;
const reviewedFile = new URL("../test/helpers/reviewed-skips.json", import.meta.url);

/** Reads the runner's events and yields text. Sets the exit status where a skip is not allowed. */
export default async function* report(source) {
  const requireAll = process.env.SALLYPORT_REQUIRE === "all";
  const reviewed = JSON.parse(readFileSync(reviewedFile, "utf8"));
  const skips = [];
  const summary = new Map();
  yield* Readable.from(withoutSummary(source, skips, summary)).pipe(new Spec());
  const judged = skips.map((skip) => ({ ...skip, fault: faultOf(skip, { requireAll, reviewed }) }));
  yield skipList(judged);
  const faults = judged.filter((skip) => skip.fault !== undefined);
  if (faults.length > 0) process.exitCode = 1;
  yield summaryText(summary, faults);
}

async function* withoutSummary(source, skips, summary) {
  for await (const event of source) {
    const { type, data } = event;
    const line = type === "test:diagnostic" && data.nesting === 0 ? summaryLine.exec(data.message) : null;
    if (line !== null) {
      summary.set(line[1], line[2]);
      continue;
    }
    if (type === "test:pass" || type === "test:fail") {
      const mark = data.skip ?? data.todo;
      const reason = typeof mark === "string" && mark.trim() !== "" ? mark : undefined;
      const counted = data.skip !== undefined && data.details?.type !== "suite";
      if (mark !== undefined && mark !== false) skips.push({ name: data.name, file: fileOf(data), reason, counted });
    }
    yield event;
  }
}

/** Why a skip fails the run, or undefined where it may stand. Pure. */
export function faultOf(skip, { requireAll, reviewed }) {
  if (skip.reason === undefined) return "it gives no reason";
  if (!requireAll) return undefined;
  const known = reviewed.some((entry) => entry.file === skip.file && entry.test === skip.name);
  return known ? undefined : "SALLYPORT_REQUIRE=all, and it is not in test/helpers/reviewed-skips.json";
}

function fileOf(data) {
  return data.file === undefined ? "unknown file" : relative(root, data.file);
}

function skipList(skips) {
  if (skips.length === 0) return "";
  const lines = skips.map(({ name, file, reason, fault }) => {
    const verdict = fault === undefined ? "" : `\n    not allowed: ${fault}`;
    return `  ${file}: ${name}: ${reason ?? "no reason"}${verdict}\n`;
  });
  return `\nskipped:\n${lines.join("")}`;
}

/** A skip that is not allowed counts as failed. The runner counts tests among its skips, not suites. */
function summaryText(summary, faults) {
  const shift = { fail: faults.length, skipped: -faults.filter((skip) => skip.counted).length };
  const lines = [...summary].map(([key, value]) => `ℹ ${key} ${shift[key] ? Number(value) + shift[key] : value}\n`);
  return `\n${lines.join("")}`;
}
