import assert from "node:assert/strict";
import { test } from "node:test";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { metricFacts, type RegistryMetric } from "./metric-facts.ts";

const factsOf = async (registry: Registry) =>
  metricFacts((await registry.getMetricsAsJSON()) as unknown as readonly RegistryMetric[]);

test("buckets of the page hold those before them, and ours do not", async () => {
  const registers = [new Registry()];
  const seconds = new Histogram({ name: "a_seconds", help: "h", labelNames: ["of"], buckets: [0.1, 1], registers });
  for (const value of [0.05, 0.5, 0.6, 3]) seconds.observe({ of: "x" }, value);
  seconds.observe({ of: "y" }, 1);
  assert.deepEqual(await factsOf(registers[0] as Registry), [
    {
      name: "a_seconds",
      help: "h",
      unit: "s",
      kind: "histogram",
      points: [
        { labels: { of: "x" }, bounds: [0.1, 1], counts: [1, 2, 1], sum: 4.15, count: 4 },
        { labels: { of: "y" }, bounds: [0.1, 1], counts: [0, 1, 0], sum: 1, count: 1 },
      ],
    },
  ]);
});

test("counters are sums, gauges gauges, each with its unit; what has no values is left out", async () => {
  const registers = [new Registry()];
  new Counter({ name: "b_bytes_total", help: "b", registers }).inc(3);
  new Gauge({ name: "c", help: "c", labelNames: ["of"], registers }).set({ of: "x" }, 1.5);
  const silent = new Gauge({ name: "d", help: "d", labelNames: ["of"], registers });
  assert.ok(silent instanceof Gauge);
  assert.deepEqual(await factsOf(registers[0] as Registry), [
    { name: "b_bytes_total", help: "b", unit: "By", kind: "sum", points: [{ labels: {}, value: 3 }] },
    { name: "c", help: "c", unit: "", kind: "gauge", points: [{ labels: { of: "x" }, value: 1.5 }] },
  ]);
});
