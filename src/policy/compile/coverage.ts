/**
 * Whether what a policy needs can be had: each place that a rule names and each that `coverage.require` asks for must be judged where
 * it occurs, or be refused, or be accepted by name. Pure; the cells come from the dialects' own tables.
 */
import { type Cell, type CellReason, cellName, type CoverageLocation } from "../../domain/coverage.ts";
import type { ExchangeFacts } from "../../domain/facts.ts";
import type { OnUnreadable, Rule } from "../../domain/policy.ts";
import { type Place, type Stage, type UnjudgedKind } from "../../domain/segment.ts";
import { suggestion } from "../nearest.ts";
import type { Note } from "./note.ts";

export type CoverageSource = {
  readonly dialects?: readonly string[] | undefined;
  readonly require?: readonly string[] | undefined;
  readonly accept?: readonly string[] | undefined;
};

export type Coverage = {
  readonly source: CoverageSource;
  readonly refuses: ReadonlySet<UnjudgedKind>;
  readonly onUnreadable: OnUnreadable;
  readonly rules: readonly Rule[];
};

/** Names told in one message. */
const namedMax = 4;

/** `note`: at the policy's head; `noteRule`: at the rule of that id, where it stands in these files. */
export function checkCoverage(
  coverage: Coverage,
  all: readonly Cell[],
  note: Note,
  noteRule: (id: string) => Note | null,
): void {
  const { source, rules } = coverage;
  if (all.length === 0) return; // nobody says what there is
  const dialects = [...new Set(all.map(dialectOf))];
  for (const [index, name] of (source.dialects ?? []).entries()) {
    if (!dialects.includes(name))
      note(
        ["coverage", "dialects", index],
        `there is no dialect "${name}"${suggestion(name, dialects) || `; one of ${dialects.join(", ")}`}`,
      );
  }
  const served = all.filter((cell) => source.dialects?.includes(dialectOf(cell)) ?? true);
  const accepts = (source.accept ?? []).map((name, index) => {
    const fits = matcher(name);
    if (!served.some(fits)) note(["coverage", "accept", index], unknownCell(name, served));
    return fits;
  });
  const open = served.filter((cell) => !accepts.some((fits) => fits(cell)));
  const asked = rules.some(({ scope }) => scope?.places?.includes("tool-definition"));
  for (const [index, name] of (source.require ?? []).entries()) {
    const fits = matcher(name);
    if (!served.some(fits)) note(["coverage", "require", index], unknownCell(name, served));
    const missing = open.filter((cell) => fits(cell) && !isHonoured(cell, coverage, asked));
    if (missing.length > 0) note(["coverage", "require", index], notJudged(missing));
  }
  for (const rule of rules) checkRule(rule, served, open, noteRule(rule.id));
}

function isHonoured({ state, reason, location }: Cell, { refuses, onUnreadable }: Coverage, asked: boolean): boolean {
  if (state !== "not-judged") return true;
  if (reason === "refused") return onUnreadable === "block";
  if (reason === "when-asked" && asked) return true;
  return (refuses as ReadonlySet<string>).has(location);
}

/** A rule needs the places that it names. What it writes beside or in place of a text needs one that can be changed in part. */
function checkRule(rule: Rule, served: readonly Cell[], open: readonly Cell[], note: Note | null): void {
  const { places } = rule.scope ?? { places: null };
  if (places === null || note === null) return;
  const stands = (cell: Cell): boolean => rule.stages.includes(stageOf(cell)) && appliesTo(rule, cell);
  if (!served.some((cell) => stands(cell) && places.some((place) => isAt(cell.location, place))))
    note(
      ["when", "place"],
      `no body that this rule looks at has a text there (${places.join(", ")}); remove the rule, or look at the other stage`,
    );
  if (rule.action.kind !== "mark" && rule.action.kind !== "replace") return;
  const whole = open.filter(
    (cell) => cell.state === "judged" && stands(cell) && places.some((place) => isAt(cell.location, place)),
  );
  if (whole.length === 0) return;
  note(
    ["action"],
    `${named(whole)} can only be taken away whole, so ${rule.action.kind} cannot be honoured there; use redact or block, or accept it by name: coverage: { accept: ["${nameOf(whole)}"] }`,
  );
}

/** Only what a rule asks of dialect and operation is known before there is an exchange. */
function appliesTo({ scope, shadow }: Rule, cell: Cell): boolean {
  const facts: ExchangeFacts = {
    method: "",
    path: "",
    headers: new Map(),
    route: null,
    cluster: null,
    tenant: null,
    principal: null,
    dialect: dialectOf(cell),
    operation: cell.dialect,
    model: { kind: "unclear" },
    promptRules: null,
  };
  const tests = scope?.tests.filter(({ field }) => field === "dialect" || field === "operation") ?? [];
  return tests.every((test) => test.holds(facts, shadow));
}

const dialectOf = ({ dialect }: Cell): string => dialect.split("/")[0] as string;
const stageOf = ({ mode }: Cell): Stage => (mode.startsWith("prompt") ? "prompt" : "reply");
const isAt = (location: CoverageLocation, place: Place): boolean =>
  place === "content" ? location === "text" || location.endsWith("-text") : location === place;

/** `LOCATION`, or `DIALECT/OPERATION LOCATION MODE` where each may be `*`. */
function matcher(name: string): (cell: Cell) => boolean {
  const words = name.split(" ");
  const [dialect = "", location = "", mode = ""] = words.length === 1 ? ["*", name, "*"] : words;
  const fits = (word: string, actual: string): boolean => word === "*" || word === actual;
  return (cell) =>
    words.length !== 2 &&
    words.length <= 3 &&
    fits(dialect, cell.dialect) &&
    fits(location, cell.location) &&
    fits(mode, cell.mode);
}

function unknownCell(name: string, cells: readonly Cell[]): string {
  const known = [...new Set(cells.map(({ location }) => location)), ...cells.map(cellName)];
  const hint = suggestion(name, known) || "; `npm run matrix` and docs/coverage.md list them";
  return `there is no cell "${name}" in the dialects served${hint}`;
}

const ways = {
  "no-text": "no guard here reads it",
  "named-not-carried": "it is named and not carried",
  "runs-elsewhere": "it runs elsewhere",
  "when-asked": "no rule names the place",
  refused: "it counts as unreadable, which onUnreadable lets pass",
} as const satisfies Record<CellReason, string>;

function notJudged(cells: readonly Cell[]): string {
  const [first] = cells;
  const why = first?.reason === null || first === undefined ? "" : ` (${ways[first.reason]})`;
  const kinds = [...new Set(cells.map(({ location }) => location))].join(", ");
  return `${named(cells)} is not judged${why}; refuse it (defaults: { onUnjudged: { block: [${kinds}] } }), or accept it by name: coverage: { accept: ["${nameOf(cells)}"] }`;
}

const nameOf = ([first]: readonly Cell[]): string => (first === undefined ? "" : cellName(first));

function named(cells: readonly Cell[]): string {
  const names = cells.slice(0, namedMax).map((cell) => `"${cellName(cell)}"`);
  return cells.length <= namedMax ? names.join(", ") : `${names.join(", ")} (and ${cells.length - namedMax} more)`;
}
