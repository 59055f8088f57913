// One panel as SVG: lines, stacked areas, a large number, a timeline, or a table, drawn of what a real Prometheus answered.

import type { Series } from "../helpers/prometheus.ts";
import type { Panel } from "./dashboards/dashboard.ts";
import { axisEnd, told } from "./units.ts";

/** A panel's answers, named as its legend says. */
export type Named = { readonly name: string; readonly series: Series };
export type Span = { readonly fromS: number; readonly toS: number; readonly stepS: number };
export type Box = { readonly x: number; readonly y: number; readonly w: number; readonly h: number };

/** Colours that picture.ts defines. */
export const coloursMax = 8;
const LETTER = 6.4;
const LINE = 15;
const AXIS = 54;
const HEAD = 26;

export function drawPanel(panel: Panel, answers: readonly Named[], span: Span, box: Box): string {
  const inner = bodies[panel.kind](panel, answers, span, box);
  return [
    `<rect class="panel" x="${box.x}" y="${box.y}" width="${box.w}" height="${box.h}" rx="4" />`,
    text("title", box.x + 10, box.y + 18, cut(panel.title, box.w - 16, 6.6)),
    answers.length === 0 ? text("none", box.x + box.w / 2, box.y + box.h / 2 + 4, "no data") : inner,
  ].join("\n");
}

type Draw = (panel: Panel, answers: readonly Named[], span: Span, box: Box) => string;
const bodies = {
  lines: (panel, answers, span, box) => drawLines(panel, answers, span, box),
  stacked: (panel, answers, span, box) => drawLines(panel, answers, span, box),
  number: drawNumber,
  steps: drawSteps,
  table: drawTable,
} satisfies Record<Panel["kind"], Draw>;

function drawLines(panel: Panel, answers: readonly Named[], span: Span, box: Box): string {
  const shown = answers.slice(0, coloursMax);
  const legend = legendOf(
    shown.map(({ name }) => name),
    answers.length - shown.length,
    box,
  );
  const plot = { x: box.x + AXIS, y: box.y + HEAD + 8, w: box.w - AXIS - 12, h: box.h - HEAD - 30 - legend.height };
  const points = shown.map(({ series }) => atSteps(series, span));
  const levels = panel.kind === "stacked" ? stacked(points) : points;
  const top = axisEnd(Math.max(...levels.flat().filter(Number.isFinite), 0), panel.unit);
  const yOf = (value: number): number => round(plot.y + plot.h * (1 - value / top));
  const xOf = (step: number): number => round(plot.x + (plot.w * step) / Math.max(1, stepsIn(span)));
  const drawn = levels.map((values, index) => {
    const line = pathOf(values, xOf, yOf);
    const below = index === 0 ? [] : (levels[index - 1] ?? []);
    const area = panel.kind === "stacked" ? areaOf(values, below, xOf, yOf) : "";
    return `${area === "" ? "" : `<path class="area f${index}" d="${area}" />`}<path class="line s${index}" d="${line}" />`;
  });
  return [axes(panel, span, plot, top), ...drawn, legend.svg].join("\n");
}

function axes(panel: Panel, span: Span, plot: Box, top: number): string {
  const ys = [0, 0.5, 1].map((part) => {
    const y = round(plot.y + plot.h * (1 - part));
    return `<path class="grid" d="M${plot.x} ${y}H${plot.x + plot.w}" />${text("tick end", plot.x - 5, y + 4, told(top * part, panel.unit))}`;
  });
  const minutes = (span.toS - span.fromS) / 60;
  const every = [1, 2, 5, 10, 15, 30, 60].find((each) => (each * plot.w) / minutes >= 55) ?? 60;
  const xs: string[] = [];
  for (let minute = 0; minute <= minutes; minute += every)
    xs.push(
      text(
        minute === minutes ? "tick end" : "tick mid",
        round(plot.x + (plot.w * minute) / minutes),
        plot.y + plot.h + 14,
        `${minute} min`,
      ),
    );
  return [...ys, ...xs].join("\n");
}

function drawNumber(panel: Panel, answers: readonly Named[], span: Span, box: Box): string {
  const width = box.w / answers.length;
  return answers
    .map(({ name, series }, index) => {
      const value = series.values.at(-1)?.[1] ?? Number.NaN;
      const warns = panel.warnFrom !== undefined && value >= panel.warnFrom;
      const middle = round(box.x + width * (index + 0.5));
      const number = text(`number ${warns ? "warn" : "well"}`, middle, box.y + 56, told(value, panel.unit));
      const label = answers.length > 1 ? text("tick mid", middle, box.y + 74, name) : "";
      return `${number}${label}${answers.length > 1 ? "" : spark(series, span, box)}`;
    })
    .join("\n");
}

function spark(series: Series, span: Span, box: Box): string {
  const values = atSteps(series, span);
  const top = Math.max(...values.filter(Number.isFinite), 1e-9);
  const xOf = (step: number): number => round(box.x + (box.w * step) / Math.max(1, stepsIn(span)));
  return `<path class="spark" d="${pathOf(values, xOf, (value) => round(box.y + box.h - 3 - (14 * value) / top))}" />`;
}

