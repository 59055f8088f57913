/** Dialects that a policy describes -> dialects. */
import type {
  AnswerTemplate,
  DescribedDialect,
  DescribedForm,
  DescribedOperation,
  PointerPattern,
} from "../../domain/described.ts";
import type { AnswerFacts, Dialect, Operation, StreamFormat, StreamMessage } from "../../domain/dialect.ts";
import { cellsOf, type CoverageTable } from "../coverage/cells.ts";
import { errorBody, errorMessages } from "../generic/answers.ts";
import { type JsonNode, lastMember } from "../json/parse.ts";
import { jsonArray } from "../json-array/format.ts";
import { jsonLines } from "../json-lines/format.ts";
import { sse } from "../sse/format.ts";
import { openTableStream } from "../stream/table-stream.ts";
import { readReply, readRequest } from "../table/extraction.ts";
import type { Spec } from "../table/spec.ts";
import { tableOrOther } from "./tables.ts";

const forms = {
  sse: { format: sse, mode: "reply-sse", streams: { "event-stream": sse } },
  "json-lines": { format: jsonLines, mode: "reply-json-lines", streams: { "json-lines": jsonLines } },
  "json-array": { format: jsonArray, mode: "reply-json-array", streams: { json: jsonArray } },
} as const satisfies Record<
  DescribedForm,
  { readonly format: StreamFormat; readonly mode: CoverageTable["mode"]; readonly streams: Operation["streams"] }
>;

/** Requests are POSTs of JSON to exactly these paths. */
export function createDescribed({ id, operations: described }: DescribedDialect): Dialect {
  const rows = described.map((one) => ({ path: one.path, operation: operationOf(id, one) }));
  return {
    id,
    operations: rows.map(({ operation }) => operation),
    match({ method, path }) {
      if (method !== "POST" || !path.startsWith("/")) return null;
      const segments = path.slice(1).split("/");
      return rows.find((row) => fits(row.path, segments))?.operation ?? null;
    },
  };
}

/** A segment of any words has some, and none that a server might read otherwise. */
const fits = (pattern: DescribedOperation["path"], segments: readonly string[]): boolean =>
  pattern.length === segments.length &&
  pattern.every((want, index) => {
    const segment = segments[index] as string;
    return want === null ? /^[\w.:@-]{1,128}$/.test(segment) && !/^\.+$/.test(segment) : want === segment;
  });

function operationOf(dialect: string, one: DescribedOperation): Operation {
  const { id, stream, events, answers } = one;
  const form = forms[events?.form ?? "sse"];
  const prompt = tableOrOther(one.prompt, false);
  const reply = tableOrOther(one.reply, false);
  const event = tableOrOther(events?.places ?? one.reply.map((place) => ({ ...place, continues: true })), true);
  const table = {
    spec: prompt,
    count: () => 1,
    stream: (root: JsonNode) => (typeof stream === "boolean" ? stream : isTrue(root, stream)),
  };
  const ending = (facts: AnswerFacts): readonly StreamMessage[] => endOf(one, facts);
  return {
    id,
    dialect,
    cells: cellsOf(id, tablesOf(prompt, reply, events === null ? null : { mode: form.mode, spec: event })),
    readRequest: (body, asked) => readRequest(body, table, asked),
    readReply: (body, asked) => readReply(body, reply, "assistant", asked),
    streams: events === null ? {} : form.streams,
    streamFormat: form.format,
    openStream: (asked) =>
      openTableStream(
        {
          specOf: () => event,
          terminator: events?.end ?? null,
          grows: true,
          openTrack: () => ({ note: () => "goes-on", cut: ending }),
        },
        asked,
      ),
    error: (facts) => (answers.error === null ? errorBody(facts) : JSON.stringify(filled(answers.error, facts))),
    refusal: (facts) => (answers.refusal === null ? null : JSON.stringify(filled(answers.refusal, facts))),
    refusalStream: (facts) => (events === null || answers.events === null ? null : ending(facts)),
  };
}

function tablesOf(
  prompt: Spec,
  reply: Spec,
  events: Pick<CoverageTable, "mode" | "spec"> | null,
): readonly CoverageTable[] {
  return [
    { mode: "prompt-json", spec: prompt, role: "none" },
    { mode: "reply-json", spec: reply, role: "assistant" },
    ...(events === null ? [] : [{ ...events, role: "assistant" } as const]),
  ];
}

function endOf({ events, answers }: DescribedOperation, facts: AnswerFacts): readonly StreamMessage[] {
  if (answers.events === null) return errorMessages(facts);
  const messages = answers.events.map((event) => ({ name: "", data: JSON.stringify(filled(event, facts)) }));
  const end = events?.end ?? null;
  return end === null ? messages : [...messages, { name: "", data: end }];
}

/** The policy's own words, with ours in them. Its depth is bounded where the policy is read. */
function filled(template: AnswerTemplate, facts: AnswerFacts): AnswerTemplate {
  if (typeof template === "string")
    return template.replaceAll(
      /\{(message|code|reference)\}/g,
      (_all, name: "message" | "code" | "reference") => facts[name],
    );
  if (isList(template)) return template.map((item) => filled(item, facts));
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, filled(value, facts)]));
}

const isList = (template: AnswerTemplate): template is readonly AnswerTemplate[] => Array.isArray(template);

/** The last member of each name counts, as for most readers. */
function isTrue(root: JsonNode, at: PointerPattern): boolean {
  let node: JsonNode | null = root;
  for (const step of at) node = node === null || step === null ? null : lastMember(node, step);
  return node?.kind === "literal" && node.value === true;
}
