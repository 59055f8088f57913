// What the stand-in model says: one table, read from the top, by words in the last user message. Pure and the same each time.
// All persons, numbers and keys are made up: example.com, 555 numbers, published test values. It is no language
// model and does not pretend to be one.

export type ToolCall = { readonly name: string; readonly arguments: string };

export type Answer =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "tool-calls"; readonly calls: readonly ToolCall[] }
  | { readonly kind: "error"; readonly status: ErrorStatus };

export type ErrorStatus = 404 | 429 | 500;

/** What a request brings that the choice depends on. */
export type Asked = {
  /** The text of the last user message. */
  readonly text: string;
  /** All system messages; empty where there are none. */
  readonly system: string;
  /** Names of the offered tools; empty where none are offered or `tool_choice` is `none`. */
  readonly tools: readonly string[];
  /** The conversation ends with a tool's result. */
  readonly toolResult: boolean;
};

export const samples = {
  email: "mara.lind@example.com",
  phone: "+1 415 555 0132",
  card: "4111 1111 1111 1111",
  iban: "DE89 3704 0044 0532 0130 00",
  /** In the form of an AWS access key id, and never one: in pieces, so that no scanner takes this file for a leak. */
  key: ["AK", "IA", "Z7XW", "2QLM", "5TRB", "N3VC"].join(""),
} as const;

type Row = { readonly when: RegExp; readonly answer: (asked: Asked, match: RegExpMatchArray) => Answer };

const text = (value: string): Answer => ({ kind: "text", text: value });

const rows: readonly Row[] = [
  { when: /\brepeat after me:\s*(.*)$/is, answer: (_, match) => text(match[1] ?? "") },
  {
    when: /\bfail with (404|429|500)\b/i,
    answer: (_, match) => ({ kind: "error", status: Number(match[1]) as ErrorStatus }),
  },
  {
    when: /\b(e-?mail|phone|reach|on call)\b/i,
    answer: () => text(`Mara is on call. Write to ${samples.email} or ring ${samples.phone}.`),
  },
  {
    when: /\b(card|pay|invoice)\b/i,
    answer: () => text(`The card on file is ${samples.card}, valid until 12/31. Shall I charge it?`),
  },
  {
    when: /\b(iban|bank|transfer)\b/i,
    answer: () => text(`Please transfer it to ${samples.iban} with the order number.`),
  },
  {
    when: /\b(key|credentials?|secret)\b/i,
    answer: () => text(`Set AWS_ACCESS_KEY_ID=${samples.key} and run the job again.`),
  },
  {
    when: /\b(instructions|system prompt)\b/i,
    answer: ({ system }) => text(system === "" ? "I have none." : `With pleasure. They say: ${system}`),
  },
  { when: /\brude\b/i, answer: () => text("You stupid, worthless idiot. Nobody likes you, so shut up and get lost.") },
  { when: /\bweather\b/i, answer: weather },
  { when: /\bcount to (\d{1,3})\b/i, answer: (_, match) => text(countTo(Number(match[1]))) },
];

const OTHERWISE = "A sally port is a small, guarded door in a wall: it lets through what may pass, and nothing else.";

/** The answer to one request. The table's first row that matches decides. */
export function chooseAnswer(asked: Asked): Answer {
  if (asked.toolResult) return text("It is 21 degrees and dry, so a light jacket will do.");
  for (const row of rows) {
    const match = row.when.exec(asked.text);
    if (match !== null) return row.answer(asked, match);
  }
  return text(OTHERWISE);
}

/** One call a city, with the first tool on offer; words where there is none. */
function weather(asked: Asked): Answer {
  const tool = asked.tools[0];
  if (tool === undefined) return text("I cannot look out of the window without a tool.");
  const named = [...asked.text.matchAll(/\b(Lisbon|Oslo|Porto)\b/g)].map((match) => match[0]);
  const cities = named.length > 0 ? [...new Set(named)] : ["Lisbon"];
  return {
    kind: "tool-calls",
    calls: cities.map((city) => ({
      name: tool,
      arguments: JSON.stringify({ city, unit: "celsius", notify: samples.email }),
    })),
  };
}

const countTo = (last: number): string => Array.from({ length: last }, (_, index) => index + 1).join(" ");
