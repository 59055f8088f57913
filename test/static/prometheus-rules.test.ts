// The rules for Prometheus that come with Sallyport: they pass promtool, each alert is tried both ways and says what to do, and
// every metric and label in them is one that the program, or Envoy, has. Each check is shown to fail on a seeded mistake.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { findProgram, skipUnless } from "../helpers/require.ts";
import { root, seed } from "./tool.ts";

const folder = "docs/examples/prometheus";
const read = (name: string): string => readFileSync(join(root, folder, name), "utf8");
const recording = read("recording-rules.yml");
const alerting = read("alert-rules.yml");
const trials = read("alert-rules.test.yml");

type Rule = {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
};
const rulesOf = (text: string): readonly Rule[] =>
  (parse(text) as { groups: readonly { rules: readonly Rule[] }[] }).groups.flatMap(({ rules }) => rules);

/** Envoy's own, as test/e2e/prometheus.test.ts sees them on a real one. */
const ofEnvoy = ["server_half_closed", "streams_failed", "streams_started", "failure_mode_allowed"];
const recorded = rulesOf(recording).flatMap(({ record }) => record ?? []);

/** Series to their labels: lists of words, or what the names are. */
const series = new Map(
  createMetrics({ heldBytes: () => 0 })
    .list()
    .flatMap(({ name, type, labels }) =>
      (type === "histogram" ? ["_bucket", "_sum", "_count"] : [""]).map((end) => [`${name}${end}`, labels] as const),
    ),
);

/** Names of metrics, and words of labels, that nobody has. */
function unknownIn({ expr }: Rule): readonly string[] {
  const names = expr.replace(/"[^"]*"/g, '""').match(/\b(?:sallyport|envoy|nodejs|process)[_:][\w:]+/g) ?? [];
  const isKnown = (name: string): boolean =>
    series.has(name) || recorded.includes(name) || ofEnvoy.includes(name.replace("envoy_http_ext_proc_sallyport_", ""));
  const selectors = [...expr.matchAll(/(sallyport_\w+)\{([^}]*)\}/g)];
  const words = selectors.flatMap(([, name = "", inside = ""]) =>
    [...inside.matchAll(/(\w+)(?:=~|!~|!=|=)"([^"]*)"/g)].flatMap(([, label = "", said = ""]) => {
      const known = series.get(name)?.[label];
      if (known === undefined) return [`${name}{${label}}`];
      return typeof known === "string" ? [] : said.split("|").filter((word) => !known.includes(word));
    }),
  );
  return [...names.filter((name) => !isKnown(name)), ...words];
}

