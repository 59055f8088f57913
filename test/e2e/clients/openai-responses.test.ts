// The official client's Responses API through the real Envoy: what works without the guard works with it, and what the guard
// changes still has the form that the client knows. Upstream is a script: what it says is what the documentation shows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI, { APIError, BadRequestError, RateLimitError } from "openai";
import type { Response, ResponseStreamEvent } from "openai/resources/responses/responses";
import type { Reply } from "../../matrix/wire.ts";
import { address, type Call, framed, json, none, sentence, Site, standInOf } from "./site.ts";

const model = "gpt-5-mini";

let site: Site;
let client: OpenAI;

before(async () => {
  site = await Site.open();
  client = site.system.client();
});
after(() => site[Symbol.asyncDispose]());

const response = (output: readonly object[], more: object = {}): object => ({
  id: "resp_68e1",
  object: "response",
  created_at: 1760000000,
  status: "completed",
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  model,
  output,
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: "auto",
  tools: [],
  top_p: 1,
  usage: {
    input_tokens: 9,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 14,
  },
  ...more,
});
const said = (text: string): object => ({ type: "output_text", text, annotations: [], logprobs: [] });
const message = (...content: readonly object[]) => ({
  id: "msg_1",
  type: "message",
  status: "completed",
  role: "assistant",
  content,
});
const reasoning = (text: string) => ({ id: "rs_1", type: "reasoning", summary: [{ type: "summary_text", text }] });
const functionCall = (args: string) => ({
  id: "fc_1",
  type: "function_call",
  status: "completed",
  call_id: "call_1",
  name: "write",
  arguments: args,
});

type Event = readonly [type: string, more: object];
const sse = (...events: readonly Event[]): Reply =>
  framed(
    "text/event-stream; charset=utf-8",
    events.map(
      ([type, more], index) => `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: index, ...more })}\n\n`,
    ),
  );

/** The life of one item: begun, grown, told whole, ended. */
const textEvents = (output_index: number, ...pieces: readonly string[]): readonly Event[] => {
  const at = { item_id: "msg_1", output_index, content_index: 0 };
  const text = pieces.join("");
  return [
    ["response.output_item.added", { output_index, item: { ...message(), status: "in_progress" } }],
    ["response.content_part.added", { ...at, part: said("") }],
    ...pieces.map((delta): Event => ["response.output_text.delta", { ...at, delta, logprobs: [], obfuscation: "x1" }]),
    ["response.output_text.done", { ...at, text, logprobs: [] }],
    ["response.content_part.done", { ...at, part: said(text) }],
    ["response.output_item.done", { output_index, item: message(said(text)) }],
  ];
};
const summaryEvents = (output_index: number, ...pieces: readonly string[]): readonly Event[] => {
  const at = { item_id: "rs_1", output_index, summary_index: 0 };
  const text = pieces.join("");
  return [
    ["response.output_item.added", { output_index, item: { ...reasoning(""), summary: [] } }],
    ["response.reasoning_summary_part.added", { ...at, part: { type: "summary_text", text: "" } }],
    ...pieces.map((delta): Event => ["response.reasoning_summary_text.delta", { ...at, delta }]),
    ["response.reasoning_summary_text.done", { ...at, text }],
    ["response.reasoning_summary_part.done", { ...at, part: { type: "summary_text", text } }],
    ["response.output_item.done", { output_index, item: reasoning(text) }],
  ];
};
const callEvents = (output_index: number, ...pieces: readonly string[]): readonly Event[] => {
  const at = { item_id: "fc_1", output_index };
  const args = pieces.join("");
  return [
    ["response.output_item.added", { output_index, item: { ...functionCall(""), status: "in_progress" } }],
    ...pieces.map((delta): Event => ["response.function_call_arguments.delta", { ...at, delta }]),
    ["response.function_call_arguments.done", { ...at, arguments: args }],
    ["response.output_item.done", { output_index, item: functionCall(args) }],
  ];
};
const whole = (output: readonly object[], ...events: readonly (readonly Event[])[]): Reply => {
  const begun = response([], { status: "in_progress", usage: null });
  return sse(
    ["response.created", { response: begun }],
    ["response.in_progress", { response: begun }],
    ...events.flat(),
    ["response.completed", { response: response(output) }],
  );
};

