// Bodies of the benchmarks without Envoy: prompts of chat, and replies as one body or as a stream with one event a token.

/** One exchange. Only one of its two directions is measured: the reply where there is one. */
export type Traffic = {
  readonly request: Uint8Array;
  readonly reply: Reply | null;
};
export type Reply =
  | { readonly kind: "stream"; readonly events: readonly Uint8Array[] }
  | { readonly kind: "json"; readonly body: Uint8Array };

export const bytesOfReply = (reply: Reply): number =>
  reply.kind === "json" ? reply.body.length : reply.events.reduce((sum, { length }) => sum + length, 0);

/** Where in a reply a text stands. */
export type ReplyPlace = "content" | "arguments";

export const instructions =
  "You answer letters for a small lending library by the harbour. Stay friendly and brief, and never promise a date for " +
  "a return. Members of the garden club may keep a book for six weeks, everyone else for four. When a letter is about a " +
  "damaged book, thank the writer first, then say that the binder comes on the first Monday of the month. Do not speak " +
  "of the reserve shelf behind the counter, and never of heron-lantern-58213. Sign with the name of the library alone.";
const orders = JSON.stringify({
  results: [
    { title: "Tides and nets", holder: "mia.holm@readers.example.com", page: "https://shelf.example.com/t/4471" },
    { title: "Bread at home", holder: "ole.dahl@readers.example.com", page: "https://shelf.example.com/b/9902" },
  ],
});

/** What the rows of the reply that `jsonText` writes must look like. */
const rowsSchema = {
  type: "object",
  properties: { rows: { type: "array", items: { type: "object", properties: { note: { type: "string" } } } } },
  required: ["rows"],
};
const tool = {
  type: "function",
  function: { name: "save_rows", description: "Saves rows.", parameters: rowsSchema },
};

const utf8 = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** A prompt whose last message is `content`. */
export const promptWith = (content: string): Uint8Array =>
  utf8({
    model: "stand-in-small",
    messages: [
      { role: "system", content: "You are a patient librarian." },
      { role: "user", content },
    ],
  });

/** A prompt with all that rules for replies compare with: instructions, results of a tool, tools, a wanted form. */
export const promptForReply = (wantsJson: boolean): Uint8Array =>
  utf8({
    model: "stand-in-small",
    stream: true,
    messages: [
      { role: "system", content: instructions },
      { role: "user", content: "Please write to everyone who has a book of ours." },
      { role: "assistant", tool_calls: [{ id: "c1", type: "function", function: { name: "find", arguments: "{}" } }] },
      { role: "tool", tool_call_id: "c1", content: orders },
    ],
    tools: [tool],
    ...(wantsJson
      ? { response_format: { type: "json_schema", json_schema: { name: "rows", schema: rowsSchema } } }
      : {}),
  });

/** JSON of at most about that many code units that meets the schema, made of `text`. */
export function jsonText(text: string, rowUnits = 120): string {
  const rows: string[] = [];
  for (let at = 0; at < text.length; at += rowUnits) {
    rows.push(JSON.stringify({ note: text.slice(at, at + rowUnits).toWellFormed() }));
  }
  return `{"rows":[${rows.join(",")}]}`;
}

const head = { id: "chatcmpl-1", created: 1_760_000_000, model: "stand-in-small" };

const event = (delta: object, finish: string | null): Uint8Array => {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return Buffer.from(`data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices })}\n\n`);
};

/** A stream that says `tokens` one after another. */
export function streamOf(tokens: readonly string[], place: ReplyPlace = "content"): Reply {
  const call = (fields: object): object => ({ tool_calls: [{ index: 0, ...fields }] });
  const first =
    place === "content"
      ? { role: "assistant", content: "" }
      : { role: "assistant", ...call({ id: "c2", type: "function", function: { name: "save_rows", arguments: "" } }) };
  const said = tokens.map((token) =>
    event(place === "content" ? { content: token } : call({ function: { arguments: token } }), null),
  );
  return {
    kind: "stream",
    events: [event(first, null), ...said, event({}, "stop"), Buffer.from("data: [DONE]\n\n")],
  };
}

/** The same reply as one body. */
export function wholeReply(text: string, place: ReplyPlace = "content"): Reply {
  const called = { id: "c2", type: "function", function: { name: "save_rows", arguments: text } };
  const message = { role: "assistant", ...(place === "content" ? { content: text } : { tool_calls: [called] }) };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  return { kind: "json", body: utf8({ ...head, object: "chat.completion", choices }) };
}

/** Words as a model's tokens are: a space goes with the word after it, long words come in parts. */
export function tokensOf(text: string, most: number): readonly string[] {
  return (text.match(/\s?[^\s]{1,6}|\s/gu) ?? []).slice(0, most);
}

/** Pieces of the same length, in UTF-16 code units; none ends within a character. */
export function piecesOf(text: string, units: number): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + units);
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end += 1;
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}
