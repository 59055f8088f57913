// A dashboard as one SVG, of what a real Prometheus answered to its queries.

import type { PrometheusServer, Series } from "../helpers/prometheus.ts";
import { type Box, drawPanel, type Named, type Span, text } from "./chart.ts";
import type { Dashboard, Panel } from "./dashboards/dashboard.ts";

const COLUMN = 42;
const GAP = 8;
const heights = { number: 84, lines: 190, stacked: 190, steps: 110, table: 110 } as const satisfies Record<
  Panel["kind"],
  number
>;
/** What `$window` stands for in a picture. */
const WINDOW = "20s";

export async function drawDashboard(dashboard: Dashboard, prometheus: PrometheusServer, span: Span): Promise<string> {
  const width = 24 * COLUMN + 2 * GAP;
  const parts: string[] = [];
  let y = 44;
  for (const { title, panels } of dashboard.rows) {
    parts.push(text("row", GAP + 4, y + 12, title));
    y += 22;
    let x = GAP;
    let rowHeight = 0;
    for (const panel of panels) {
      if (x + panel.width * COLUMN > width) {
        y += rowHeight + GAP;
        x = GAP;
        rowHeight = 0;
      }
      const answers = await answersOf(panel, prometheus, span);
      const box: Box = { x, y, w: panel.width * COLUMN - GAP / 2, h: heightOf(panel, answers) };
      parts.push(drawPanel(panel, answers, span, box));
      x += panel.width * COLUMN;
      rowHeight = Math.max(rowHeight, box.h);
    }
    y += rowHeight + GAP;
  }
  const size = `viewBox="0 0 ${width} ${y + 4}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="title desc">`,
    `<title id="title">Dashboard: ${dashboard.title}</title>`,
    `<desc id="desc">${dashboard.about} Drawn of the answers of a real Prometheus.</desc>`,
    style,
    `<rect class="paper" width="${width}" height="${y + 4}" />`,
    text("name", GAP + 4, 28, `Sallyport / ${dashboard.title}`),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function heightOf(panel: Panel, answers: readonly Named[]): number {
  if (panel.kind !== "steps" && panel.kind !== "table") return heights[panel.kind];
  return (panel.kind === "table" ? 52 : 44) + Math.min(8, Math.max(1, answers.length)) * 20;
}

async function answersOf(panel: Panel, prometheus: PrometheusServer, span: Span): Promise<readonly Named[]> {
  const all: Named[] = [];
  for (const { expr, legend } of panel.queries) {
    const series = await prometheus.range(expr.replaceAll("$window", WINDOW), span);
    all.push(...series.map((each) => ({ name: nameOf(legend, each), series: each })));
  }
  return all
    .filter(({ series }) => series.values.some(([, value]) => Number.isFinite(value)))
    .sort((a, b) => peakOf(b.series) - peakOf(a.series) || (a.name < b.name ? -1 : 1));
}

const peakOf = ({ values }: Series): number => Math.max(...values.map(([, value]) => value).filter(Number.isFinite));
const nameOf = (legend: string, { labels }: Series): string =>
  legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? "");

const light = ["#0969da", "#bc4c00", "#1a7f37", "#8250df", "#bf8700", "#cf222e", "#57606a", "#0e8a8a"];
const dark = ["#58a6ff", "#f0883e", "#56d364", "#bc8cff", "#e3b341", "#ff7b72", "#8b949e", "#39c5cf"];
const colours = (all: readonly string[]): string =>
  all.map((colour, index) => `.s${index} { stroke: ${colour} } .f${index} { fill: ${colour} }`).join("\n");

const style = `<style>
.paper { fill: #ffffff } .panel { fill: #f6f8fa; stroke: #d0d7de }
.name { font: 600 17px system-ui, sans-serif; fill: #1f2328 }
.row { font: 600 13px system-ui, sans-serif; fill: #57606a }
.title { font: 600 12px system-ui, sans-serif; fill: #1f2328 }
.tick { font: 11px system-ui, sans-serif; fill: #57606a } .none { font: 12px system-ui, sans-serif; fill: #8c959f; text-anchor: middle }
.end { text-anchor: end } .mid { text-anchor: middle } .head { font-weight: 600 }
.number { font: 600 25px system-ui, sans-serif; text-anchor: middle } .well { fill: #1a7f37 } .warn { fill: #bc4c00 }
.grid { stroke: #d8dee4; fill: none } .line { fill: none; stroke-width: 1.5 } .spark { fill: none; stroke: #8c959f }
.area { opacity: 0.25 } .bar { opacity: 0.75 }
${colours(light)}
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117 } .panel { fill: #161b22; stroke: #30363d }
.name, .title { fill: #e6edf3 } .row, .tick { fill: #9da7b1 } .none { fill: #6e7681 }
.well { fill: #56d364 } .warn { fill: #f0883e } .grid { stroke: #30363d } .spark { stroke: #6e7681 }
${colours(dark)}
}
</style>`;
