// Dashboards as Grafana reads them: dashboard schema 42 (Grafana 12.2 and later; older ones take it and say so), panels of
// Grafana's own alone. Variables: the data source, and where the guard and Envoy run.

import { type Dashboard, type Panel, panelsOf, type Row } from "./dashboards/dashboard.ts";
import { scoped } from "./promql.ts";

const SCHEMA_VERSION = 42;
const COLUMNS = 24;
const heights = { number: 4, lines: 8, stacked: 8, steps: 7, table: 7 } as const satisfies Record<
  Panel["kind"],
  number
>;
const types = {
  number: "stat",
  lines: "timeseries",
  stacked: "timeseries",
  steps: "state-timeline",
  table: "table",
} as const satisfies Record<Panel["kind"], string>;

const datasource = { type: "prometheus", uid: "${datasource}" };
const guardScope = 'namespace=~"$namespace",job=~"$job",instance=~"$instance"';

/** The text of a dashboard's file. */
export function grafanaJson(dashboard: Dashboard, all: readonly Dashboard[]): string {
  return `${JSON.stringify(grafanaDashboard(dashboard, all), null, 2)}\n`;
}

export function grafanaExpression(expression: string): string {
  const named = scoped(expression, { guard: guardScope, envoy: 'job=~"$envoy"' });
  return named.replaceAll("$window", "$__rate_interval");
}

export function grafanaDashboard(dashboard: Dashboard, all: readonly Dashboard[]) {
  const others = all.filter(({ id }) => id !== dashboard.id);
  return {
    uid: `sallyport-${dashboard.id}`,
    title: `Sallyport / ${dashboard.title}`,
    description: dashboard.about,
    tags: ["sallyport"],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    fiscalYearStartMonth: 0,
    timezone: "browser",
    weekStart: "",
    refresh: "30s",
    time: { from: "now-1h", to: "now" },
    timepicker: {},
    links: others.map(linkTo),
    annotations: { list: annotations },
    templating: { list: variables },
    panels: panelsIn(dashboard.rows),
  };
}

const linkTo = ({ id, title, about }: Dashboard) => ({
  type: "link" as const,
  title,
  url: `/d/sallyport-${id}`,
  tooltip: about,
  icon: "dashboard",
  tags: [],
  asDropdown: false,
  includeVars: true,
  keepTime: true,
  targetBlank: false,
});

/** What changed, over every panel. */
const annotations = [
  annotation("Policy swapped", "blue", 'increase(sallyport_policy_reload_total{result="swapped"}[$window]) > 0'),
  annotation("Break-glass open", "red", "delta(sallyport_break_glass_open[$window]) > 0"),
  annotation("Guard started again", "orange", "increase(sallyport_restarts_total[$window]) > 0"),
];

function annotation(name: string, iconColor: string, expr: string) {
  return { name, datasource, enable: true, iconColor, expr: grafanaExpression(expr), step: "30s", titleFormat: name };
}

const variables = [
  {
    type: "datasource" as const,
    name: "datasource",
    label: "Data source",
    query: "prometheus",
    regex: "",
    multi: false,
  },
  // A scraper outside Kubernetes knows no namespaces: ".*" takes series without the label.
  variable("namespace", "Namespace", "label_values(sallyport_exchanges_in_flight, namespace)", ".*"),
  variable("job", "Job", 'label_values(sallyport_exchanges_in_flight{namespace=~"$namespace"}, job)'),
  variable(
    "instance",
    "Instance",
    'label_values(sallyport_exchanges_in_flight{namespace=~"$namespace",job=~"$job"}, instance)',
  ),
  variable("envoy", "Envoy's job", "label_values(envoy_server_uptime, job)", ".*"),
];

function variable(name: string, label: string, query: string, allValue?: string) {
  return {
    type: "query" as const,
    name,
    label,
    datasource,
    query: { query, refId: name },
    refresh: 2 as const,
    regex: "",
    sort: 1 as const,
    multi: true,
    includeAll: true,
    ...(allValue === undefined ? {} : { allValue }),
    current: { text: ["All"], value: ["$__all"] },
  };
}

