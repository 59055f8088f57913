/**
 * No silent bypass: in any body, each string and key is a piece, or stands where the list below says that it is
 * protocol or counted. The list is written apart from the tables, so that a slip in one shows in the other.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type JsonNode, parseJson } from "../../src/content/json/parse.ts";
import { applyEdits, dropValue, planEdits, replaceText } from "../../src/content/json/splice.ts";
import { createDialects, findOperation } from "../../src/content/index.ts";
import type { Extraction, Operation } from "../../src/domain/dialect.ts";
import { cutAt, cuts, jsonText, stringLiteral } from "./json-text.ts";
import { runAtOnce } from "../../src/stdx/paced.ts";

const posted = { method: "POST", query: "", contentType: "application/json", contentEncoding: null };

function operationAt(path: string): Operation {
  for (const dialect of createDialects()) {
    const operation = dialect.match({ ...posted, path });
    if (operation !== null) return operation;
  }
  throw new Error(path);
}
const chat = operationAt("/v1/chat/completions");
const completion = operationAt("/v1/completions");
const embedding = operationAt("/v1/embeddings");

/** Names of members, as the tables know them and as they do not. */
const names = [
  ..."model stream messages role content type text refusal image_url url detail input_audio data format file file_data".split(
    " ",
  ),
  ..."file_id filename name tool_calls function arguments id index custom input function_call tool_call_id tools user".split(
    " ",
  ),
  ..."reasoning reasoning_content reasoning_details summary signature metadata stop prediction response_format".split(
    " ",
  ),
  ..."json_schema prompt suffix choices message delta logprobs token tokens top_logprobs bytes finish_reason usage".split(
    " ",
  ),
  ..."error code param object created embedding audio transcript annotations url_citation title token_ids images".split(
    " ",
  ),
  ..."thinking documents document source executed_tools output search_results results citations context intent".split(
    " ",
  ),
  ..."plugins search_prompt web_search_options user_location data_sources parameters guided_json prompt_logprobs".split(
    " ",
  ),
  ..."decoded_token rank content_filter_results citation license moderation detail x_groq".split(" "),
  ..."unknown constructor __proto__ toString".split(" "),
];
const texts = [
  "hello",
  "two words",
  "bob@example.com",
  "data:image/png;base64,AAAA",
  "https://a.example/x",
  "AAAA",
  "user",
  "tool",
  "",
];

/** JSON with the members of the dialect in any shape, more often in the right one. */
const anyBody: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "medium" },
    fc.constantFrom(...texts),
    fc.constantFrom(null, true, 1, -0.5),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

const text = fc.constantFrom(...texts);
const part = fc.record(
  {
    type: text,
    text,
    file: fc.record({ filename: text, file_data: text, file_id: text }),
    image_url: fc.record({ url: text }),
    input_audio: fc.record({ data: text }),
  },
  { requiredKeys: [] },
);
const vectors = fc.array(fc.record({ object: text, embedding: fc.oneof(text, fc.constant([0.5, -1])) }), {
  maxLength: 2,
});
const content = fc.oneof(text, fc.array(fc.oneof(part, anyBody), { maxLength: 3 }), anyBody);
const calls = fc.array(
  fc.record({ index: fc.nat(3), id: text, function: fc.record({ name: text, arguments: content }) }),
  { maxLength: 2 },
);
const message = fc.record(
  { role: text, content, name: text, refusal: text, tool_calls: calls, reasoning: text, extra: anyBody },
  { requiredKeys: [], noNullPrototype: true },
);
const chatRequest = fc.record(
  {
    model: text,
    messages: fc.array(fc.oneof(message, anyBody), { maxLength: 3 }),
    user: text,
    unknown: anyBody,
    tool_choice: anyBody,
  },
  { requiredKeys: [], noNullPrototype: true },
);
const tokenScore = fc.record(
  { token: text, logprob: fc.constant(-1), bytes: anyBody, top_logprobs: anyBody },
  { requiredKeys: ["token"] },
);
const logprobs = fc.oneof(
  fc.record({ content: fc.array(tokenScore, { maxLength: 3 }), refusal: anyBody }, { requiredKeys: [] }),
  fc.record({ tokens: fc.array(text, { maxLength: 3 }), top_logprobs: anyBody }, { requiredKeys: [] }),
  anyBody,
);
const oneChoice = fc.record(
  { index: fc.nat(3), message, delta: message, text, logprobs, finish_reason: text, extra: anyBody },
  { requiredKeys: [], noNullPrototype: true },
);
const reply = fc.record(
  {
    id: text,
    model: text,
    choices: fc.array(fc.oneof(oneChoice, anyBody), { maxLength: 3 }),
    usage: anyBody,
    data: fc.oneof(vectors, anyBody),
    error: anyBody,
    more: anyBody,
  },
  { requiredKeys: [], noNullPrototype: true },
);
const anyReply = fc.oneof(reply, anyBody);
const anyRequest = fc.oneof(chatRequest, anyBody);

