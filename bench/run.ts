// `npm run bench -- NAME`: runs a benchmark, prints its page, records it under bench/results. Exit status: 0 good; 1 an
// exchange failed, a figure does not hold, or the machine was too busy for figures; 2 usage.

import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { envoyPath } from "../scripts/envoy.mjs";
import { type Bench, defineBench } from "./bench.ts";
import { runContent } from "./content.ts";
import { contentPage } from "./content-report.ts";
import { runDialects } from "./dialects.ts";
import { dialectsPage } from "./dialects-report.ts";
import { runEndurance } from "./endurance.ts";
import { endurancePage } from "./endurance-report.ts";
import { runInference } from "./inference.ts";
import { inferencePage } from "./inference-report.ts";
import { runPrompts } from "./prompts.ts";
import { promptsPage } from "./prompts-report.ts";
import { hiddenQualityPage, runHiddenQuality } from "./quality/hidden.ts";
import { runSecretsQuality, secretsQualityPage } from "./quality/secrets.ts";
import { runPii } from "./quality/pii-measure.ts";
import { piiPage } from "./quality/pii-report.ts";
import { runLeaks, leaksPage } from "./quality/leaks.ts";
import { runText, textPage } from "./quality/text.ts";
import { record, verify } from "./results.ts";
import { runStateful } from "./stateful.ts";
import { statefulPage } from "./stateful/report.ts";
import { runTelemetry } from "./telemetry.ts";
import { telemetryPage } from "./telemetry-report.ts";
import { runTransport } from "./transport.ts";
import { transportPage } from "./transport-report.ts";

const benches: ReadonlyMap<string, Bench> = new Map([
  [
    "transport",
    defineBench(
      "latency and throughput beside bare Envoy and a do-nothing ext_proc server",
      runTransport,
      transportPage,
    ),
  ],
  [
    "endurance",
    defineBench("100,000 exchanges in quick succession, memory, 1,000 streams at once", runEndurance, endurancePage),
  ],
  [
    "content",
    defineBench(
      "reading, judging and writing back without Envoy; growth and pauses on hostile texts",
      runContent,
      contentPage,
    ),
  ],
  [
    "dialects",
    defineBench(
      "what reading costs in each dialect, memory of long bodies, arguments in pieces",
      runDialects,
      dialectsPage,
    ),
  ],
  [
    "inference",
    defineBench("models: cost beside the runtime, precisions, batching, pauses, memory", runInference, inferencePage),
  ],
  [
    "prompts",
    defineBench("what a guard with a model adds to prompts, beside the runtime alone", runPrompts, promptsPage),
  ],
  [
    "stateful",
    defineBench(
      "claims of a stream against its evidence, conversations, memory of an exchange",
      runStateful,
      statefulPage,
    ),
  ],
  [
    "telemetry",
    defineBench(
      "what spans, metrics, logs and the audit record cost; a collector that never answers",
      runTelemetry,
      telemetryPage,
    ),
  ],
  ["leaks", defineBench("leaked prompts, canaries, data of tools, placeholders", runLeaks, leaksPage)],
  ["text", defineBench("ways out, noise, refusals, tool calls, answers", runText, textPage)],
  ["pii", defineBench("how well personal data is found, and what is taken for it", runPii, piiPage)],
  ["hidden", defineBench("how well hidden text is found and made plain", runHiddenQuality, hiddenQualityPage)],
  [
    "secrets",
    defineBench("how well secrets are found, and what is taken for one", runSecretsQuality, secretsQualityPage),
  ],
]);

const usage = `usage: npm run bench -- NAME [--short] [--rounds N] [--seconds N] [--model FOLDER] [--out FOLDER]
       npm run bench -- --verify

${[...benches].map(([name, { about }]) => `  ${name.padEnd(11)} ${about}`).join("\n")}

  --short     seconds in place of minutes: looks at behaviour, records nothing
  --rounds    rounds that must count, of each workload (transport, telemetry); rounds (prompts)
  --seconds   length of each measurement (transport, telemetry)
  --model     the model's folder (inference, stateful; prompts: models/guard where left out)
  --out       where results are; default bench/results
  --verify    holds every figure of the recorded pages against their raw figures
`;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const args = readArguments(argv);
  if (args === null) {
    process.stderr.write(usage);
    return 2;
  }
  if (args.help) {
    process.stdout.write(usage);
    return 0;
  }
  return args.bench === null ? verifyAll(args.out) : run(args.bench, args);
}

type Arguments = {
  readonly help: boolean;
  /** Null: verify. */
  readonly bench: readonly [name: string, bench: Bench] | null;
  readonly short: boolean;
  readonly rounds: number | undefined;
  readonly seconds: number | undefined;
  readonly model: string | undefined;
  readonly out: string;
  readonly command: string;
};

/** Null where they make no sense. */
function readArguments(argv: readonly string[]): Arguments | null {
  const options = {
    help: { type: "boolean", short: "h" },
    verify: { type: "boolean" },
    short: { type: "boolean" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    model: { type: "string" },
    out: { type: "string" },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const help = values.help === true;
    const [name = "", ...more] = positionals;
    const bench = benches.get(name);
    const isUsage =
      help || (values.verify === true ? positionals.length === 0 : bench !== undefined && more.length === 0);
    const [rounds, seconds] = [values.rounds, values.seconds].map((text) =>
      text === undefined ? undefined : Number(text),
    );
    const areCounts = [rounds, seconds].every((count) => count === undefined || (Number.isInteger(count) && count > 0));
    if (!isUsage || !areCounts) return null;
    return {
      help,
      bench: bench === undefined ? null : [name, bench],
      short: values.short === true,
      rounds,
      seconds,
      model: values.model,
      out: values.out ?? fileURLToPath(new URL("results", import.meta.url)),
      command: `npm run bench -- ${withoutFolder(argv).join(" ")}`,
    };
  } catch {
    return null;
  }
}

/** A folder of this machine has no place in a record. */
function withoutFolder(argv: readonly string[]): readonly string[] {
  const kept = argv.filter((arg, index) => arg !== "--out" && argv[index - 1] !== "--out" && !arg.startsWith("--out="));
  return kept.map((arg, index) =>
    kept[index - 1] === "--model" ? "FOLDER" : arg.replace(/^--model=.*/s, "--model FOLDER"),
  );
}

async function verifyAll(directory: string): Promise<number> {
  const faults = await verify(directory, new Map([...benches].map(([name, { page }]) => [name, page])));
  for (const fault of faults) console.error(fault);
  console.log(faults.length === 0 ? "every figure holds" : `${faults.length} do not hold`);
  return faults.length === 0 ? 0 : 1;
}

async function run([name, bench]: readonly [string, Bench], args: Arguments): Promise<number> {
  await using parts = new AsyncDisposableStack();
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    void parts.disposeAsync().finally(() => process.exit(1));
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const { short, rounds, seconds, model, command } = args;
  const say = (line: string): void => console.error(line);
  const envoy = await envoyPath();
  const running = bench.run({ envoy, short, rounds, seconds, model, command, say, parts });
  // Stopped, it fails in some way or other: that is no news.
  const done = await running.catch((error: unknown) => (stopped ? null : Promise.reject(error)));
  if (done === null) return 1;
  console.log(done.page);
  if (done.failures > 0) {
    console.error(`${done.failures} exchanges failed`);
    return 1;
  }
  if (short) return 0;
  if (!done.recordable) {
    console.error("not recorded: the machine was too busy, too few rounds count");
    return 1;
  }
  await record(args.out, name, done.raw, done.page);
  return 0;
}
