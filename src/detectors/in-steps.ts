/** A detector's answer in steps, with breaths between. One that is broken off knows nothing. */
import type { Detection, TextDetector, Window } from "../domain/detector.ts";
import { after } from "../stdx/maybe-async.ts";
import { runPaced, type Steps } from "../stdx/paced.ts";

export function inSteps(judge: (window: Window) => Steps<Detection>): TextDetector["detect"] {
  return (signal, window, pace) =>
    after(runPaced(signal, pace, judge(window)), (answer) => answer ?? { kind: "unknown", cause: "deadline" });
}
