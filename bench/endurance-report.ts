// Judges and writes what endurance.ts measured. Pure.

import type { EnduranceRaw, Half, Succession } from "./endurance.ts";
import { type Aim, aimsTable, factsList, fixed, percent, table, whole } from "./page.ts";

const growthMax = 0.05;
const MiB = 2 ** 20;

export function endurancePage(raw: EnduranceRaw): string {
  const { successions, marked, settings } = raw;
  return `${[
    "# Endurance: many exchanges, one connection, steady memory",
    "",
    "Real Envoy with one worker in front of Sallyport with its embedded policy less its models, prompt of 2 KB, JSON reply of 0.5 KB, on",
    "loopback. Every reply is compared byte for byte. Without graceful close Envoy ends each exchange with a reset.",
    "",
    ...aimsTable([...successions.flatMap(aimsOf), crossing(raw)]),
    "",
    ...table(
      ["", "exchanges", "failures", "a second", "resident memory after, MiB"],
      successions.flatMap((one) => one.halves.map((half, index) => rowOf(one, half, index))),
    ),
    "",
    "Envoy's connections to Sallyport:",
    "",
    ...table(
      ["", "opened", "lost in use", "streams failed"],
      [
        ...successions.map((one) => [nameOf(one), one.connections] as const),
        ["marked streams", marked.connections] as const,
      ].map(([name, { opened, lost, streamsFailed }]) => [name, whole(opened), whole(lost), whole(streamsFailed)]),
    ),
    "",
    ...factsList(raw.facts, raw.command, [
      `load by the closed-loop client on node:http, ${settings.concurrency} connections, no pause between requests`,
    ]),
  ].join("\n")}\n`;
}

const nameOf = ({ gracefulClose }: Succession): string => `${gracefulClose ? "with" : "without"} graceful close`;

function rowOf(
  one: Succession,
  { requests, failures, seconds, residentBytes }: Half,
  index: number,
): readonly string[] {
  const name = `${nameOf(one)}, ${index === 0 ? "first" : "second"} half`;
  return [name, whole(requests), whole(failures), whole(requests / seconds), fixed(residentBytes / MiB, 1)];
}

function aimsOf(one: Succession): readonly Aim[] {
  const failures = one.halves.reduce((sum, half) => sum + half.failures, 0);
  const exchanges = one.halves.reduce((sum, half) => sum + half.requests, 0);
  const [first, second] = one.halves;
  const growth = (second?.residentBytes ?? Number.NaN) / (first?.residentBytes ?? Number.NaN) - 1;
  return [
    {
      what: `${nameOf(one)}: failures in ${whole(exchanges)} exchanges`,
      measured: whole(failures),
      aim: "0",
      met: failures === 0,
    },
    {
      what: `${nameOf(one)}: memory after the second half, to the first`,
      measured: `${growth < 0 ? "" : "+"}${percent(growth)}`,
      aim: `at most +${percent(growthMax)}`,
      met: growth <= growthMax,
    },
  ];
}

function crossing({ marked }: EnduranceRaw): Aim {
  return {
    what: `${whole(marked.streams)} streams at once on ${whole(marked.connections.opened)} connection: failed or crossed`,
    measured: whole(marked.failures),
    aim: "0, on 1",
    met: marked.failures === 0 && marked.connections.opened === 1,
  };
}