const spokenProtocol = String.raw`role|tool_call_id|prefix|partial|tool_calls/\d+/(id|type|index)|reasoning_details/\d+/(type|id|format|index)`;
const partMembers = "type|cache_control|prompt_cache_breakpoint|uuid|closed|reference_ids|file_id";
const partProtocol = String.raw`(content|images)/\d+/(${partMembers}|thinking/\d+/(type|reference_ids)|image_url/detail|input_audio/format|file/file_id|document/id)`;
const pageProtocol = String.raw`(results/|images/)?\d+/(score|date|last_updated|live_view_url|source)`;
const lookedProtocol = String.raw`\d+/(filepath|chunk_id|original_search_score|rerank_score|filter_reason|data_source_index)`;
const executedProtocol = String.raw`executed_tools/\d+/(index|type|id|(search_results|browser_results)/${pageProtocol})`;
const annotationProtocol = String.raw`annotations/\d+/(type|url_citation/(start_index|end_index)|document_citation|function_citation|file/(hash|content/\d+/(${partMembers}|thinking/\d+/(type|reference_ids)|image_url/detail|input_audio/format|file/file_id|document/id)))`;
const messageProtocol = String.raw`${spokenProtocol}|${partProtocol}|audio/(id|expires_at|format)|${annotationProtocol}|${executedProtocol}|context/(citations|all_retrieved_documents)/${lookedProtocol}|end_turn`;
const errorProtocol = "error/(type|code|param|status|innererror)";
const filterProtocol =
  "content_filter_results?/(hate|self_harm|sexual|violence|jailbreak|protected_material_code/(filtered|detected)|error/code)|content_filter_offsets";
const toldProtocol = String.raw`prompt_logprobs/\d+/[^/]+/(logprob|rank)|${filterProtocol}`;
const replyProtocol = String.raw`/choices/\d+/(index|finish_reason|native_finish_reason|stop_reason|matched_stop|(message|delta)/(${messageProtocol})|${errorProtocol}|${toldProtocol}|logprobs/.*(logprob|bytes|token_logprobs|text_offset))`;
const topProtocol = String.raw`type|code|param|${errorProtocol}|${toldProtocol}|moderation/[^/]+/(type|model|results|code)|x_groq/(id|usage|seed|usage_breakdown|debug|${errorProtocol})|citations/${lookedProtocol}|search_results/${pageProtocol}|prompt_filter_results/\d+/(prompt_index|${filterProtocol})`;
const settings = [
  "model|stream|stream_options|temperature|top_p|top_k|min_p|n|best_of|max_tokens|max_completion_tokens",
  "presence_penalty|frequency_penalty|repetition_penalty|logit_bias|logprobs|top_logprobs|seed|service_tier|store",
  "parallel_tool_calls|modalities|reasoning_effort|verbosity|prompt_cache_key|prompt_cache_options",
  "prompt_cache_retention|safety_identifier|echo|dimensions|encoding_format|moderation|usage|prompt_logprobs|thinking|reasoning",
].join("|");
const documentProtocol = String.raw`documents/\d+/(id|doc_id|type|score|source/type|data/(id|doc_id|type|score))`;
const toolProtocol = String.raw`web_search_options/search_context_size|plugins/\d+/(id|enabled|max_results|engine|pdf)|data_sources/\d+/(type|parameters/(index_name|query_type|in_scope|strictness))`;

/** Where short tokens pass unjudged. */
const protocolPlaces = {
  request: new RegExp(
    String.raw`^/(${settings}|tool_choice|function_call|audio/(voice|format)|response_format/type|agent_id|prediction/type|prediction/${partProtocol}|${documentProtocol}|${toolProtocol}|messages/\d+/(${spokenProtocol}|${partProtocol}|audio/id))(/|$)`,
  ),
  reply: new RegExp(
    String.raw`^(/(id|object|created|model|system_fingerprint|service_tier|provider|obfuscation|usage|request_id|${topProtocol})|/data/\d+/(object|index)|${replyProtocol})(/|$)`,
  ),
};
/** What is counted, whatever it is. */
const countedPlaces =
  /^\/(tools|functions|guided_json|response_format\/(json_schema|schema)|prompt_embeds|prompt_token_ids|choices\/\d+\/token_ids)(\/|$)/;
