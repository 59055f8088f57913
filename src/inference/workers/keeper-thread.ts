/**
 * The thread that compiles models for OpenVINO, and frees what was compiled and the requests of threads that have ended. Runs no
 * batch, so that nothing in a batch can end it. Where it ends all the same, what it compiled stays valid.
 */
import { parentPort, workerData } from "node:worker_threads";
import { OpenVino } from "../engines/openvino-c.ts";
import type { OpenVinoLibraries } from "../openvino-libraries.ts";
import { type KeeperAsk, type KeeperTold, messageOf, NoRuntime } from "./protocol.ts";
import { stepBack } from "./step-back.ts";

const port = parentPort;
if (port === null) throw new Error("this program runs as a worker thread");

stepBack();

const say = (told: KeeperTold): void => port.postMessage(told, []);

try {
  const openVino = new OpenVino(workerData as OpenVinoLibraries);
  port.on("message", (message: KeeperAsk | "close") => {
    if (message === "close") port.close();
    else answer(openVino, message);
  });
  say({ kind: "ready" });
} catch (error) {
  if (!(error instanceof NoRuntime)) throw error;
  say({ kind: "no-runtime", message: error.message });
}

function answer(openVino: OpenVino, { id, ask }: KeeperAsk): void {
  try {
    const compiled = ask.kind === "compile" ? openVino.compileModel(ask.request) : null;
    if (ask.kind === "free") openVino.freeModel(ask.compiled);
    if (ask.kind === "free-request") openVino.freeRequest(ask.request);
    say({ kind: "done", id, compiled });
  } catch (error) {
    say({ kind: "refused", id, message: messageOf(error) });
  }
}
