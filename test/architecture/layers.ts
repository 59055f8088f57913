// The architecture, as data. Whoever changes how the folders of src/ depend on each other changes this file.
// It holds tables only; source.ts reads code, and the files named after a rule judge it.

/** A folder of src/ may import itself and what its row names; nothing else. */
export const layers = {
  stdx: [],
  domain: ["stdx"],
  policy: ["domain", "stdx"],
  content: ["domain", "stdx"],
  telemetry: ["domain", "stdx"],
  // A config and a policy are read by the same document reader, which stands in policy/.
  config: ["domain", "stdx", "policy"],
  // A bundle's manifest is read by the same document reader.
  inference: ["domain", "stdx", "policy"],
  detectors: ["domain", "stdx", "inference"],
  guard: ["domain", "stdx", "policy", "telemetry"],
  exchange: ["domain", "stdx", "content", "guard", "telemetry"],
  // Doors. They never import each other; exchange and guard are what they lead to.
  extproc: ["domain", "stdx", "exchange", "guard", "telemetry"],
  moderation: ["domain", "stdx", "exchange", "guard", "telemetry"],
  admin: ["domain", "stdx", "telemetry"],
  // Browser code. It shares nothing with the server.
  dashboard: [],
  // The only place where detectors and guard meet.
  app: "anything",
  cli: ["app", "config", "policy", "content", "exchange", "telemetry", "domain", "stdx"],
  "main.ts": ["cli", "app", "stdx"],
} as const satisfies Record<string, readonly string[] | "anything">;

/** Where a package may be imported. `oneFile` asks for one file in each folder of src/ that it names. */
export type Home = { readonly within: RegExp; readonly oneFile: boolean };

const home = (within: RegExp): Home => ({ within, oneFile: false });
const oneFileIn = (within: RegExp): Home => ({ within, oneFile: true });

/** Every package that src/ imports has a home. Tests and benchmarks import what they need. */
export const homes: Readonly<Record<string, Home>> = {
  "@eslint-community/regexpp": home(/^src\/detectors\//),
  "@grpc/grpc-js": home(/^src\/extproc\/server\.ts$/),
  "@grpc/proto-loader": oneFileIn(/^src\/extproc\//),
  "@marcbachmann/cel-js": home(/^src\/policy\/condition\//),
  // Loaded by the thread that sends to a collector, and by nothing else.
  "@opentelemetry/api": home(/^src\/app\/otel\/encode\.ts$/),
  "@opentelemetry/otlp-transformer": home(/^src\/app\/otel\/encode\.ts$/),
  "@opentelemetry/resources": home(/^src\/app\/otel\/encode\.ts$/),
  "@opentelemetry/sdk-metrics": home(/^src\/app\/otel\/encode\.ts$/),
  commander: home(/^src\/cli\//),
  eld: home(/^src\/detectors\/language\//),
  ibantools: home(/^src\/detectors\/pii\//),
  ioredis: home(/^src\/app\/redis\/redis-client\.ts$/),
  koffi: home(/^src\/inference\/engines\/openvino-(api|c)\.ts$/),
  "libphonenumber-js": home(/^src\/detectors\/pii\//),
  "onnxruntime-node": home(/^src\/inference\/engines\/onnx-runtime\.ts$/),
  "openvino-node": home(/^src\/inference\/engines\/openvino-node\.ts$/),
  pino: home(/^src\/telemetry\//),
  "prom-client": home(/^src\/telemetry\//),
  re2js: home(/^src\/detectors\/patterns\/re2\.ts$/),
  tokenizers: home(/^src\/inference\/tokens\/tokenizer\.ts$/),
  yaml: oneFileIn(/^src\/(policy|config|app)\//),
  zod: home(/^src\/(policy|config|inference|app)\//),
};

/** Node's own modules that do no I/O and read no clock. Layers in `withoutIo` may use these alone. */
export const pureBuiltins: readonly string[] = [
  "node:buffer",
  "node:crypto",
  "node:events",
  "node:stream",
  "node:string_decoder",
  "node:util",
  "node:zlib",
];

export const withoutIo: readonly string[] = ["stdx", "domain", "policy", "content", "guard", "detectors", "exchange"];

/** Files that are programs of their own, started as a child process or a worker: they may reach for what cli may. */
export const programs: readonly string[] = [
  "src/app/demo/keeper.ts",
  "src/app/models/probe-program.ts",
  "src/app/models-bench/measure-program.ts",
  "src/app/otel/otel-thread.ts",
  "src/inference/workers/keeper-thread.ts",
  "src/inference/workers/model-thread.ts",
];

/** What code can reach without an import, and the layers that may. stdx holds the deadline, and with it a timer. */
export const reaches = {
  environment: ["config"],
  terminal: ["cli"],
  process: ["main.ts", "cli", "config"],
  clock: ["app", "stdx", "cli", "main.ts"],
  randomness: ["app", "stdx", "cli", "main.ts"],
  timer: [
    "stdx",
    "telemetry",
    "config",
    "inference",
    "guard",
    "exchange",
    "extproc",
    "moderation",
    "admin",
    "app",
    "cli",
  ],
} as const satisfies Record<string, readonly string[]>;

export type Reach = keyof typeof reaches;

/** The file that makes the types of bytes that may go; nobody else casts to them. */
export const permitHome = "src/guard/cleared.ts";
export const permitTypes: readonly string[] = ["Cleared", "Permit"];

/** Who may make them: a permit is a judge's word; words of our own are an exchange's. */
export const makers: Readonly<Record<string, RegExp>> = {
  grantPermit: /^src\/guard\//,
  ownWords: /^src\/(guard|exchange)\//,
};

/** Hard limit on the length of a file of src/, in lines. Most are far shorter. */
export const fileLinesMax = 320;
