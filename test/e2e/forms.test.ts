// Prompts in multipart/form-data through the real Envoy, by the official client: fields are masked in place, files pass as they
// are, and what the guard answers is an error that the client knows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI, { BadRequestError, toFile } from "openai";
import { samples } from "../../src/app/demo/model-answers.ts";
import { Upstream } from "../helpers/upstream.ts";
import { System } from "./system.ts";

/** Each byte, four hundred times: more than one piece on its way. */
const audio = Buffer.from(Array.from({ length: 102_400 }, (_, at) => at % 256));

let upstream: Upstream;
let system: System;

/** Holds what did open, also where Envoy did not. */
const opened = new AsyncDisposableStack();

before(async () => {
  upstream = opened.use(await Upstream.open());
  system = opened.use(await System.open({ upstreamPort: upstream.port }));
});
after(() => opened.disposeAsync());

const client = (cell: string): OpenAI =>
  new OpenAI({ baseURL: `${system.url}/v1`, apiKey: "none", defaultHeaders: { "x-cell": cell } });

/** The model server's answer to that cell. */
function answers(cell: string, type: string, body: string): void {
  upstream.script(cell, async (exchange) => {
    await exchange.body.ended;
    exchange.respond(200, { "content-type": type });
    exchange.write(body);
    exchange.end();
  });
}

async function arrived(cell: string): Promise<{ readonly bytes: Buffer; readonly fields: FormData }> {
  const { body, headers } = await upstream.exchange(cell);
  const bytes = body.bytes();
  assert.equal(headers["content-length"] ?? String(bytes.length), String(bytes.length));
  const type = String(headers["content-type"]);
  return { bytes, fields: await new Response(bytes, { headers: { "content-type": type } }).formData() };
}

test("a key in the prompt of a transcription never gets to the model; the recording does, byte for byte", async () => {
  answers("redacted", "application/json", JSON.stringify({ text: "Mara is on call. Write to mara@example.com." }));
  const file = await toFile(audio, "on call (1).mp3", { type: "audio/mpeg" });
  const prompt = `The key is ${samples.key}, said Zoë.`;
  const reply = await client("redacted").audio.transcriptions.create({ model: "whisper-1", file, prompt });
  assert.equal(reply.text, "Mara is on call. Write to [EMAIL].");
  const { bytes, fields } = await arrived("redacted");
  assert.equal(bytes.includes(samples.key), false);
  assert.equal(fields.get("prompt"), "The key is [AWS-ACCESS-KEY], said Zoë.");
  assert.equal(fields.get("model"), "whisper-1");
  const sent = fields.get("file");
  assert.ok(sent instanceof File);
  assert.equal(sent.name, "on call (1).mp3");
  assert.deepEqual(Buffer.from(await sent.arrayBuffer()), audio);
});

test("a keyword in the prompt of a transcription is an error that the client knows, tried once", async () => {
  answers("blocked", "application/json", JSON.stringify({ text: "no" }));
  const file = await toFile(audio, "a.mp3", { type: "audio/mpeg" });
  const asked = client("blocked").audio.transcriptions.create({ model: "whisper-1", file, prompt: "acme-internal" });
  await assert.rejects(
    asked,
    (error) => error instanceof BadRequestError && error.status === 400 && error.code === "content_filter",
  );
  assert.equal(upstream.count("blocked"), 0);
});

test("a transcription that streams is masked as it comes", async () => {
  const events = [
    { type: "transcript.text.delta", delta: "Write to mara@exam" },
    { type: "transcript.text.delta", delta: "ple.com." },
    { type: "transcript.text.done", text: "Write to mara@example.com." },
  ];
  answers("stream", "text/event-stream", events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
  const file = await toFile(audio, "a.mp3", { type: "audio/mpeg" });
  const stream = await client("stream").audio.transcriptions.create({
    model: "gpt-4o-transcribe",
    file,
    stream: true,
  });
  let text = "";
  let done = "";
  for await (const event of stream) {
    if (event.type === "transcript.text.delta") text += event.delta;
    if (event.type === "transcript.text.done") done = event.text;
  }
  assert.deepEqual([text, done], ["Write to [EMAIL].", "Write to [EMAIL]."]);
});

test("a prompt for an image's edit is masked beside its pictures", async () => {
  answers("image", "application/json", JSON.stringify({ created: 1, data: [{ b64_json: "AAAA" }] }));
  const image = [
    await toFile(audio, "a.png", { type: "image/png" }),
    await toFile(audio, "b.png", { type: "image/png" }),
  ];
  await client("image").images.edit({ model: "gpt-image-1", image, prompt: `write ${samples.key} on it` });
  const { fields } = await arrived("image");
  assert.equal(fields.get("prompt"), "write [AWS-ACCESS-KEY] on it");
  for (const sent of fields.getAll("image[]")) {
    assert.ok(sent instanceof File);
    assert.deepEqual(Buffer.from(await sent.arrayBuffer()), audio);
  }
  assert.equal(fields.getAll("image[]").length, 2);
});

test("a file that is text is masked on its way up", async () => {
  answers("file", "application/json", JSON.stringify({ id: "file-1", object: "file", filename: "a.jsonl" }));
  const lines = `{"text":"the key is ${samples.key}"}\n`;
  await client("file").files.create({ file: await toFile(Buffer.from(lines), "a.jsonl"), purpose: "batch" });
  const sent = (await arrived("file")).fields.get("file");
  assert.ok(sent instanceof File);
  assert.equal(await sent.text(), '{"text":"the key is [AWS-ACCESS-KEY]"}\n');
});
