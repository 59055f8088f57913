/** More text without personal data, where numbers stand close: tables, orders, measures, versions, times. Seeded. */
import type { BenignSet } from "./benign.ts";
import type { Random } from "../../test/helpers/secret-samples.ts";

const linesOfText = 200;

export function numberSets(random: Random, texts: number): readonly BenignSet[] {
  const of = (name: string, line: () => string): BenignSet => ({
    name,
    texts: Array.from({ length: texts }, (_, n) => ({
      name: `${name} ${n}`,
      text: Array.from({ length: linesOfText }, line).join("\n"),
    })),
  });
  const whole = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
  const digits = (count: number): string => Array.from({ length: count }, () => whole(0, 9)).join("");
  const pick = (list: readonly string[]): string => list[whole(0, list.length - 1)] ?? "";
  const date = (): string =>
    `20${whole(10, 26)}-${String(whole(1, 12)).padStart(2, "0")}-${String(whole(1, 28)).padStart(2, "0")}`;
  const time = (): string => `${String(whole(0, 23)).padStart(2, "0")}:${String(whole(0, 59)).padStart(2, "0")}`;
  const grouped = (): string => whole(1e6, 9e8).toLocaleString("fr-FR");
  return [
    of(
      "tables",
      () =>
        `${whole(1, 999)}, ${date()}, ${digits(whole(5, 14))}, ${whole(1, 99999) / 100}, ${pick(["ok", "late", "void"])}`,
    ),
    of(
      "orders",
      () =>
        `Order ${digits(9)} (item ${digits(6)}-${digits(2)}), ${whole(1, 40)} pieces at ${whole(1, 999)}.${digits(2)} EUR, shipped ${date()} ${time()}, invoice ${digits(10)}.`,
    ),
    of(
      "measures",
      () =>
        `${pick(["Population", "Revenue", "Distance", "Votes"])} rose from ${grouped()} to ${grouped()} between ${whole(1950, 1999)} and ${whole(2000, 2026)}, that is ${whole(1, 90)},${whole(1, 9)} %.`,
    ),
    of(
      "versions",
      () =>
        `${pick(["node", "curl", "envoy", "chrome"])} ${whole(1, 140)}.${whole(0, 40)}.${whole(0, 9999)}.${whole(0, 300)} build ${digits(7)} (${digits(8)}T${digits(6)}Z)`,
    ),
    of(
      "times",
      () =>
        `{ "ts": ${whole(1.6e12, 1.8e12)}, "start": ${whole(1.6e9, 1.8e9)}, "at": "${date()}T${time()}:00Z", "ns": ${whole(1.6e9, 1.8e9)}${digits(9)}, "seq": ${whole(1e10, 9e10)}}`,
    ),
    of(
      "spaced",
      () =>
        `${whole(100, 999)} ${digits(3)} ${digits(3)}  ${whole(1000, 9999)} ${digits(4)} ${digits(4)}  ${whole(10, 99)} ${digits(2)} ${digits(2)}  ${digits(3)}-${digits(3)}`,
    ),
    of(
      "codes",
      () =>
        `${pick(["SKU", "part", "ticket", "flight", "PR", "error"])} ${pick(["A", "BX", "QRS", "LH"])}${digits(whole(3, 8))}${pick(["", "B", "K", "-1", "/2", "XY"])} in ${pick(["aisle", "gate", "room"])} ${whole(1, 300)}`,
    ),
  ];
}