const ask = (input: string) => ({ model, input });
/** All events of a raw stream. */
async function raw(input: string, call: Call): Promise<readonly ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of await client.responses.create({ ...ask(input), stream: true }, call)) events.push(event);
  return events;
}
const gathered = (input: string, call: Call): Promise<Response> =>
  client.responses.stream(ask(input), call).finalResponse();
const refusalOf = ({ output }: Response): string => {
  const last = output.at(-1);
  const [part] = last?.type === "message" ? last.content : [];
  return part?.type === "refusal" ? part.refusal : "";
};

test("a plain response arrives as it was sent, whole, streamed and fetched later", async () => {
  const output = [reasoning("Hm, a gate."), message(said("A guarded door.")), functionCall('{"to": "gate"}')];
  const sent = response(output);
  const call = site.answered(() => json(sent));
  const got = await client.responses.create(ask("What is a sally port?"), call);
  assert.equal(got.output_text, "A guarded door.");
  assert.deepEqual(got.output, output);
  assert.deepEqual(JSON.parse(call.heard?.body ?? ""), ask("What is a sally port?"));

  const events = [
    ...summaryEvents(0, "Hm, ", "a gate."),
    ...textEvents(1, "A guarded", " door."),
    ...callEvents(2, '{"to": ', '"gate"}'),
  ];
  const streamed = await raw(
    "And?",
    site.answered(() => whole(output, events)),
  );
  assert.deepEqual(
    streamed.slice(2, -1),
    events.map(([type, more], index) => ({ type, sequence_number: index + 2, ...more })),
  );
  const last = await gathered(
    "And?",
    site.answered(() => whole(output, events)),
  );
  assert.equal(last.output_text, "A guarded door.");

  const later = await client.responses.retrieve(
    "resp_68e1",
    {},
    site.answered(() => json(sent)),
  );
  assert.deepEqual(later.output, output);
  const replayed: string[] = [];
  const replay = await client.responses.retrieve(
    "resp_68e1",
    { stream: true, starting_after: 3, include: ["reasoning.encrypted_content"] },
    site.answered(() => whole(output, events)),
  );
  for await (const { type } of replay) replayed.push(type);
  assert.equal(replayed.at(-1), "response.completed");
});

test("what stands beside: counting, compaction, the items of a response, its end", async () => {
  const counted = site.answered(() => json({ object: "response.input_tokens", input_tokens: 11 }));
  assert.equal((await client.responses.inputTokens.count(ask("How long is this?"), counted)).input_tokens, 11);
  const compacted = { id: "resp_2", object: "response.compaction", created_at: 1, output: [message(said("A"))] };
  assert.deepEqual(
    (
      await client.responses.compact(
        ask("Short, please."),
        site.answered(() => json(compacted)),
      )
    ).output,
    compacted.output,
  );
  const items = { object: "list", data: [message(said("A"))], first_id: "msg_1", last_id: "msg_1", has_more: false };
  const list = await client.responses.inputItems.list(
    "resp_68e1",
    { limit: 5 },
    site.answered(() => json(items)),
  );
  assert.deepEqual(list.data, items.data);
  const stopped = site.answered(() => json(response([], { status: "cancelled" })));
  assert.equal((await client.responses.cancel("resp_68e1", stopped)).status, "cancelled");
  await client.responses.delete(
    "resp_68e1",
    site.answered(() => json({ id: "resp_68e1", object: "response.deleted", deleted: true })),
  );
});