function drawSteps(_panel: Panel, answers: readonly Named[], span: Span, box: Box): string {
  const shown = answers.slice(0, coloursMax);
  const left = Math.min(190, box.w / 3);
  const plot = { x: box.x + left, w: box.w - left - 12 };
  const xOf = (atS: number): number => round(plot.x + (plot.w * (atS - span.fromS)) / (span.toS - span.fromS));
  return shown
    .map(({ name, series }, index) => {
      const y = box.y + HEAD + 8 + index * 20;
      const bars = runsOf(series, span).map(([fromS, toS]) => {
        const x = xOf(fromS);
        return `<rect class="f${index} bar" x="${x}" y="${y}" width="${round(Math.max(2, xOf(toS) - x))}" height="13" />`;
      });
      return `${text("tick end", plot.x - 8, y + 11, cut(name, left - 14, LETTER))}${bars.join("")}`;
    })
    .join("\n");
}

/** From when to when a series was there. */
function runsOf({ values }: Series, { stepS }: Span): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const [atS] of values) {
    const last = runs.at(-1);
    if (last !== undefined && atS - last[1] <= stepS * 1.5) last[1] = atS;
    else runs.push([atS, atS]);
  }
  return runs;
}

function drawTable(panel: Panel, answers: readonly Named[], _span: Span, box: Box): string {
  const columns = panel.columns ?? [];
  const width = (box.w - 20) / columns.length;
  const cell = (row: number, column: number, words: string, style: string): string =>
    text(style, round(box.x + 10 + width * column), box.y + HEAD + 16 + row * 18, cut(words, width - 8, LETTER));
  const heads = columns.map((column, index) => cell(0, index, column === "Value" ? "instances" : column, "tick head"));
  const rows = answers.slice(0, 8).flatMap(({ series }, row) =>
    columns.map((column, index) => {
      const value = series.values.at(-1)?.[1] ?? 0;
      return cell(row + 1, index, column === "Value" ? told(value, panel.unit) : (series.labels[column] ?? ""), "tick");
    }),
  );
  return [...heads, ...rows].join("\n");
}

function legendOf(names: readonly string[], left: number, box: Box): { svg: string; height: number } {
  const all = left > 0 ? [...names, `and ${left} more`] : names;
  const places: { name: string; x: number; row: number }[] = [];
  let x = 0;
  let row = 0;
  for (const name of all) {
    const width = name.length * LETTER + 24;
    if (x > 0 && x + width > box.w - 20) {
      row += 1;
      x = 0;
    }
    places.push({ name, x, row });
    x += width;
  }
  const height = (row + 1) * LINE;
  const top = box.y + box.h - height - 1;
  const svg = places.map((place, index) => {
    const at = { x: round(box.x + 12 + place.x), y: top + place.row * LINE };
    const swatch =
      index < names.length ? `<rect class="f${index}" x="${at.x}" y="${at.y}" width="9" height="9" />` : "";
    return swatch + text("tick", at.x + 13, at.y + 9, place.name);
  });
  return { svg: svg.join("\n"), height };
}

const stepsIn = ({ fromS, toS, stepS }: Span): number => Math.round((toS - fromS) / stepS);

/** A value a step; NaN where there is none. */
function atSteps({ values }: Series, span: Span): number[] {
  const steps = Array.from({ length: stepsIn(span) + 1 }, () => Number.NaN);
  for (const [atS, value] of values) steps[Math.round((atS - span.fromS) / span.stepS)] = value;
  return steps;
}

function stacked(points: readonly (readonly number[])[]): number[][] {
  const levels: number[][] = [];
  for (const values of points) {
    const below = levels.at(-1);
    levels.push(values.map((value, step) => (Number.isFinite(value) ? value : 0) + (below?.[step] ?? 0)));
  }
  return levels;
}

function pathOf(values: readonly number[], xOf: (step: number) => number, yOf: (value: number) => number): string {
  let path = "";
  let isDown = false;
  for (const [step, value] of values.entries()) {
    if (!Number.isFinite(value)) {
      isDown = false;
      continue;
    }
    path += `${isDown ? "L" : "M"}${xOf(step)} ${yOf(value)}`;
    isDown = true;
  }
  return path;
}

function areaOf(
  values: readonly number[],
  below: readonly number[],
  xOf: (step: number) => number,
  yOf: (value: number) => number,
): string {
  const up = values.map((value, step) => `${xOf(step)} ${yOf(value)}`);
  const down = values.map((_, step) => `${xOf(step)} ${yOf(below[step] ?? 0)}`).toReversed();
  return `M${[...up, ...down].join("L")}z`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const cut = (words: string, width: number, letter: number): string => {
  const most = Math.floor(width / letter);
  return words.length <= most ? words : `${words.slice(0, Math.max(1, most - 1))}…`;
};

export const text = (style: string, x: number, y: number, words: string): string =>
  `<text class="${style}" x="${x}" y="${y}">${words.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</text>`;
