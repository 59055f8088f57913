/**
 * A thread that runs a model: one batch at a time, blocking while it runs. A program of its own: it opens what its start names,
 * says that it is ready or why not, and then answers each batch.
 */
import { parentPort, workerData } from "node:worker_threads";
import { unfeedable } from "../feeds.ts";
import { type Ask, type Engine, messageOf, NoRuntime, type Start, type Told } from "./protocol.ts";
import { stepBack } from "./step-back.ts";

const port = parentPort;
if (port === null) throw new Error("this program runs as a worker thread");

stepBack();

const say = (told: Told, move: readonly ArrayBuffer[] = []): void => port.postMessage(told, move);

try {
  await serve(await open(workerData as Start));
} catch (error) {
  const problem = error instanceof NoRuntime ? "no-runtime" : "bad-model";
  say({ kind: "refused", problem, message: messageOf(error) });
}

/** Imports only the runtime that is asked for: the other may not be there. */
async function open(start: Start): Promise<Engine> {
  if (start.engine === "openvino") {
    const { OpenVino } = await import("../engines/openvino-c.ts");
    return new OpenVino(start.libraries).openEngine(start.compiled);
  }
  const engine = await import("../engines/onnx-runtime.ts").catch((error: unknown) => {
    throw new NoRuntime(`onnxruntime-node does not load: ${messageOf(error)}`);
  });
  return engine.openOnnxRuntime(start.request);
}

async function serve(engine: Engine): Promise<void> {
  if (engine.held !== null) say({ kind: "holds", request: engine.held });
  const wrong = unfeedable(engine.description);
  if (wrong !== null) {
    await engine.close();
    throw new Error(wrong);
  }
  // One after another: to close must not overtake a batch that the runtime has only begun.
  let last = Promise.resolve();
  port?.on("message", (ask: Ask) => {
    last = last.then(() => (ask.kind === "run" ? run(engine, ask) : close(engine)));
  });
  say({ kind: "ready", description: engine.description });
}

async function run(engine: Engine, { batch }: Ask & { kind: "run" }): Promise<void> {
  const begun = performance.now();
  try {
    const outputs = await engine.run(batch);
    const runMs = performance.now() - begun;
    const buffers = new Set(outputs.map(({ data }) => data.buffer as ArrayBuffer));
    say({ kind: "ran", outputs, runMs }, [...buffers]);
  } catch (error) {
    // Runtimes name the value that they stumble over, and that may be a token: of a text nothing gets out.
    say({ kind: "failed", message: messageOf(error).replaceAll(/\d+/g, "#") });
  }
}

async function close(engine: Engine): Promise<void> {
  await engine.close();
  port?.close();
}
