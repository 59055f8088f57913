// `npm run cards -- --data DIR`: measures what ships under models/, and writes the figures to card.json and into the tables of
// README.md. Exit status: 0 good; 1 figures differ, a set is missing, a bundle is damaged; 2 usage.

import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { cpuFlags } from "../../bench/machine.ts";
import { systemClock } from "../../src/app/surroundings.ts";
import { readModelSettings } from "../../src/cli/model-settings.ts";
import { createProgress } from "../../src/cli/progress.ts";
import { aloneOf } from "./alone.ts";
import { type Card, differences, isSameMachine, readCard, writeCard } from "./card.ts";
import { writeComparison } from "./comparison.ts";
import { tablesIn } from "./folder-tables.ts";
import { formsOf } from "./forms.ts";
import { openKept } from "./kept.ts";
import { measure } from "./measure.ts";
import { detectorPlans, headPlans } from "./sets.ts";
import type { Result } from "../../src/stdx/result.ts";
import { placesIn, tablesOf, withTables } from "./tables.ts";

const usage = `usage: npm run cards -- --data DIR [--model NAME] [--check] [--quick N] [--resume FOLDER] [--models FOLDER]
       npm run cards -- --data DIR --model NAME --against FOLDER [--quick N]
       npm run cards -- --data DIR --model NAME --alone FOLDER [--quick N]
       npm run cards -- --tables [--model NAME] [--models FOLDER]

  --data     the folder of labelled sets (models/cards/sets.ts names them)
  --model    one of the folders under models/; else all that have a manifest or a card
  --check    measures anew and holds card.json against it: to three decimals where CPU flags, runtime, version and
             precision are the card's, else within half a point (of few rows: one row); writes nothing
  --quick    N rows of each set: prints the tables, writes nothing
  --against  the same model in a wider form, as FOLDER/NAME: measures both, writes what the shipped form loses to forms.json
  --alone    models that were trained alike: FOLDER/NAME with all heads, each other one in FOLDER with some of them; measures all,
             writes what one encoder a task gains to NAME's alone.json
  --resume   keeps what was judged there, set by set, and goes on from it; empty it when anything else changes
  --tables   writes the tables of README.md again from card.json, and measures nothing
  --models   another folder in the place of models/

The runtime is chosen as for the guard: SALLYPORT_MODELS_BACKEND, SALLYPORT_MODELS_THREADS and the like.
`;

process.exitCode = await main(process.argv.slice(2));

type Flags = {
  readonly data: string | undefined;
  readonly model: string | undefined;
  readonly models: string;
  readonly quick: number | null;
  readonly resume: string | undefined;
  readonly against: string | undefined;
  readonly alone: string | undefined;
  readonly isCheck: boolean;
  readonly isTables: boolean;
};

async function main(argv: readonly string[]): Promise<number> {
  if (argv.includes("--help")) {
    process.stdout.write(usage);
    return 0;
  }
  const flags = readFlags(argv);
  if (flags === null) {
    process.stderr.write(usage);
    return 2;
  }
  const names = await subjectsIn(flags.models);
  const wanted = flags.model === undefined ? names : names.filter((name) => name === flags.model);
  if (wanted.length === 0) {
    return complain([`${flags.models} holds no ${flags.model ?? "bundle"}; it holds ${names.join(", ") || "none"}`]);
  }
  let status = 0;
  for (const name of wanted) {
    const one = flags.isTables ? await writeTables(join(flags.models, name)) : await measureOne(name, flags);
    status = Math.max(status, one);
  }
  return status;
}

function readFlags(argv: readonly string[]): Flags | null {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const places = { data: text, model: text, models: text, resume: text, against: text, alone: text };
  const options = { ...places, quick: text, check: flag, tables: flag };
  try {
    const { values } = parseArgs({ args: [...argv], options });
    const quick = values.quick === undefined ? null : Number(values.quick);
    const [isCheck, isTables] = [values.check === true, values.tables === true];
    const isQuickGood = quick === null || (Number.isInteger(quick) && quick > 0);
    const isClear = isTables ? values.data === undefined && !isCheck && quick === null : values.data !== undefined;
    // A check computes anew: it takes nothing from an earlier run.
    const isCheckGood = !isCheck || (quick === null && values.resume === undefined);
    const { data, model, resume, against, alone } = values;
    const comparisons = [against, alone].filter((each) => each !== undefined).length;
    const isComparisonGood = comparisons === 0 || (comparisons === 1 && model !== undefined && !isCheck && !isTables);
    if (!isQuickGood || !isClear || !isCheckGood || !isComparisonGood) return null;
    const models = values.models ?? fileURLToPath(new URL("..", import.meta.url));
    return { data, model, models, quick, resume, against, alone, isCheck, isTables };
  } catch {
    return null;
  }
}

/** Folders with a manifest, and those of detectors that have a card without a model. */
async function subjectsIn(models: string): Promise<readonly string[]> {
  const entries = await readdir(models, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) =>
        name in detectorPlans || (await isFile(join(models, name, "sallyport-model.yaml"))) ? [name] : [],
      ),
  );
  return found.flat().toSorted();
}

