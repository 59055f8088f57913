// Numbers as Grafana's units write them, in a few characters.

import type { Unit } from "./dashboards/dashboard.ts";

export function told(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return "-";
  switch (unit) {
    case "percentunit":
      return `${trimmed(value * 100)} %`;
    case "s":
      return seconds(value);
    case "bytes":
      return scaled(value, 1024, ["B", "KiB", "MiB", "GiB"]);
    case "reqps":
    case "ops":
      return `${trimmed(value)}/s`;
    default:
      return scaled(value, 1000, ["", "k", "M", "G"]);
  }
}

function seconds(value: number): string {
  if (value === 0) return "0 s";
  if (value < 0.001) return `${trimmed(value * 1e6)} µs`;
  if (value < 1) return `${trimmed(value * 1000)} ms`;
  return `${trimmed(value)} s`;
}

function scaled(value: number, by: number, units: readonly string[]): string {
  let at = 0;
  let left = value;
  for (; Math.abs(left) >= by && at < units.length - 1; at++) left /= by;
  return `${trimmed(left)} ${units[at]}`.trimEnd();
}

/** At most three digits that matter. */
function trimmed(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

/** The end of an axis: 1, 2, 3 or 5 times a power of ten (or of what a unit counts in), not below `value`. */
export function axisEnd(value: number, unit: Unit): number {
  if (!(value > 0)) return 1;
  const base = unit === "bytes" ? 1024 ** Math.floor(Math.log(value) / Math.log(1024)) : 1;
  const power = 10 ** Math.floor(Math.log10(value / base));
  const step = [1, 2, 3, 5, 10].find((each) => each * power * base >= value) ?? 10;
  return step * power * base;
}
