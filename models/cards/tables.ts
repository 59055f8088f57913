/**
 * A card's figures as Markdown, each table under a name, and their places in a README: between `<!-- figures NAME -->` and
 * `<!-- /figures -->`. What stands around is written by hand. Pure.
 */
import type { Card } from "./card.ts";
import type { Figure, Result } from "./figures.ts";

const point = (value: number, digits: number): string => value.toFixed(digits).replace(/^0\./, ".");
const percent = (value: number): string => (value * 100).toFixed(1);

const area = (at: Figure | undefined): string =>
  at === undefined
    ? "-"
    : `${point(at[0], 3)}${at[1] === null || at[2] === null ? "" : ` (${point(at[1], 2)}-${point(at[2], 2)})`}`;
const rate = (at: Figure | undefined): string =>
  at === undefined
    ? "-"
    : `${percent(at[0])} %${at[1] === null || at[2] === null ? "" : ` (${percent(at[1])}-${percent(at[2])})`}`;

type Column = { readonly head: string; readonly of: (result: Result) => string };
const areaOf = (head: string, name: string): Column => ({ head, of: ({ figures }) => area(figures[name]) });
const rateOf = (head: string, name: string): Column => ({ head, of: ({ figures }) => rate(figures[name]) });

const setColumn: Column = { head: "set", of: ({ set, part }) => (part === null ? set : `${set}, ${part}`) };
const rowsColumn: Column = { head: "rows of 1, of 0", of: ({ positives, negatives }) => `${positives}, ${negatives}` };
const unknownColumn: Column = {
  head: "unknown",
  of: ({ unknown }) => String(Object.values(unknown).reduce((sum, count) => sum + count, 0)),
};

const auc = areaOf("AUC", "auc");
const shipped = [rateOf("recall", "recall"), rateOf("false positives", "fpr")] as const;
const ownRates = [rateOf("recall at 1 %", "recall, own 1%"), rateOf("recall at 5 %", "recall, own 5%")] as const;
const commonRate = rateOf("recall at 1 %, common", "recall, common 1%");
const strict = rateOf("false positives at `fpr-0.1%`", "fpr, fpr-0.1%");
const builtIn = [
  rateOf("recall, built-in policy", "recall, built-in"),
  rateOf("false positives, built-in policy", "fpr, built-in"),
] as const;
const balanced = areaOf("balanced accuracy", "balanced");
const standard = [auc, commonRate, ...shipped, strict];

const columnsOf: Readonly<Record<string, readonly Column[]>> = {
  injection: [auc, commonRate, ...shipped, ...builtIn],
  "injection-pair": [auc, ...ownRates, ...shipped],
  harm: standard,
  request: standard,
  toxicity: [auc, ...ownRates, ...shipped],
  sexism: [auc, ...ownRates, ...shipped],
  names: [
    areaOf("overlap F1", "f1"),
    areaOf("person", "f1, person"),
    areaOf("place", "f1, place"),
    areaOf("organisation", "f1, organisation"),
    areaOf("hits in other marks aside", "f1, aside"),
    areaOf("same ends", "f1, exact"),
  ],
  embedding: [auc, areaOf("mean AUC of topics", "auc, mean"), rateOf("nearest topic is right", "nearest"), ...shipped],
  groundedness: [auc, balanced, ...shipped],
};

/** Columns that no row has a figure for are left out. */
function table(columns: readonly Column[], results: readonly Result[]): string {
  const shown = columns.filter(({ of }) => results.some((result) => !["-", "0"].includes(of(result))));
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(shown.map(({ head }) => head)),
    line(shown.map(() => "---")),
    ...results.map((result) => line(shown.map(({ of }) => of(result)))),
  ].join("\n");
}

/** By name of the table. */
export function tablesOf(card: Card): ReadonlyMap<string, string> {
  const heads = [...new Set(card.results.map(({ head }) => head))];
  return new Map([
    ["measured", measuredLine(card)],
    ...(Object.keys(card.heads).length === 0 ? [] : [["thresholds", thresholdTable(card)] as const]),
    ...heads.map((head) => [head, headTables(head, card)] as const),
    ["sets", setTable(card)],
  ]);
}

function measuredLine({ model, measured }: Card): string {
  const { date, runtime, runtimeVersion, device, precision, flags } = measured;
  const version = runtimeVersion?.split("-", 1)[0] ?? "";
  const by = runtime === null ? "" : ` with ${runtime} ${version} on ${device}, ${precision}`;
  const of = model.digest === null ? "" : ` Bundle \`${model.digest}\`.`;
  return `Measured on ${date}${by}; CPU: ${flags.join(", ") || "not told"}.${of}`;
}