/** Media in base64: counted, never judged. */
const mediaPlaces =
  /(input_audio(\/data)?|\/content\/\d+\/signature|file\/file_data|audio\/data|reasoning_details\/\d+\/(data|signature)|(image_url|video_url|audio_url)(\/url)?|(url_citation|(citations|results|images|search_results)\/\d+)\/url|(citations|images)\/\d+|protected_material_code\/citation\/URL|\/embedding)$/;

const isShort = (value: string): boolean => value.length <= 128 && /^[A-Za-z0-9_.:/-]*$/.test(value);
const isMedia = (value: string): boolean => /^(data:[^,]*;base64,)?[A-Za-z0-9+/_=-]*$/i.test(value);

type Standing = { readonly value: string; readonly pointer: string; readonly start: number; readonly key: boolean };

function strings(node: JsonNode, pointer = ""): readonly Standing[] {
  if (node.kind === "string") return [{ value: node.value, pointer, start: node.span.start, key: false }];
  if (node.kind === "list") return node.items.flatMap((item, position) => strings(item, `${pointer}/${position}`));
  if (node.kind !== "object") return [];
  return node.members.flatMap(({ key, keySpan, value }) => {
    const below = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    return [{ value: key, pointer: below, start: keySpan.start, key: true }, ...strings(value, below)];
  });
}

/** Strings that are no piece although nothing says why. */
function bypasses(body: string, extraction: Extraction, stage: "request" | "reply"): string[] {
  const root = parseJson(body);
  assert.ok(root.ok);
  const judged = new Set(extraction.pieces.map(({ literal }) => literal.start));
  const sources = extraction.pieces.filter(({ writing }) => writing === "raw").map(({ literal }) => literal);
  const isWithin = (at: number): boolean => sources.some(({ start, end }) => start <= at && at < end);
  return strings(root.value.root)
    .filter(({ value, pointer, start, key }) => {
      if (judged.has(start) || isWithin(start) || countedPlaces.test(pointer)) return false;
      // A name that the tables know is no text. Elsewhere every key is judged.
      if (key && (names.includes(value) || isShort(value))) return !knownKey(pointer, stage);
      if (protocolPlaces[stage].test(pointer)) return !isShort(value);
      return !(mediaPlaces.test(pointer) && isMedia(value));
    })
    .map(({ pointer, value }) => `${pointer} ${value}`);
}

/** Keys that may go unjudged: each step names a member of its table. */
const known = {
  request: new RegExp(
    String.raw`^/(${settings}|messages|user|metadata|stop|prediction|tools|functions|tool_choice|function_call|audio|response_format|prompt|suffix|input|prompt_token_ids|prompt_embeds|documents|web_search_options|plugins|data_sources|guided_json)($|/)`,
  ),
  reply:
    /^\/(id|object|created|model|system_fingerprint|service_tier|provider|obfuscation|usage|error|prompt_token_ids|choices|data|metadata|message|detail|type|param|code|prompt_logprobs|moderation|x_groq|citations|search_results|images|related_questions)($|\/)/,
};
const knownSteps = new Set([
  ...names.filter((name) => !["unknown", "constructor", "__proto__", "toString"].includes(name)),
  ..."logprob token_logprobs text_offset top_logprobs reasoning content refusal voice".split(" "),
]);
/** Keys that are ids. */
const isId = /^(\/choices\/\d+)?\/prompt_logprobs\/\d+\/[^/]+$|^\/moderation\/[^/]+$/;
function knownKey(pointer: string, stage: "request" | "reply"): boolean {
  if (!known[stage].test(pointer)) return false;
  const last = pointer.slice(pointer.lastIndexOf("/") + 1);
  return knownSteps.has(last) || isId.test(pointer) || protocolPlaces[stage].test(pointer);
}

const requestOf = (operation: Operation, body: string): Extraction | null => {
  const read = runAtOnce(operation.readRequest(body));
  if (!read.ok) assert.equal(read.error, "token-ids");
  return read.ok ? read.value : null;
};
const replyOf = (operation: Operation, body: string): Extraction => {
  const read = runAtOnce(operation.readReply(body));
  assert.ok(read.ok);
  return read.value;
};