const severities = ["critical", "warning"];
const anchors = [...readFileSync(join(root, "docs/alerts.md"), "utf8").matchAll(/^### (\w+)$/gm)].map(
  ([, head]) => head,
);

/** What an alert lacks for whoever it wakes. */
function lacksOf({ alert = "", labels = {}, annotations = {} }: Rule): readonly string[] {
  const texts = ["summary", "description"].filter((name) => (annotations[name] ?? "").length < 10);
  const runbook =
    annotations["runbook"] === `docs/alerts.md#${alert.toLowerCase()}` && anchors.includes(alert) ? [] : ["runbook"];
  return [...texts, ...runbook, ...(severities.includes(labels["severity"] ?? "") ? [] : ["severity"])];
}

/** Alerts that are not seen both to ring and to be quiet. */
function untried(alerts: string, tests: string): readonly string[] {
  type Trial = { readonly alertname: string; readonly exp_alerts: readonly object[] };
  const all = (parse(tests) as { tests: { alert_rule_test: Trial[] }[] }).tests.flatMap((each) => each.alert_rule_test);
  const seen = (name: string, rings: boolean): boolean =>
    all.some(({ alertname, exp_alerts }) => alertname === name && exp_alerts.length > 0 === rings);
  return rulesOf(alerts)
    .flatMap(({ alert }) => alert ?? [])
    .filter((alert) => !seen(alert, true) || !seen(alert, false));
}

const promtool = (args: readonly string[], cwd: string): string => {
  const ran = spawnSync(findProgram("promtool") ?? "promtool", args, { cwd, encoding: "utf8" });
  return ran.status === 0 ? "" : `${ran.stdout}${ran.stderr}`;
};

describe("the rules", () => {
  test("name what there is", () => {
    const all = [...rulesOf(recording), ...rulesOf(alerting)];
    assert.ok(all.length > 40);
    assert.deepEqual(all.flatMap(unknownIn), []);
  });

  test("alerts tell what they are and what to do", () => {
    for (const rule of rulesOf(alerting)) assert.deepEqual(lacksOf(rule), [], rule.alert);
    assert.deepEqual(new Set(anchors), new Set(rulesOf(alerting).map(({ alert }) => alert)));
  });

  test("each alert is tried both ways", () => assert.deepEqual(untried(alerting, trials), []));

  test("promtool takes them, and they ring as they should", skipUnless("promtool"), () => {
    const cwd = join(root, folder);
    assert.equal(promtool(["check", "rules", "recording-rules.yml", "alert-rules.yml"], cwd), "");
    assert.equal(promtool(["test", "rules", "alert-rules.test.yml"], cwd), "");
  });

  test("the page of metrics passes promtool", skipUnless("promtool"), async () => {
    const metrics = createMetrics({ heldBytes: () => 0 });
    const { body } = await metrics.page();
    const own = body.split("\n").filter((line) => /sallyport/.test(line));
    // Its linter's word on names; what prom-client calls its own is not ours to change.
    execFileSync(findProgram("promtool") ?? "promtool", ["check", "metrics"], { input: `${own.join("\n")}\n` });
  });
});

describe("seeded", () => {
  test("names", () => {
    const seeded: readonly (readonly [string, readonly string[]])[] = [
      ["rate(sallyport_blocked_total[5m])", ["sallyport_blocked_total"]],
      ['sallyport_blocks_total{cause=~"rule|rules"}', ["rules"]],
      ['sallyport_blocks_total{reason="rule"}', ["sallyport_blocks_total{reason}"]],
      ["sallyport:nothing:rate5m", ["sallyport:nothing:rate5m"]],
      ["envoy_http_ext_proc_sallyport_half_closed", ["envoy_http_ext_proc_sallyport_half_closed"]],
      ['sallyport_rule_hits_total{rule="any",shadow="false"}', []],
    ];
    for (const [expr, unknown] of seeded) assert.deepEqual(unknownIn({ expr }), unknown);
  });

  test("an alert without words, severity or a runbook", () => {
    assert.deepEqual(lacksOf({ alert: "SallyportOdd", expr: "1", labels: { severity: "page" } }), [
      ...["summary", "description", "runbook", "severity"],
    ]);
  });

  test("an alert that nobody tried, or in one way only", () => {
    const more = `${alerting}\n      - { alert: SallyportOdd, expr: "1" }\n`;
    assert.deepEqual(untried(more, trials), ["SallyportOdd"]);
    const quiet = trials.replace(/\{ alertname: SallyportFaults, .*\n/, "{ alertname: Other, exp_alerts: [] }\n");
    assert.deepEqual(untried(alerting, quiet), ["SallyportFaults"]);
  });

  test("a rule that promtool does not take, or that rings otherwise", skipUnless("promtool"), (t) => {
    const files = { "recording-rules.yml": recording, "alert-rules.test.yml": trials };
    const broken = seed(t, { ...files, "alert-rules.yml": alerting.replace("increase(", "increase((") });
    assert.match(promtool(["check", "rules", "alert-rules.yml"], broken), /could not parse expression/);
    const shy = alerting.replace("sallyport_break_glass_open) > 0", "sallyport_break_glass_open) > 9");
    assert.match(
      promtool(["test", "rules", "alert-rules.test.yml"], seed(t, { ...files, "alert-rules.yml": shy })),
      /FAILED/,
    );
  });
});
