// The recorded results: `YYYY-MM-DD-NAME.json` with what was measured and `.md` for a reader. Each line of a page that
// holds a figure must be one that the raw figures give; words without figures may be added to a page by hand.

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Facts } from "./machine.ts";

const fileName = /^(\d{4}-\d{2}-\d{2}-([a-z-]+))\.(json|md)$/;

/** How each benchmark writes its page. */
export type Pages = ReadonlyMap<string, (raw: unknown) => string>;

/** Writes both files, over those of the same day; gives their path without ending. */
export async function record(
  directory: string,
  name: string,
  raw: { readonly facts: Facts },
  page: string,
): Promise<string> {
  const base = join(directory, `${raw.facts.date}-${name}`);
  await mkdir(directory, { recursive: true });
  await writeFile(`${base}.json`, `${JSON.stringify(raw, null, 1)}\n`);
  await writeFile(`${base}.md`, page);
  return base;
}

/** One line for each figure or file that does not hold; empty when all do. */
export async function verify(directory: string, pages: Pages): Promise<readonly string[]> {
  const files = (await readdir(directory)).sort();
  const faults: string[] = [];
  for (const file of files) {
    const [, base, name, ending] = fileName.exec(file) ?? [];
    if (base === undefined || name === undefined) {
      faults.push(`${file}: is not named YYYY-MM-DD-NAME.json or .md`);
      continue;
    }
    const twin = `${base}.${ending === "md" ? "json" : "md"}`;
    if (!files.includes(twin)) {
      faults.push(`${file}: ${twin} is missing`);
      continue;
    }
    const page = pages.get(name);
    if (page === undefined) faults.push(`${file}: there is no benchmark ${name}`);
    else if (ending === "md") faults.push(...(await pageFaults(directory, base, page)));
  }
  return faults;
}

async function pageFaults(directory: string, base: string, page: (raw: unknown) => string): Promise<readonly string[]> {
  const raw = JSON.parse(await readFile(join(directory, `${base}.json`), "utf8")) as unknown;
  const given = new Set(page(raw).split("\n"));
  const written = (await readFile(join(directory, `${base}.md`), "utf8")).split("\n");
  return written.flatMap((line, index) =>
    /\d/.test(line) && !given.has(line) ? [`${base}.md:${index + 1}: not what the raw figures give: ${line}`] : [],
  );
}
