/** The registry's numbers as plain data, which may go to a thread: the same that the page shows. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Registry } from "prom-client";
import type { RegistryMetric } from "./metric-facts.ts";

export async function plainMetrics(registry: Registry): Promise<readonly RegistryMetric[]> {
  const plain: RegistryMetric[] = [];
  // Their type names no get(), which all have.
  for (const metric of registry.getMetricsAsArray() as unknown as readonly { get(): Promise<RegistryMetric> }[]) {
    const { name, help, type, values } = await metric.get();
    plain.push({
      name,
      help,
      type,
      values: values.map(({ value, labels, metricName }) => ({ value, labels: { ...labels }, metricName })),
    });
    await nextTurn(); // streams go on meanwhile
  }
  return plain;
}