test("a blocked prompt is the client's own error, once", async (t) => {
  const kinds = [
    ["zebrastripe", BadRequestError, 400, "This content is not allowed by the policy here."],
    ["giraffeneck", RateLimitError, 429, "Not now."],
  ] as const;
  for (const [word, kind, status, words] of kinds) {
    const input = `a ${word}`;
    const calls: Readonly<Record<string, (call: Call) => Promise<unknown>>> = {
      whole: (call) => client.responses.create(ask(input), call),
      streamed: (call) => raw(input, call),
      gathered: (call) => gathered(input, call),
      parsed: (call) => client.responses.parse(ask(input), call),
      counted: (call) => client.responses.inputTokens.count(ask(input), call),
      compacted: (call) => client.responses.compact(ask(input), call),
    };
    for (const [name, asking] of Object.entries(calls)) {
      await t.test(`${status}, ${name}`, async () => {
        const before = await site.exchanges();
        const call = site.answered(() => json(response([message(said("hi"))])));
        await assert.rejects(asking(call), (error) => {
          assert.ok(error instanceof kind);
          assert.deepEqual([error.status, error.code], [status, "content_filter"]);
          assert.ok(error.message.includes(`${words} (reference `));
          assert.doesNotMatch(error.message, /zebra|giraffe|banned|keyword/);
          return true;
        });
        assert.equal(call.heard, null);
        assert.equal(await site.exchanges(), before + 1);
      });
    }
  }
});

test("a refused prompt is a response that says so, whole, streamed, and where JSON was asked for", async () => {
  const format = { type: "json_schema", name: "answer", schema: { type: "object" }, strict: true } as const;
  const told = [
    await client.responses.create(ask("a lionsmane"), site.answered(none)),
    await client.responses.parse({ ...ask("a lionsmane"), text: { format } }, site.answered(none)),
    await gathered("a lionsmane", site.answered(none)),
  ];
  for (const one of told) {
    assert.deepEqual([one.status, one.model, one.error, one.output.length], ["completed", model, null, 1]);
    assert.match(refusalOf(one), sentence);
    assert.equal(one.output_text, "");
    assert.equal(one.usage?.output_tokens, 0);
  }
  const events = await raw("a lionsmane", site.answered(none));
  assert.deepEqual(
    events.map(({ sequence_number }) => sequence_number),
    events.map((_, index) => index),
  );
  assert.equal(events.at(-1)?.type, "response.completed");
});

test("a blocked reply is a response that says so, also one that is fetched later", async () => {
  const bad = json(response([message(said("it is zebrastripe"))]));
  const told = [
    await client.responses.create(
      ask("Hi"),
      site.answered(() => bad),
    ),
    await client.responses.retrieve(
      "resp_68e1",
      {},
      site.answered(() => bad),
    ),
  ];
  for (const one of told) {
    assert.equal(one.status, "completed");
    assert.match(refusalOf(one), sentence);
  }
});

test("a reply cut in mid-stream ends in good form, wherever it is", async (t) => {
  const opening = Array.from({ length: 200 }, (_, index) => `word${index} `);
  const bad = "zebrastripe is the word";
  const cases: Readonly<Record<string, Reply>> = {
    "before any text": whole([], textEvents(0, bad)),
    "in a text": whole([], textEvents(0, ...opening, bad)),
    "in a text after reasoning": whole([], summaryEvents(0, "First, a thought"), textEvents(1, ...opening, bad)),
    "in reasoning": whole([], summaryEvents(0, ...opening, bad)),
    "in arguments": whole([], textEvents(0, "First."), callEvents(1, '{"to": "', ...opening, bad, '"}')),
    "at the end alone": whole([message(said(`First. ${bad}`))], textEvents(0, "First.")),
  };
  for (const [where, reply] of Object.entries(cases)) {
    await t.test(where, async () => {
      const last = await gathered(
        "Go on",
        site.answered(() => reply),
      );
      assert.equal(last.status, "incomplete");
      assert.equal(last.incomplete_details?.reason, "content_filter");
      assert.match(refusalOf(last), sentence);
      const events = await raw(
        "Go on",
        site.answered(() => reply),
      );
      assert.doesNotMatch(JSON.stringify([last, events]), /zebra|is the word/);
      assert.equal(events.at(-1)?.type, "response.incomplete");
      assert.deepEqual(
        events.map(({ sequence_number }) => sequence_number),
        events.map((_, index) => index),
      );
      const ended = new Set(
        events.flatMap((event) => (event.type === "response.output_item.done" ? [event.output_index] : [])),
      );
      for (const event of events) {
        if (event.type !== "response.output_item.added" || event.item.type === "function_call") continue;
        assert.ok(ended.has(event.output_index), "each message and thought that began has ended");
      }
      if (where === "in arguments") assert.ok(!ended.has(1), "a call that was cut has no end");
    });
  }
});

