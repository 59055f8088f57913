// Load by wrk, where it is on PATH: it takes the least CPU time, and so disturbs least. Looks only at status codes;
// that the replies are right is checked by the closed-loop client before and beside it.

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { openTempDir } from "../../test/helpers/temp-dir.ts";
import { chatPath, promptBody, replyHeader } from "./bodies.ts";
import type { Load, LoadResult } from "./closed-loop.ts";

const run = promisify(execFile);

/** What wrk tells is microseconds. */
const reporting = `
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"durationUs":%d,"failures":%d,"p50":%d,"p90":%d,"p99":%d,"max":%d}\\n',
    summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max))
end
`;

interface Told {
  readonly requests: number;
  readonly durationUs: number;
  readonly failures: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export type TimedLoad = Load & { readonly until: { readonly seconds: number } };

export async function loadByWrk(program: string, load: TimedLoad): Promise<LoadResult> {
  await using dir = await openTempDir();
  const body = dir.join("body.json");
  const script = dir.join("load.lua");
  await writeFile(body, promptBody(load.reply));
  await writeFile(
    script,
    `wrk.method = "POST"
wrk.body = io.open(${JSON.stringify(body)}, "rb"):read("*a")
wrk.headers["content-type"] = "application/json"
wrk.headers["${replyHeader}"] = "${load.reply}"
${reporting}`,
  );
  const size = ["-t1", `-c${load.concurrency}`, `-d${load.until.seconds}s`, "--timeout", "30s"];
  const { stdout } = await run(program, [...size, "-s", script, `http://127.0.0.1:${load.port}${chatPath}`]);
  const told = JSON.parse(/^RESULT (.*)$/m.exec(stdout)?.[1] ?? "null") as Told | null;
  if (told === null) throw new Error(`wrk told no result:\n${stdout}`);
  const { p50, p90, p99, max } = told;
  return {
    requests: told.requests,
    failures: told.failures,
    examples: [],
    seconds: told.durationUs / 1e6,
    latencyUs: { p50, p90, p99, max },
    firstEventUs: null,
    firstTextUs: null,
  };
}

/** `wrk 4.1.0`. wrk prints its version with its usage, and ends with status 1. */
export async function wrkVersion(program: string): Promise<string> {
  const told = await run(program, ["--version"]).catch((error: { stdout?: string }) => ({
    stdout: error.stdout ?? "",
  }));
  return `wrk ${/^wrk\s+(?:debian\/)?([\d.]+)/.exec(told.stdout)?.[1] ?? "of an unknown version"}`;
}
