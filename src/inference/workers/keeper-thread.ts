/**
 * The thread that compiles models for OpenVINO and keeps its libraries loaded: compiled models live as long as it does. Runs no
 * batch, so that nothing in a batch can end it.
 */
import { parentPort, workerData } from "node:worker_threads";
import { OpenVino } from "../engines/openvino-c.ts";
import type { OpenVinoLibraries } from "../openvino-libraries.ts";
import { type KeeperAsk, type KeeperTold, NoRuntime } from "./protocol.ts";

const port = parentPort;
if (port === null) throw new Error("this program runs as a worker thread");

const say = (told: KeeperTold): void => port.postMessage(told);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : "no reason given");

try {
  const openVino = new OpenVino(workerData as OpenVinoLibraries);
  port.on("message", (ask: KeeperAsk) => {
    if (ask.kind === "close") port.close();
    else if (ask.kind === "free") openVino.freeModel(ask.compiled);
    else {
      try {
        say({ kind: "compiled", id: ask.id, compiled: openVino.compileModel(ask.request) });
      } catch (error) {
        say({ kind: "refused", id: ask.id, message: messageOf(error) });
      }
    }
  });
  say({ kind: "ready", version: openVino.version });
} catch (error) {
  if (!(error instanceof NoRuntime)) throw error;
  say({ kind: "no-runtime", message: error.message });
}
