// The matrix as people and programs read it.

import {
  cellReasons,
  cellStates,
  type CoverageMode,
  coverageModes,
  type CellReason,
  type CellState,
} from "../../src/domain/coverage.ts";
import { httpModes } from "./http-modes.ts";
import type { Row } from "./matrix.ts";

/** In the order of `rows`; the same keys as the issue of a cell has, and no others. */
export const asJson = (rows: readonly Row[]): string =>
  JSON.stringify({
    cells: rows.map(({ dialect, location, mode, state, blockable, streamed, failed, reason }) => ({
      dialect,
      location,
      mode,
      state,
      blockable,
      streamed,
      failed,
      reason,
    })),
  });

const stateWords = {
  editable: "judged; can be blocked, and masked or restored in place",
  judged: "judged; can be blocked; masked only by taking the whole value away",
  "not-judged": "not judged; counted in the verdict's coverage, for the reason given",
} as const satisfies Record<CellState, string>;

const reasonWords = {
  "no-text": "a guard that reads text cannot read it",
  "named-not-carried": "the body names it, and what it names stands elsewhere",
  "runs-elsewhere": "the provider does it by itself, out of sight",
  "when-asked": "judged as soon as a rule names the place (`when: { place: tool-definition }`)",
  refused: "a body that holds it counts as unreadable, and goes by the policy's `onUnreadable`",
} as const satisfies Record<CellReason, string>;

const modeWords = {
  "prompt-json": "a request's JSON body",
  "prompt-form": "a request's multipart/form-data body",
  "reply-json": "a whole reply in JSON, errors of the upstream among them",
  "reply-text": "a whole reply in plain text",
  "reply-sse": "a reply that streams as server-sent events",
  "reply-json-lines": "a reply that streams as a JSON text a line",
  "reply-json-array": "a reply that streams as the items of a JSON list",
  "reply-event-stream": "a reply that streams as AWS event-stream frames",
} as const satisfies Record<CoverageMode, string>;

const short = { editable: "**edit**", judged: "judge", "not-judged": "no" } as const satisfies Record<
  CellState,
  string
>;

/** docs/coverage.md. */
export function asMarkdown(rows: readonly Row[]): string {
  const dialects = [...new Set(rows.map(({ dialect }) => dialect))];
  const judged = rows.filter(({ state }) => state !== "not-judged").length;
  return `${[
    "# What is judged, cell by cell",
    "",
    `${rows.length} cells: ${judged} judged, ${rows.length - judged} not, each with its reason. Made by \`npm run matrix\` out of the`,
    "dialects' own tables. Each judged cell was shown through a real Envoy: a word planted there stops the exchange; where it",
    "is editable, a word is masked in place with every other byte as it came, and what was masked in the prompt is put back in",
    "the reply. `npm test` makes this page again and fails where it differs.",
    "",
    "What no table names is judged too, as `other`: a field that a provider adds tomorrow is no hiding place.",
    "A policy that needs a cell which cannot be honoured does not start: [policy.md](policy.md#what-must-be-judged).",
    "What HTTP itself can do (methods, upgrades, codings, 1xx, trailers) is at the end.",
    "",
    "| word | meaning |",
    "|---|---|",
    ...cellStates.map((state) => `| ${short[state]} | ${stateWords[state]} |`),
    "",
    "| mode | meaning |",
    "|---|---|",
    ...coverageModes.map((mode) => `| \`${mode}\` | ${modeWords[mode]} |`),
    "",
    "| reason | meaning |",
    "|---|---|",
    ...cellReasons.map((reason) => `| \`${reason}\` | ${reasonWords[reason]} |`),
    "",
    ...dialects.flatMap((dialect) =>
      tableOf(
        dialect,
        rows.filter((row) => row.dialect === dialect),
      ),
    ),
    "## HTTP",
    "",
    "| mode | what becomes of it | shown by |",
    "|---|---|---|",
    ...httpModes.map(({ mode, outcome, shownBy }) => `| ${mode} | ${outcome} | [${shownBy}](${linkTo(shownBy)}) |`),
    "",
  ].join("\n")}`;
}

function tableOf(dialect: string, rows: readonly Row[]): readonly string[] {
  const modes = coverageModes.filter((mode) => rows.some((row) => row.mode === mode));
  const locations = [...new Set(rows.map(({ location }) => location))].sort();
  const cell = (location: string, mode: CoverageMode): string => {
    const row = rows.find((one) => one.location === location && one.mode === mode);
    if (row === undefined) return "";
    const reason = row.reason === null ? "" : `: ${row.reason}`;
    return `${short[row.state]}${reason}${row.failed ? " FAILED" : ""}`;
  };
  return [
    `## ${dialect}`,
    "",
    `| location | ${modes.join(" | ")} |`,
    `|---|${modes.map(() => "---|").join("")}`,
    ...locations.map((location) => `| ${location} | ${modes.map((mode) => cell(location, mode)).join(" | ")} |`),
    "",
  ];
}

/** From docs/. */
const linkTo = (file: string): string => (file.startsWith("docs/") ? file.slice("docs/".length) : `../${file}`);