function thresholdTable({ heads, results }: Card): string {
  const names = [...new Set(Object.values(heads).flatMap(({ thresholds }) => Object.keys(thresholds)))];
  const lines = Object.entries(heads).flatMap(([head, { threshold, thresholds }]) => {
    if (Object.keys(thresholds).length === 0) return [];
    const pooled = results.find((result) => result.head === head && result.set === "all pooled");
    const told = names.map((name) => {
      const from = thresholds[name];
      if (from === undefined) return "-";
      const measured = pooled?.figures[`fpr, ${name}`];
      return `${point(from, 3)}${measured === undefined ? "" : `: ${rate(measured)}`}`;
    });
    return [`| ${[head, point(threshold, 3), ...told].join(" | ")} |`];
  });
  const titles = ["head", "shipped", ...names.map((name) => `\`${name}\``)];
  return [`| ${titles.join(" | ")} |`, `| ${titles.map(() => "---").join(" | ")} |`, ...lines].join("\n");
}

function headTables(head: string, { results }: Card): string {
  const own = results.filter((result) => result.head === head);
  const first = [setColumn, rowsColumn, ...(columnsOf[head] ?? standard), unknownColumn];
  const whole = own.filter(({ part }) => part === null || part === "text alone");
  const languages = own.filter(({ part }) => part?.startsWith("language ") === true);
  const told = languages.length > 1 ? /^(language|harmless)/ : /^harmless/;
  const parts = own.filter(({ part }) => part !== null && told.test(part));
  const topics = own.filter(({ part }) => part?.startsWith("topic ") === true);
  const partColumns: readonly Column[] = [
    { head: "part", of: ({ set, part }) => `${set}, ${part}` },
    rowsColumn,
    auc,
    ...shipped,
    unknownColumn,
  ];
  return [
    table(first, whole),
    ...(topics.length === 0 ? [] : [topicLine(topics)]),
    ...(parts.length === 0 ? [] : [table(partColumns, parts)]),
    ...familyLines(own),
  ].join("\n\n");
}

const topicLine = (topics: readonly Result[]): string =>
  `AUC by topic: ${topics.map(({ part, figures }) => `${part?.slice("topic ".length)} ${area(figures["auc"])}`).join(", ")}.`;

/** Counts, since families are small. */
function familyLines(results: readonly Result[]): readonly string[] {
  const families = results.flatMap(({ part, figures, head }) =>
    part?.startsWith("family ") === true && head !== "names" ? [{ name: part.slice("family ".length), figures }] : [],
  );
  const counts = (name: string, isTold: (found: number, of: number) => boolean): readonly [string, number] => {
    const all = families.flatMap(({ name: family, figures }) => {
      const at = figures[name];
      return at === undefined ? [] : [{ family, found: Math.round(at[0] * at[3]), of: at[3] }];
    });
    const told = all.filter(({ found, of }) => isTold(found, of));
    return [told.map(({ family, found, of }) => `${family} ${found} of ${of}`).join(", "), all.length - told.length];
  };
  const [missed, full] = counts("recall", (found, of) => found < of);
  const [flagged, clean] = counts("fpr", (found) => found > 0);
  if (families.length === 0) return [];
  return [
    `Cases of label 1 found, by family: ${missed === "" ? "all" : `${missed}; of ${full} other families all`}.`,
    `Cases of label 0 flagged, by family: ${flagged === "" ? "none" : `${flagged}; of ${clean} other families none`}.`,
  ];
}

function setTable({ sets }: Card): string {
  const lines = Object.entries(sets).map(
    ([name, { file, rows, licence, source, note }]) =>
      `| ${name} | \`${file}\`${note === null ? "" : `: ${note}`} | ${rows} | ${licence} | ${source} |`,
  );
  return ["| set | file | rows | licence | from |", "| --- | --- | --- | --- | --- |", ...lines].join("\n");
}

const placePattern = /(<!-- figures ([a-z-]+) -->\n).*?(<!-- \/figures -->)/gs;

/** Names of the tables that a README has a place for. */
export const placesIn = (readme: string): readonly string[] =>
  [...readme.matchAll(placePattern)].map(([, , name = ""]) => name);

/** A place without a table is left as it is. */
export const withTables = (readme: string, tables: ReadonlyMap<string, string>): string =>
  readme.replaceAll(placePattern, (all: string, begin: string, name: string, end: string) => {
    const made = tables.get(name);
    return made === undefined ? all : `${begin}\n${made}\n\n${end}`;
  });
