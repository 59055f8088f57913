import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Histogram as ClientHistogram, Registry } from "prom-client";
import { createMeter, describeMetrics, seriesMax } from "./instruments.ts";
import { Names } from "./labels.ts";
import { renderPage } from "./metrics-page.ts";

const open = () => {
  const registry = new Registry();
  const lines = async () => (await renderPage(registry, "text")).body.split("\n").filter((line) => /^[a-z]/.test(line));
  return { registry, meter: createMeter(registry), lines };
};

test("counters, gauges, and what is asked when somebody looks", async () => {
  const { meter, lines } = open();
  const counter = meter.counter("seen_total", "Seen", { stage: ["prompt", "reply"] });
  const gauge = meter.gauge("open", "Open", {}).of({});
  let level = 1;
  meter.reading("level", "Level", () => level);
  counter.of({ stage: "reply" }).inc(3);
  counter.of({ stage: "reply" }).inc();
  gauge.inc();
  gauge.inc();
  gauge.inc(-1);
  level = 7;
  assert.deepEqual(await lines(), [
    'sallyport_seen_total{stage="prompt"} 0',
    'sallyport_seen_total{stage="reply"} 4',
    "sallyport_open 1",
    "sallyport_level 7",
  ]);
});

test("a histogram counts as prom-client's does, in its order", async () => {
  const bounds = [0.1, 1, 10];
  const value = fc.oneof(
    fc.constantFrom(...bounds, 0, 11, Number.POSITIVE_INFINITY),
    fc.double({ noNaN: true, min: 0 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 30 }), async (values) => {
      const [ours, theirs] = [open(), new Registry()];
      const histogram = ours.meter.histogram("took_seconds", "Took", bounds, { stage: ["prompt"] });
      const client = new ClientHistogram({
        name: "sallyport_took_seconds",
        help: "Took",
        labelNames: ["stage"],
        buckets: bounds,
        registers: [theirs],
      });
      client.zero({ stage: "prompt" });
      for (const each of values.filter(Number.isFinite)) {
        histogram.of({ stage: "prompt" }).observe(each);
        client.observe({ stage: "prompt" }, each);
      }
      assert.equal((await renderPage(ours.registry, "text")).body, (await renderPage(theirs, "text")).body);
    }),
  );
});

test("what is not a number is not observed, and what is too large for all bounds is", async () => {
  const { meter, lines } = open();
  const histogram = meter.histogram("took_seconds", "Took", [1], {}).of({});
  for (const value of [Number.NaN, 2]) histogram.observe(value);
  assert.deepEqual(await lines(), [
    'sallyport_took_seconds_bucket{le="1"} 0',
    'sallyport_took_seconds_bucket{le="+Inf"} 1',
    "sallyport_took_seconds_sum 2",
    "sallyport_took_seconds_count 1",
  ]);
});

test("series with names are bounded, one below, at and one above; what is dropped makes room", async () => {
  const { meter, lines } = open();
  const [rules, words] = ["rule", "word"].map((about) => new Names({ about, form: /^\w+$/, most: 5_000 })) as [
    Names,
    Names,
  ];
  const counter = meter.counter("seen_total", "Seen", { rule: rules, word: words, stage: ["prompt", "reply"] });
  const see = (n: number): void =>
    counter.of({ rule: rules.of(`r${n % 50}`), word: words.of(`w${n}`), stage: "reply" }).inc();
  const others = async () => (await lines()).filter((line) => line.includes('"other"'));
  for (let n = 0; n < 1_000; n++) see(n);
  for (let n = 1_000; n < 1_999; n++)
    counter.of({ rule: rules.of(`a${n}`), word: words.of("w0"), stage: "reply" }).inc();
  assert.equal((await lines()).length, seriesMax - 1);
  counter.of({ rule: rules.of("r0"), word: words.of("w0"), stage: "prompt" }).inc();
  assert.deepEqual([(await lines()).length, await others()], [seriesMax, []]);
  for (const word of ["w1", "w2"]) counter.of({ rule: rules.of("r0"), word: words.of(word), stage: "reply" }).inc();
  assert.deepEqual(await others(), ['sallyport_seen_total{rule="other",word="other",stage="reply"} 2']);
  counter.keep(({ stage }) => stage === "prompt");
  see(1);
  assert.deepEqual(await lines(), [
    'sallyport_seen_total{rule="r0",word="w0",stage="prompt"} 1',
    'sallyport_seen_total{rule="r1",word="w1",stage="reply"} 1',
  ]);
});

test("the registry tells what there is, in prom-client's form too", async () => {
  const { registry, meter } = open();
  const model = new Names({ about: "a model's name", form: /a/, most: 1 });
  const counter = meter.counter("seen_total", "Seen", { stage: ["prompt"], model });
  assert.deepEqual(describeMetrics(registry), [
    {
      name: "sallyport_seen_total",
      type: "counter",
      help: "Seen",
      labels: { stage: ["prompt"], model: "a model's name" },
    },
  ]);
  counter.of({ stage: "prompt", model: model.of("a") }).inc();
  const [json] = await registry.getMetricsAsJSON();
  assert.deepEqual(json?.values, [
    { metricName: "sallyport_seen_total", labels: { stage: "prompt", model: "a" }, value: 1 },
  ]);
  assert.throws(() => meter.counter("seen_total", "Again", {}), /already/);
});