function panelsIn(rows: readonly Row[]) {
  const placed: object[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    placed.push(rowPanel(placed.length + 1, title, y));
    y += 1;
    let x = 0;
    let rowHeight = 0;
    for (const panel of panels) {
      const h = heights[panel.kind];
      if (x + panel.width > COLUMNS) {
        y += rowHeight;
        x = 0;
        rowHeight = 0;
      }
      placed.push(grafanaPanel(placed.length + 1, panel, { h, w: panel.width, x, y }));
      x += panel.width;
      rowHeight = Math.max(rowHeight, h);
    }
    y += rowHeight;
  }
  return placed;
}

const rowPanel = (id: number, title: string, y: number) => ({
  id,
  type: "row" as const,
  title,
  collapsed: false,
  gridPos: { h: 1, w: COLUMNS, x: 0, y },
  panels: [],
});

type Place = { readonly h: number; readonly w: number; readonly x: number; readonly y: number };

function grafanaPanel(id: number, panel: Panel, gridPos: Place) {
  return {
    id,
    type: types[panel.kind],
    title: panel.title,
    description: panel.about,
    datasource,
    gridPos,
    fieldConfig: { defaults: { unit: panel.unit, ...defaultsOf(panel) }, overrides: [] },
    options: optionsOf(panel),
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr: grafanaExpression(expr),
      legendFormat: legend,
      exemplar: /_bucket\b/.test(expr),
      ...(panel.kind === "table" ? { format: "table", instant: true, range: false } : { instant: false, range: true }),
    })),
    ...(panel.kind === "table" ? { transformations: [organised(panel.columns ?? [])] } : {}),
  };
}

function defaultsOf({ kind, warnFrom }: Panel) {
  const steps = [
    { color: warnFrom === undefined ? "blue" : "green", value: null },
    ...(warnFrom === undefined ? [] : [{ color: "orange", value: warnFrom }]),
  ];
  if (kind === "number")
    return { color: { mode: "thresholds" as const }, thresholds: { mode: "absolute" as const, steps } };
  if (kind === "steps")
    return { color: { mode: "palette-classic" as const }, custom: { fillOpacity: 70, lineWidth: 0 } };
  if (kind === "table") return {};
  const stacking = { group: "A", mode: kind === "stacked" ? "normal" : "none" };
  return {
    min: 0,
    color: { mode: "palette-classic" as const },
    custom: {
      drawStyle: "line",
      lineWidth: 1,
      fillOpacity: kind === "stacked" ? 30 : 8,
      showPoints: "never",
      stacking,
    },
  };
}

function optionsOf({ kind }: Panel) {
  switch (kind) {
    case "number":
      return {
        colorMode: "value",
        graphMode: "area",
        textMode: "auto",
        reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
      };
    case "steps":
      return {
        mergeValues: true,
        showValue: "never",
        legend: { showLegend: true, displayMode: "list", placement: "bottom" },
      };
    case "table":
      return { showHeader: true, cellHeight: "sm" };
    default:
      return {
        legend: { showLegend: true, displayMode: "list", placement: "bottom", calcs: [] },
        tooltip: { mode: "multi", sort: "desc" },
      };
  }
}

/** The named columns in their order; nothing else of a series. */
const organised = (columns: readonly string[]) => ({
  id: "filterFieldsByName",
  options: { include: { names: columns } },
});

/** Every expression of a dashboard as Grafana sends it: its panels' and its annotations'. */
export function expressionsOf(dashboard: Dashboard): readonly string[] {
  const own = panelsOf(dashboard).flatMap(({ queries }) => queries.map(({ expr }) => grafanaExpression(expr)));
  return [...own, ...annotations.map(({ expr }) => expr)];
}
