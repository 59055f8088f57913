// Judges and writes what dialects.ts measured. Pure.

import type { DialectsRaw } from "./dialects.ts";
import { aimsTable, factsList, fixed, table, whole } from "./page.ts";
import { spreadOf } from "./stats.ts";

const bodyMaxUs = 100;
const eventMaxUs = 15;
const heldMaxBytes = 128 * 2 ** 20;
/** Of the time for twice the text. */
const ratioMax = 2.3;
const MB = 1e6;

export function dialectsPage({ facts, command, reads, held, growth }: DialectsRaw): string {
  const us = (times: readonly number[]): number => spreadOf(times).median;
  const bodies = reads.filter(({ fields }) => fields === "few");
  const streams = reads.filter(({ fields }) => fields === "stream");
  const worst = (of: typeof reads) => of.toSorted((a, b) => us(b.reading) - us(a.reading))[0];
  const body = worst(bodies);
  const stream = worst(streams);
  const ratios = growth.slice(1).map(({ ms }, index) => ms / (growth[index]?.ms ?? Number.NaN));
  const steepest = Math.max(...ratios);
  return `${[
    "# Dialects: what reading costs in each",
    "",
    "In one process, without Envoy, through the code that Envoy's traffic takes. `reading` is a policy without rules; `judging` adds one",
    "rule with a word that is not there. Medians of rounds in which all dialects take turns.",
    "",
    ...aimsTable([
      {
        what: `a body of 4 KB, no detector (slowest: ${body?.dialect ?? ""} ${body?.mode ?? ""})`,
        measured: `${fixed(us(body?.reading ?? []), 1)} us`,
        aim: `under ${bodyMaxUs} us`,
        met: us(body?.reading ?? []) < bodyMaxUs,
      },
      {
        what: `an event of a stream, no detector (slowest: ${stream?.dialect ?? ""} ${stream?.mode ?? ""})`,
        measured: `${fixed(us(stream?.reading ?? []), 1)} us`,
        aim: `under ${eventMaxUs} us`,
        met: us(stream?.reading ?? []) < eventMaxUs,
      },
      ...held.map(({ what, bytes, heldBytes }) => ({
        what: `memory held on the way: ${what}`,
        measured: `${fixed(heldBytes / MB, 1)} MB${bytes > 0 ? ` (${fixed(heldBytes / bytes, 1)} times the body)` : ""}`,
        aim: `at most ${whole(heldMaxBytes / MB)} MB`,
        met: heldBytes <= heldMaxBytes,
      })),
      {
        what: "a tool's argument in pieces of 5 bytes: time for twice the text",
        measured: fixed(steepest, 2),
        aim: `at most ${ratioMax}`,
        met: steepest <= ratioMax,
      },
    ]),
    "",
    ...table(
      ["dialect", "mode", "members", "bytes", "events", "reading, us", "judging, us"],
      reads.map(({ dialect, mode, fields, bytes, events, reading, judging }) => [
        dialect,
        mode,
        fields,
        whole(bytes),
        whole(events),
        fixed(us(reading), 1),
        fixed(us(judging), 1),
      ]),
    ),
    "",
    "Microseconds are of a body where it comes whole, and of an event where it streams. `few`: a question or an answer of 4 KB and little",
    "else; `all`: every member that the API has, filled up to 4 KB.",
    "",
    ...table(
      ["argument, bytes", "ms"],
      growth.map(({ argumentBytes, ms }) => [whole(argumentBytes), fixed(ms, 0)]),
    ),
    "",
    ...factsList(facts, command, []),
  ].join("\n")}\n`;
}
