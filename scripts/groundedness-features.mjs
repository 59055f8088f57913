// Writes what the guard measures of each claim of labelled replies, as JSON lines, for fitting its weights:
//   node scripts/run.mjs scripts/groundedness-features.mjs OUT FILE...
// FILE: JSON lines, plain or gzip, with context, reply and label. Nothing of the texts is written.
import { createWriteStream, readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { Evidence } from "../src/detectors/groundedness/evidence.ts";
import { readReply } from "../src/detectors/groundedness/reading.ts";
import { runAtOnce } from "../src/stdx/paced.ts";

const [out, ...files] = process.argv.slice(2);
if (out === undefined || files.length === 0) {
  console.error("usage: groundedness-features.mjs OUT FILE...");
  process.exit(2);
}
const writer = createWriteStream(out);
for (const file of files) {
  const bytes = readFileSync(file);
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const { id, context, reply, label, labels } = JSON.parse(line);
    const evidence = runAtOnce(Evidence.of([context ?? ""]));
    if (evidence === null) continue;
    const units = readReply(reply, evidence);
    const claims = units
      .filter((unit) => unit.kind === "claim")
      .map(({ measured }) => ({ ...measured.features, contradicted: measured.isContradicted ? 1 : 0 }));
    const unchecked = units.flatMap((unit) => (unit.kind === "unchecked" ? [unit.reason] : []));
    writer.write(`${JSON.stringify({ set: basename(file).split(".")[0], id, label, labels, claims, unchecked })}\n`);
  }
}
writer.end();
