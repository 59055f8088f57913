// What the demo shows, as lines: its first screen (at most 40 lines of 100 columns) and a line for each later exchange.
// Pure: it gets a painter and returns text. Text from outside can move no cursor: control characters never pass.

import type { AccessRecord } from "./access-log.ts";
import { isTelling, type LogEntry } from "./log-entry.ts";
import { chatBody, MODEL, type Seen, type Stop } from "./tour.ts";

export const COLUMNS = 100;
const LABEL_COLUMNS = 10;
const NAME_COLUMNS = 14;
const MISTAKES_SHOWN = 5;

export type Style = "good" | "changed" | "bad" | "dim" | "strong";
export type Paint = (style: Style, text: string) => string;

const verdicts: Readonly<Record<string, { readonly label: string; readonly style: Style }>> = {
  allow: { label: "ALLOWED", style: "good" },
  flag: { label: "FLAGGED", style: "changed" },
  redact: { label: "REDACTED", style: "changed" },
  block: { label: "BLOCKED", style: "bad" },
};

export type Shown = {
  readonly stop: Stop;
  readonly seen: Seen;
  readonly record: AccessRecord;
  /** What the model was asked; `null` where it was not. */
  readonly asked: string | null;
};

export function titleLines(paint: Paint): string[] {
  return [`${paint("strong", "Sallyport")}  each prompt and each reply is judged before Envoy lets it pass`, ""];
}

/** What was sent, what the model got where that is something else, what came back, what Envoy's access log has. */
export function exchangeLines({ stop, seen, record, asked }: Shown, paint: Paint): string[] {
  const { label, style } = verdictOf(record);
  const where = record.stage === null || record.verdict === "allow" ? "" : record.stage;
  const row = (left: string, leftStyle: Style, name: string, text: string): string =>
    ` ${paint(leftStyle, left.padEnd(LABEL_COLUMNS))}${paint("dim", name.padEnd(5))}  ${text}`;
  const width = COLUMNS - 1 - LABEL_COLUMNS - 7;
  const code = seen.code === null ? [] : [`${seen.code}:`];
  const got = [String(seen.status), ...code, seen.text, ...(seen.refusal === "" ? [] : [`[${seen.refusal}]`])];
  return [
    row(label, style, "sent", oneLine(stop.prompt, width)),
    ...(asked === null || asked === stop.prompt ? [] : [row("", "dim", "model", oneLine(asked, width))]),
    row(where, "dim", "got", oneLine(got.join(" "), width)),
    row(stop.stream ? "stream" : "", "dim", "log", paint("dim", oneLine(logWords(record), width))),
    "",
  ];
}

export type Addresses = {
  readonly proxyUrl: string;
  readonly envoyAdminUrl: string;
  readonly adminUrl: string;
  readonly modelUrl: string;
  readonly policyFile: string;
};

export function addressLines(at: Addresses, paint: Paint): string[] {
  const rows = [
    ["Proxy", `${at.proxyUrl}/v1`, "base address for any OpenAI client"],
    ["Model server", at.modelUrl, ""],
    ["Policy", at.policyFile, "edit and save it: the next request follows it"],
    ["Sallyport", `${at.adminUrl}/metrics`, "also /healthz and /readyz"],
    ["Envoy", at.envoyAdminUrl, "statistics and configuration"],
  ];
  const wide = Math.max(...rows.map(([, value]) => value?.length ?? 0)) + 2;
  return rows.map(
    ([name = "", value = "", note = ""]) =>
      ` ${name.padEnd(NAME_COLUMNS)}${value.padEnd(note === "" ? 0 : wide)}${paint("dim", note)}`,
  );
}

/** Commands that run as they are in a POSIX shell; with a `real` model server, once its key and model are set. */
export function curlLines(stops: readonly Stop[], proxyUrl: string, real: boolean): string[] {
  const lines = real ? ["export MODEL=... OPENAI_API_KEY=..."] : [];
  for (const stop of stops) {
    const body = quote(chatBody(stop));
    lines.push(`curl -s${stop.stream ? "N" : ""} ${proxyUrl}/v1/chat/completions -H content-type:application/json \\`);
    if (real) lines.push('  -H "authorization: Bearer $OPENAI_API_KEY" \\');
    lines.push(`  -d ${real ? body.replace(`"${MODEL}"`, `"'$MODEL'"`) : body}`);
  }
  return lines;
}

/** One exchange of a running demo. */
export function exchangeLine(record: AccessRecord, paint: Paint): string {
  const { label, style } = verdictOf(record);
  const time = record.time?.slice(11, 19) ?? "";
  const { method, path, status, durationMs, rule, categories } = record;
  const words = [method, path, status ?? "-", `${durationMs ?? "-"} ms`, rule ?? "", categories.join(",")];
  const facts = oneLine(words.join(" "), COLUMNS - LABEL_COLUMNS - 12);
  return ` ${paint("dim", time)}  ${paint(style, label.padEnd(LABEL_COLUMNS))}${facts}`;
}

/** One entry of Sallyport's log, and a line for each mistake it names; no line for what nobody needs to see. */
export function entryLines(entry: LogEntry, paint: Paint): string[] {
  if (!isTelling(entry)) return [];
  const bad = entry.level === "warn" || entry.level === "error";
  const label = bad ? paint("bad", "TROUBLE".padEnd(LABEL_COLUMNS)) : paint("good", "POLICY".padEnd(LABEL_COLUMNS));
  const width = COLUMNS - LABEL_COLUMNS - 12;
  const what = oneLine(`${entry.msg}${entry.policy === undefined ? "" : ` (${entry.policy})`}`, width);
  const indent = " ".repeat(LABEL_COLUMNS + 11);
  const mistakes = (entry.mistakes ?? [])
    .slice(0, MISTAKES_SHOWN)
    .map((mistake) => `${indent}${oneLine(mistake, width)}`);
  return [` ${paint("dim", entry.time.slice(11, 19))}  ${label}${what}`, ...mistakes];
}

function verdictOf({ verdict }: AccessRecord): { readonly label: string; readonly style: Style } {
  return verdicts[verdict] ?? { label: verdict.toUpperCase(), style: "bad" };
}

/** The access log's own words, those that say something. No duration: the stand-in's pace says nothing of Sallyport's. */
function logWords({ verdict, stage, rule, categories }: AccessRecord): string {
  const words = [`verdict=${verdict}`];
  if (stage !== null) words.push(`stage=${stage}`);
  if (rule !== null) words.push(`rule=${rule}`);
  if (categories.length > 0) words.push(`categories=${categories.join(",")}`);
  return words.join(" ");
}

/** One printable line of at most `columns` code points. */
export function oneLine(text: string, columns: number): string {
  const flat = [...text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim()];
  return flat.length <= columns ? flat.join("") : `${flat.slice(0, columns - 1).join("")}…`;
}

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