async function isFile(path: string): Promise<boolean> {
  const entry = await stat(path).catch(() => null);
  return entry?.isFile() === true;
}

async function measureOne(name: string, flags: Flags): Promise<number> {
  const folder = join(flags.models, name);
  if (flags.alone !== undefined) return compareAlone(name, flags.alone, flags);
  const recorded = flags.isCheck ? await readCard(join(folder, "card.json")) : null;
  if (recorded?.ok === false) return complain([recorded.error]);
  const isWritten = flags.against !== undefined || (!flags.isCheck && flags.quick === null);
  const missing = isWritten ? await missingPlaces(folder) : [];
  if (missing.length > 0) return complain(missing);
  const measured = await cardOf(name, flags.models, flags);
  if (!measured.ok) return complain(measured.error);
  if (flags.against !== undefined) {
    const wider = await cardOf(name, flags.against, flags);
    if (!wider.ok) return complain(wider.error);
    await writeComparison(join(folder, "forms.json"), formsOf(measured.value, wider.value, flags.quick));
    return writeTables(folder);
  }
  if (recorded !== null) return compare(recorded.value, measured.value);
  return isWritten ? write(folder, measured.value) : print(measured.value);
}

async function compareAlone(name: string, folder: string, flags: Flags): Promise<number> {
  const missing = await missingPlaces(join(flags.models, name));
  if (missing.length > 0) return complain(missing);
  const others = (await subjectsIn(folder)).filter((other) => other !== name);
  const cards: Card[] = [];
  for (const each of [name, ...others]) {
    const card = await cardOf(each, folder, flags);
    if (!card.ok) return complain(card.error);
    cards.push(card.value);
  }
  const [one, ...alone] = cards as [Card, ...Card[]];
  await writeComparison(join(flags.models, name, "alone.json"), aloneOf(one, alone, flags.quick));
  return writeTables(join(flags.models, name));
}

/** Of the bundle `models`/`name`. */
async function cardOf(name: string, models: string, flags: Flags): Promise<Result<Card, readonly string[]>> {
  const settings = readModelSettings(undefined);
  if (!settings.ok) return settings;
  const progress = createProgress(name);
  let told = "";
  const measured = await measure({
    name,
    models,
    folders: { data: flags.data ?? null, cases: fileURLToPath(new URL("../cases", import.meta.url)) },
    settings: settings.value,
    flags: await cpuFlags(),
    date: new Date().toISOString().slice(0, 10),
    quick: flags.quick,
    kept: flags.resume === undefined ? null : await openKept(flags.resume),
    common: {},
    nowMs: systemClock.nowMs,
    onRow(what, done, of) {
      // Where no bar can be painted, a line for each set.
      if (told !== what && !process.stderr.isTTY) process.stderr.write(`${name}: ${what}\n`);
      told = what;
      progress.show(done, of, what);
    },
  });
  progress.end();
  return measured;
}

function compare(recorded: Card, anew: Card): number {
  const isSame = isSameMachine(recorded.measured, anew.measured);
  const found = differences(recorded, anew, isSame);
  const figures = anew.results.reduce((sum, result) => sum + Object.keys(result.figures).length, 0);
  const how = isSame ? "to three decimals" : "within half a point";
  if (found.length > 0) return complain([...found, `${anew.model.name}: ${found.length} differ from card.json`]);
  process.stdout.write(`${anew.model.name}: ${figures} figures are those of card.json, ${how}\n`);
  return 0;
}

function print(card: Card): number {
  for (const [name, table] of tablesOf(card)) process.stdout.write(`${name}\n\n${table}\n\n`);
  return 0;
}

async function write(folder: string, card: Card): Promise<number> {
  await writeCard(join(folder, "card.json"), card);
  return writeTables(folder);
}

async function writeTables(folder: string): Promise<number> {
  const read = await tablesIn(folder);
  if (!read.ok) return complain([read.error]);
  const tables = read.value;
  const path = join(folder, "README.md");
  const readme = await readFile(path, "utf8");
  await writeFile(path, withTables(readme, tables));
  const places = placesIn(readme);
  const lost = [...tables.keys()].filter((name) => !places.includes(name));
  if (lost.length > 0) return complain(lost.map((name) => `${path}: has no place for the table ${name}`));
  process.stdout.write(`${join(folder, "card.json")}\n${path}\n`);
  return 0;
}

/** Before the long work: the README is written by hand. */
async function missingPlaces(folder: string): Promise<readonly string[]> {
  const path = join(folder, "README.md");
  const readme = await readFile(path, "utf8").catch(() => null);
  const places = readme === null ? [] : placesIn(readme);
  if (places.some((name) => name in headPlans || name in detectorPlans)) return [];
  return [`${path}: write it first, with a place for each table: <!-- figures NAME -->, <!-- /figures -->`];
}

function complain(lines: readonly string[]): number {
  for (const line of lines) process.stderr.write(`${line}\n`);
  return 1;
}