describe("no string is skipped", () => {
  for (const operation of [chat, completion, embedding]) {
    it(`${operation.id}: requests`, () => {
      fc.assert(
        fc.property(anyRequest, (value) => {
          const body = JSON.stringify(value);
          const extraction = requestOf(operation, body);
          if (extraction !== null) assert.deepEqual(bypasses(body, extraction, "request"), []);
        }),
        { numRuns: 1000 },
      );
    });

    it(`${operation.id}: replies`, () => {
      fc.assert(
        fc.property(anyReply, (value) => {
          const body = JSON.stringify(value);
          assert.deepEqual(bypasses(body, replyOf(operation, body), "reply"), []);
        }),
        { numRuns: 1000 },
      );
    });
  }

  it("in JSON of no known shape every string and key is a piece", () => {
    fc.assert(
      fc.property(jsonText(), (body) => {
        const root = parseJson(body);
        assert.ok(root.ok);
        const all = strings(root.value.root).map(({ start }) => start);
        const extraction = replyOf(operationAtModels(), body);
        assert.deepEqual(
          // Long whole numbers are pieces too; they are no strings.
          extraction.pieces.map(({ literal }) => literal.start).filter((start) => body[start] === '"'),
          all,
        );
      }),
    );
  });
});

function operationAtModels(): Operation {
  const operation = findOperation(createDialects(), {
    ...posted,
    method: "GET",
    path: "/v1/models",
    contentType: null,
  });
  assert.ok(operation);
  return operation;
}

/** A text of its own at each place where the tables expect one. */
const anchored = stringLiteral.filter((literal) => /[ @é😀]/u.test(JSON.parse(literal) as string));

describe("pieces", () => {
  it("say what their literals say, in order and apart", () => {
    fc.assert(
      fc.property(anyReply, (value) => {
        const body = JSON.stringify(value);
        let end = 0;
        for (const { literal, text: said, mask, writing } of replyOf(chat, body).pieces) {
          assert.ok(literal.start >= end);
          end = literal.end;
          const source = body.slice(literal.start, literal.end);
          assert.equal(writing === "raw" ? source : JSON.parse(source), said);
          if (mask.kind === "drop") assert.ok(mask.whole.start < literal.start && literal.end < mask.whole.end);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("can be edited so that only they change, repeated keys too", () => {
    const body = fc
      .tuple(anchored, anchored, anchored, jsonText())
      .map(
        ([a, b, c, rest]) =>
          `{"choices":[{"message":{"content":${a},"content": ${b}},"x":${rest}}], "choices" :[{"text":${c},"logprobs":{"tokens":[${a},${b}]}}]}`,
      );
    fc.assert(
      fc.property(body, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (text, chosen) => {
        const { pieces } = replyOf(completion, text);
        const picked = pieces.filter((_piece, position) => chosen[position % chosen.length]);
        const edits = planEdits(
          picked.map((piece) => (piece.mask.kind === "drop" ? dropValue(piece.mask.whole) : replaceText(piece, "[X]"))),
        );
        const after = applyEdits(text, edits);
        JSON.parse(after);
        if (picked.length === 0) assert.equal(after, text);
        assert.equal(
          withoutEdits(
            after,
            edits.map(({ text: put }) => put.length),
            edits.map(({ range }) => range),
          ),
          remove(
            text,
            edits.map(({ range }) => range),
          ),
        );
      }),
      { numRuns: 300 },
    );
  });
});

type Range = { readonly start: number; readonly end: number };

function remove(body: string, ranges: readonly Range[]): string {
  return applyEdits(
    body,
    ranges.map((range) => ({ range, text: "\0" })),
  );
}

/** The edited body with what was put in taken out again. */
function withoutEdits(after: string, lengths: readonly number[], ranges: readonly Range[]): string {
  let shift = 0;
  const put = ranges.map(({ start, end }, position): Range => {
    const length = lengths[position] as number;
    const range = { start: start + shift, end: start + shift + length };
    shift += length - (end - start);
    return range;
  });
  return remove(after, put);
}

describe("a stream of chunks", () => {
  it("gives each lane the same text however the text was divided into events", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), cuts, fc.nat(2), (said, places, index) => {
        const whole = replyOf(chat, JSON.stringify({ choices: [{ index, message: { content: said } }] }));
        const reader = chat.openStream();
        let streamed = "";
        for (const part of cutAt(said, places)) {
          const read = runAtOnce(reader.read("", JSON.stringify({ choices: [{ index, delta: { content: part } }] })));
          assert.ok(read.ok);
          for (const piece of read.value.pieces) {
            // A whole message has lanes of its own, named alike.
            assert.equal(piece.lane, whole.pieces[0]?.lane?.replace("message/", ""));
            streamed += piece.text;
          }
        }
        assert.equal(streamed, said);
      }),
    );
  });

  it("reads any JSON without skipping a string", () => {
    fc.assert(
      fc.property(fc.array(anyReply, { maxLength: 4 }), (events) => {
        const reader = chat.openStream();
        for (const event of events) {
          const data = JSON.stringify(event);
          const read = runAtOnce(reader.read("", data));
          assert.ok(read.ok);
          assert.deepEqual(bypasses(data, read.value, "reply"), []);
        }
      }),
      { numRuns: 300 },
    );
  });
});
