/**
 * `npm run fuzz [-- --minutes N]`: the property tests over and over with new seeds and many more runs each, until the time
 * is over or one fails. `npm test` runs the same properties once, in their short form.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));
const usage = "usage: npm run fuzz [-- --minutes N]   (N from 1 to 10000; 10 when left out)";

async function main(): Promise<number> {
  let minutes: number;
  try {
    const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" } } });
    minutes = Number(values.minutes);
  } catch {
    minutes = Number.NaN;
  }
  if (!(minutes >= 1 && minutes <= 10_000)) {
    console.error(usage);
    return 2;
  }
  const files = globSync("test/property/*.test.ts", { cwd: root }).sort();
  const ends = Date.now() + minutes * 60_000;
  for (let round = 1; Date.now() < ends; round += 1) {
    for (const file of files) {
      const left = ends - Date.now();
      if (left <= 0) break;
      console.log(`round ${round}, ${Math.ceil(left / 60_000)} min left: ${file}`);
      const status = await run(file);
      if (status !== 0) {
        console.error(`fuzz: ${file} failed; the seed and path above make it again`);
        return 1;
      }
    }
  }
  console.log("fuzz: nothing found");
  return 0;
}

async function run(file: string): Promise<number> {
  const args = ["--import", "./test/fuzz/many-runs.ts", "--test", "--test-reporter=dot", file];
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
  const [status] = (await once(child, "exit")) as [number | null];
  return status ?? 1;
}

process.exitCode = await main();
