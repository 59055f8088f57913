// Pieces of a result's page that all benchmarks share. Pure.

import type { Facts } from "./machine.ts";

export interface Aim {
  readonly what: string;
  readonly measured: string;
  readonly aim: string;
  readonly met: boolean;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? "---" : "---:"))), ...rows.map(line)];
}

export function aimsTable(aims: readonly Aim[]): readonly string[] {
  return table(
    ["aim", "measured", "wanted", "met"],
    aims.map(({ what, measured, aim, met }) => [what, measured, aim, met ? "yes" : "**no**"]),
  );
}

export function factsList(facts: Facts, command: string, more: readonly string[]): readonly string[] {
  return [
    `- ${facts.date}, commit ${facts.commit}${facts.changed ? " with changes" : ""}, \`${command}\``,
    `- ${facts.cpu}, ${facts.cores} cores, ${facts.memoryGiB} GiB; CPU flags: ${facts.flags.join(" ") || "none of note"}`,
    `- Node ${facts.node}, Envoy ${facts.envoy} with one worker`,
    ...more.map((line) => `- ${line}`),
  ];
}

export const fixed = (value: number, digits: number): string => value.toFixed(digits);
export const ms = (microseconds: number): string => fixed(microseconds / 1000, 2);
export const whole = (value: number): string => fixed(value, 0);
export const percent = (share: number): string => `${fixed(share * 100, 1)} %`;
