/**
 * `npm run fuzz -- --seconds N [--decoder NAME]`: each decoder over bytes made of the samples, for N seconds.
 * `npm run fuzz [-- --minutes N]`: the property tests over and over with new seeds and many more runs each.
 * Both until the time is over or something fails. `--replay FILE` reads an input again that made a decoder fail.
 * `npm test` runs the same once, in their short form.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { allDecoders } from "./decoders.ts";
import { type Find, fuzz, tryOne } from "./fuzz.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const usage = `usage: npm run fuzz -- --seconds N [--decoder NAME]   each decoder for N seconds (1 to 100000)
       npm run fuzz -- --replay FILE                   an input that failed, again
       npm run fuzz [-- --minutes N]                   the properties (1 to 10000; 10 when left out)`;

const options = {
  minutes: { type: "string" },
  seconds: { type: "string" },
  decoder: { type: "string" },
  replay: { type: "string" },
} as const;

async function main(): Promise<number> {
  let values: { minutes?: string; seconds?: string; decoder?: string; replay?: string };
  try {
    values = parseArgs({ options }).values;
  } catch {
    return wrongUse();
  }
  const { minutes = "10", seconds, decoder, replay: file } = values;
  if (file !== undefined) return replay(file);
  if (seconds !== undefined) return isWithin(seconds, 100_000) ? decoders(Number(seconds), decoder) : wrongUse();
  return isWithin(minutes, 10_000) && decoder === undefined ? properties(Number(minutes)) : wrongUse();
}

const isWithin = (text: string, most: number): boolean => Number(text) >= 1 && Number(text) <= most;

function wrongUse(): number {
  console.error(usage);
  return 2;
}

async function decoders(seconds: number, name: string | undefined): Promise<number> {
  const all = allDecoders();
  const chosen = name === undefined ? all : all.filter((one) => one.name === name);
  if (chosen.length === 0) {
    console.error(`fuzz: no decoder is called so; there are: ${all.map((one) => one.name).join(", ")}`);
    return 2;
  }
  for (const [at, decoder] of chosen.entries()) {
    const ends = Date.now() + seconds * 1000;
    const { inputs, find } = await fuzz(decoder, Date.now(), () => Date.now() < ends);
    console.log(`${at + 1}/${chosen.length} ${decoder.name}: ${inputs} inputs`);
    if (find !== null) return report(find);
  }
  console.log("fuzz: nothing found");
  return 0;
}

function report({ decoder, input, why }: Find): number {
  const file = join(tmpdir(), `sallyport-fuzz-${decoder.replaceAll(/[^a-z-]+/g, "-")}-${Date.now()}.json`);
  const again = `npm run fuzz -- --replay ${file}`;
  writeFileSync(file, `${JSON.stringify({ decoder, input: input.toString("base64"), again, why }, null, 2)}\n`);
  console.error(`${why}\nfuzz: ${decoder} failed; the input is kept, and read again by: ${again}`);
  return 1;
}

async function replay(file: string): Promise<number> {
  const { decoder: name, input } = JSON.parse(readFileSync(file, "utf8")) as { decoder: string; input: string };
  const decoder = allDecoders().find((one) => one.name === name);
  if (decoder === undefined) return wrongUse();
  const find = await tryOne(decoder, Buffer.from(input, "base64"));
  console.log(find === null ? "fuzz: it holds now" : find.why);
  return find === null ? 0 : 1;
}

async function properties(minutes: number): Promise<number> {
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
