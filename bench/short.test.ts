// The short forms of the load benchmarks: every exchange goes as it must. Nothing here looks at a clock.

import assert from "node:assert/strict";
import { test } from "node:test";
import { envoyPath } from "../scripts/envoy.mjs";
import type { BenchOptions } from "./bench.ts";
import { runContent } from "./content.ts";
import { contentPage } from "./content-report.ts";
import { endurancePage } from "./endurance-report.ts";
import { runDialects } from "./dialects.ts";
import { dialectsPage } from "./dialects-report.ts";
import { runEndurance } from "./endurance.ts";
import { runInference } from "./inference.ts";
import { inferencePage } from "./inference-report.ts";
import { runPrompts } from "./prompts.ts";
import { promptsPage } from "./prompts-report.ts";
import { hostiles } from "./load/hostile.ts";
import { modelKinds } from "../src/domain/policy.ts";
import { detectKinds as allKinds } from "../src/policy/source/detect-source.ts";
import { runStateful } from "./stateful.ts";
import { statefulPage } from "./stateful/report.ts";
import { runTelemetry, steps } from "./telemetry.ts";
import { telemetryPage } from "./telemetry-report.ts";
import { transportPage } from "./transport-report.ts";
import { runTransport, workloads } from "./transport.ts";
import { variants } from "./load/stack.ts";
import { fixture } from "../test/models/bundles/fixture.ts";

const notices: string[] = [];

async function options(parts: AsyncDisposableStack): Promise<BenchOptions> {
  const none = { rounds: undefined, seconds: undefined };
  return { envoy: await envoyPath(), short: true, ...none, command: "test", say: (line) => notices.push(line), parts };
}

// Models have benchmarks of their own.
const ofModels: readonly string[] = [...modelKinds, "relevance", "compliance"];
const detectKinds = allKinds.filter((kind) => !ofModels.includes(kind));

test("transport: no exchange fails, with none, the do-nothing server and Sallyport", async () => {
  await using parts = new AsyncDisposableStack();
  const { raw, failures } = await runTransport(await options(parts));
  assert.equal(failures, 0);
  assert.deepEqual(
    raw.rounds.map(({ workload }) => workload),
    workloads,
  );
  for (const { measured } of raw.rounds) {
    for (const variant of variants) {
      assert.ok(measured[variant].c1.requests > 0);
      assert.ok(measured[variant].c16.requests > 0);
    }
  }
  assert.match(transportPage(raw), /requests\/s at 16/);
});

test("telemetry: no exchange fails whatever is told, all of it is told, and a collector that hangs costs none", async () => {
  await using parts = new AsyncDisposableStack();
  const { raw, failures } = await runTelemetry(await options(parts));
  assert.equal(failures, 0, notices.join("\n"));
  for (const { measured } of raw.rounds)
    for (const step of steps) assert.ok(measured[step].c1.requests > 0 && measured[step].c16.requests > 0);
  const { off, traces, audit, on } = raw.told;
  assert.deepEqual([off.spansSent, off.auditWritten, traces.auditWritten, audit.spansSent], [0, 0, 0, 0]);
  for (const { exchanges, spansSent, spansDropped } of [traces, on]) {
    assert.ok(spansSent >= 3 * exchanges, `${spansSent} spans of ${exchanges} exchanges`);
    assert.equal(spansDropped, 0);
  }
  for (const { exchanges, auditWritten, auditLost } of [audit, on])
    assert.deepEqual([auditWritten, auditLost], [exchanges, 0]);
  assert.ok(raw.came.bytes > 0);
  assert.equal(raw.hanging.requests, 300);
  assert.ok((raw.hanging.dropped.at(-1) ?? 0) > 0);
  assert.ok(raw.hanging.came.requests > 0);
  assert.match(telemetryPage(raw), /\| a hanging collector: failures in 300 exchanges \| 0 \|/);
});

test("endurance: more resets than Node's default limit fail nothing; streams at once never cross", async () => {
  await using parts = new AsyncDisposableStack();
  const { raw, failures } = await runEndurance(await options(parts));
  const seen = [...raw.successions.flatMap(({ halves }) => halves), raw.marked].flatMap(({ examples }) => examples);
  assert.deepEqual(seen, []);
  assert.equal(failures, 0);
  for (const { connections } of [...raw.successions, raw.marked]) {
    assert.deepEqual(connections, { opened: 1, lost: 0, streamsFailed: 0 });
  }
  assert.match(endurancePage(raw), /200 streams at once on 1 connection/);
});