test("what a reply may not say is masked each time it is told, in arguments too", async () => {
  const args = '{"to": "the yellowbrick road", "times": 2}';
  const output = [reasoning("the yellowbrick"), message(said("a yellowbrick road")), functionCall(args)];
  const body = json(response(output));
  const events = whole(
    output,
    summaryEvents(0, "the yellow", "brick"),
    textEvents(1, "a yel", "lowbric", "k road"),
    callEvents(2, '{"to": "the yell', "owbr", 'ick road", "times": 2}'),
  );
  const told = [
    await client.responses.create(
      ask("Hi"),
      site.answered(() => body),
    ),
    await gathered(
      "Hi",
      site.answered(() => events),
    ),
  ];
  for (const one of told) {
    assert.match(one.output_text, /^a \[[A-Z-]+\] road$/);
    const call = one.output.find((item) => item.type === "function_call");
    assert.match(call?.arguments ?? "", /^\{"to": "the \[[A-Z-]+\] road", "times": 2\}$/);
    assert.doesNotMatch(JSON.stringify(one), /yellow/);
  }
  const texts = await raw(
    "Hi",
    site.answered(() => events),
  );
  assert.doesNotMatch(JSON.stringify(texts), /yellow|owbr|lowbric/);
  const deltas = texts.map((event) => (event.type === "response.output_text.delta" ? event.delta : "")).join("");
  assert.match(deltas, /^a \[[A-Z-]+\] road$/);
});

test("the model sees a stand-in, and the client its own words: whole, streamed and in arguments", async () => {
  const outputOf = (name: string) => [
    message(said(`To ${name}: done.`)),
    functionCall(JSON.stringify({ to: [name], body: 'Dear "A",\n' })),
  ];
  const calls = [
    site.answered((heard) => json(response(outputOf(standInOf(heard))))),
    site.answered((heard) => {
      const name = standInOf(heard);
      const args = JSON.stringify({ to: [name], body: 'Dear "A",\n' });
      return whole(
        outputOf(name),
        textEvents(0, `To ${name.slice(0, 4)}`, name.slice(4), ": done."),
        callEvents(1, args.slice(0, 12), args.slice(12, 20), args.slice(20)),
      );
    }),
  ] as const;
  const input = `Write to ${address}.`;
  const told = [await client.responses.create(ask(input), calls[0]), await gathered(input, calls[1])];
  for (const one of told) {
    assert.equal(one.output_text, `To ${address}: done.`);
    const call = one.output.find((item) => item.type === "function_call");
    assert.deepEqual(JSON.parse(call?.arguments ?? ""), { to: [address], body: 'Dear "A",\n' });
  }
});

test("the provider's own errors pass as they are", async (t) => {
  const error = { type: "server_error", code: "server_error", message: "Overloaded", param: null };
  const passed = (thrown: unknown): boolean => {
    assert.ok(thrown instanceof APIError);
    assert.match(thrown.message, /Overloaded/);
    return true;
  };
  await t.test("whole", () => {
    const call = site.answered(() => json({ error }, { status: 503 }));
    return assert.rejects(client.responses.create(ask("Hi"), { ...call, maxRetries: 0 }), passed);
  });
  await t.test("in mid-stream", async () => {
    const events: readonly Event[] = [
      ["response.created", { response: response([], { status: "in_progress" }) }],
      ...textEvents(0, "Well,"),
      ["error", { error }],
    ];
    await assert.rejects(
      gathered(
        "Hi",
        site.answered(() => sse(...events)),
      ),
      passed,
    );
  });
});
