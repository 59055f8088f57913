/**
 * The page that a scraper reads, as Prometheus's text or as OpenMetrics: this one alone carries exemplars. prom-client's own
 * writer has one format at a time for all who ask, and renames counters for good once it has written OpenMetrics.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Registry } from "prom-client";
import type { Exemplar } from "./series.ts";

export type MetricsPage = { readonly contentType: string; readonly body: string };
export type PageFormat = "text" | "openmetrics";

const contentTypes: Readonly<Record<PageFormat, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};
const openmetricsType = "application/openmetrics-text";
const acceptedMax = 32;

/** What an Accept header asks for: OpenMetrics only where it is named, and liked no less than plain text. */
export function formatFor(accept: string | undefined): PageFormat {
  let [open, text] = [0, 0];
  for (const each of (accept ?? "").toLowerCase().split(",", acceptedMax)) {
    const [type = "", ...parameters] = each.split(";").map((part) => part.trim());
    const quality = qualityOf(parameters);
    if (type === openmetricsType) open = Math.max(open, quality);
    if (type === "text/plain") text = Math.max(text, quality);
  }
  return open > 0 && open >= text ? "openmetrics" : "text";
}

/** 1 where nothing is said, and 0 where it cannot be read. */
function qualityOf(parameters: readonly string[]): number {
  const said = parameters.find((parameter) => parameter.startsWith("q="));
  const quality = said === undefined ? 1 : Number(said.slice(2));
  return quality >= 0 && quality <= 1 ? quality : 0;
}

/** What prom-client's metrics give, and ours. */
type Shown = {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly values: readonly {
    readonly metricName?: string | undefined;
    readonly labels: Readonly<Partial<Record<string, string | number>>>;
    readonly value: number;
    readonly exemplar?: unknown;
  }[];
};

export async function renderPage(registry: Registry, format: PageFormat): Promise<MetricsPage> {
  const parts: string[] = [];
  // Their type names no get(), which all have.
  for (const metric of registry.getMetricsAsArray() as unknown as readonly { get(): Promise<Shown> }[]) {
    parts.push(familyText(await metric.get(), format));
    await nextTurn(); // a thousand rules make a long page, and streams go on meanwhile
  }
  if (format === "openmetrics") parts.push("# EOF\n");
  return { contentType: contentTypes[format], body: parts.join("") };
}

function familyText({ name, help, type, values }: Shown, format: PageFormat): string {
  const isOpen = format === "openmetrics";
  const family = isOpen && type === "counter" ? name.replace(/_total$/, "") : name;
  const told = isOpen ? escaped(help) : help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  let text = `# HELP ${family} ${told}\n# TYPE ${family} ${String(type)}\n`;
  for (const { metricName = name, labels, value, exemplar } of values) {
    // prom-client's own histograms say null.
    const hasExemplar = isOpen && exemplar !== undefined && exemplar !== null;
    const shown = hasExemplar ? exemplarText(exemplar as Exemplar) : "";
    text += `${metricName}${labelsText(labels)} ${numberText(value)}${shown}\n`;
  }
  return text;
}

function labelsText(labels: Shown["values"][number]["labels"]): string {
  let text = "";
  for (const label in labels) {
    const value = labels[label];
    if (value === undefined) continue;
    text += `${text === "" ? "" : ","}${label}="${escaped(String(value))}"`;
  }
  return text === "" ? "" : `{${text}}`;
}

function exemplarText({ traceId, spanId, value, epochMs }: Exemplar): string {
  const time = epochMs === null ? "" : ` ${(epochMs / 1000).toFixed(3)}`;
  return ` # {trace_id="${escaped(traceId)}",span_id="${escaped(spanId)}"} ${numberText(value)}${time}`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

const escaped = (text: string): string =>
  /[\\\n"]/.test(text) ? text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"') : text;