test("content: nothing is found in ordinary text, what is to go goes, hostile texts are all judged", async () => {
  await using parts = new AsyncDisposableStack();
  const { raw, failures } = await runContent(await options(parts));
  assert.equal(failures, 0, notices.join("\n"));
  assert.equal(raw.growth.length, hostiles.length * 2);
  assert.deepEqual(new Set(raw.alone.map(({ kind }) => kind)), new Set(detectKinds));
  assert.deepEqual(new Set(raw.growth.map(({ target }) => target)), new Set(["reading", ...detectKinds]));
  assert.match(contentPage(raw), /\| 4 KB prompt, with findings \|/);
});

test("dialects: every dialect is read, whole and streaming, and nothing is blocked", async () => {
  await using parts = new AsyncDisposableStack();
  const { raw } = await runDialects(await options(parts));
  const dialects = new Set(raw.reads.map(({ dialect }) => dialect.split("/")[0]));
  assert.deepEqual(dialects, new Set(["anthropic", "bedrock", "gemini", "mcp", "ollama", "openai"]));
  const streams = raw.reads.filter(({ fields }) => fields === "stream");
  const modes = new Set(["reply-event-stream", "reply-json-array", "reply-json-lines", "reply-sse"]);
  assert.deepEqual(new Set(streams.map(({ mode }) => mode)), modes);
  for (const { heldBytes, ms } of raw.held) assert.ok(heldBytes >= 0 && ms > 0);
  assert.match(dialectsPage(raw), /\| openai\/chat-completions \| prompt-json \| few \|/);
});

test("inference: each way to run the small model does, with and without batching", async () => {
  await using parts = new AsyncDisposableStack();
  const { raw, failures } = await runInference(await options(parts));
  assert.equal(failures, 0);
  assert.equal(raw.mixes.length, raw.costs.length * 2);
  for (const { runMs, judged } of raw.costs) {
    assert.ok(runMs["1x128"].length > 0 && judged.length > 0);
    for (const each of judged) assert.ok(each.totalMs >= each.runMs && each.runMs > 0);
  }
  for (const { batched, alone } of raw.mixes) assert.ok([...batched, ...alone].every((each) => each > 0));
  assert.ok(raw.pauses.every(({ texts }) => texts > 0));
  assert.ok(raw.memory.every(({ bytes }) => bytes > 0));
  assert.match(inferencePage(raw), /\| ONNX Runtime FP32 \|/);
});

test("prompts: each goes through, its windows are judged once, on each runtime with one thread and two", async () => {
  await using parts = new AsyncDisposableStack();
  const { raw, failures } = await runPrompts({ ...(await options(parts)), model: fixture("bert") });
  assert.equal(failures, 0, notices.join("\n"));
  const runtimes = new Set(raw.cells.map(({ runtime }) => runtime));
  assert.ok(runtimes.has("onnxruntime"));
  assert.equal(raw.cells.length, runtimes.size * 2 * 3);
  for (const { windows, rows, samples } of raw.cells) {
    assert.deepEqual(rows, [windows, windows]);
    assert.ok(samples.length > 0 && samples.flat().every((ms) => ms > 0));
  }
  assert.match(promptsPage(raw), /\| ONNX Runtime, 2 threads \| 2000 \| 21 \| 21 \|/);
});

test("stateful: what is made up is found in each stream, turns and memory are counted", async () => {
  await using parts = new AsyncDisposableStack();
  const { raw, failures } = await runStateful(await options(parts));
  assert.equal(failures, 0, notices.join("\n"));
  const { stream, conversation, memory } = raw;
  for (const { bare, pass, rules } of stream.rounds) {
    assert.deepEqual([bare.caught, bare.mistaken, pass.caught, pass.mistaken], [0, 0, 0, 0]);
    assert.deepEqual([rules.caught, rules.mistaken], [stream.settings.madeUp, 0]);
  }
  assert.ok(stream.model.rows >= stream.model.claims);
  const [forgetful = [], mindful = []] = conversation.ways.map(({ conversations }) => conversations[0] ?? []);
  for (const [at, { rows }] of forgetful.entries()) {
    const kept = mindful[at]?.rows ?? 0;
    assert.ok(at < 2 ? kept > 0 && kept <= rows : kept < rows, `turn ${at + 1}: ${kept} of ${rows} rows`);
  }
  const held = (cell: string) => memory.cells.find((each) => each.cell === cell);
  assert.equal(held("rules")?.unknown, 0);
  assert.ok((held("limited")?.unknown ?? 0) > 0, "evidence that does not fit is no evidence");
  assert.match(statefulPage(raw), /\| groundedness with a model \|/);
});
