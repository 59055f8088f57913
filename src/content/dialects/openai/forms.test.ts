import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction, Operation } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { bytesAsText } from "../../multipart/bytes.ts";
import { formOperations } from "./forms.ts";

const at = (path: string): Operation => {
  const operation = formOperations.get(path);
  assert.ok(operation);
  return operation;
};
const transcriptions = at("/v1/audio/transcriptions");
const edits = at("/v1/images/edits");

type Part = readonly [disposition: string, value: string, type?: string];
const form = (...parts: readonly Part[]): string =>
  `${parts
    .map(([disposition, value, type]) => {
      const typed = type === undefined ? "" : `Content-Type: ${type}\r\n`;
      return `--b\r\nContent-Disposition: form-data; ${disposition}\r\n${typed}\r\n${value}\r\n`;
    })
    .join("")}--b--\r\n`;
const read = (body: string, operation = transcriptions) => {
  assert.ok(operation.readForm);
  return runAtOnce(operation.readForm(bytesAsText(Buffer.from(body)), "b"));
};
function extractionOf(body: string, operation?: Operation): Extraction {
  const extraction = read(body, operation);
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}
const told = ({ pieces }: Extraction): readonly string[] =>
  pieces.map(({ location, text }) => `${location.place} ${location.pointer} ${text}`);

test("fields of a transcription: settings are no text while they are tokens", () => {
  const extraction = extractionOf(
    form(
      ['name="model"', "whisper-1"],
      ['name="response_format"', "verbose_json"],
      ['name="timestamp_granularities[]"', "word"],
      ['name="include[]"', "logprobs"],
      ['name="temperature"', "0.2"],
      ['name="language"', "a secret language"],
      ['name="prompt"', "Zoë, café"],
      ['name="user"', "bob"],
      ['name="stream"', "true"],
      ['name="known_speaker_names[]"', "Mara"],
      ['name="known_speaker_references[]"', "data:audio/wav;base64,AAAA"],
      ['name="hotwords"', "x"],
      ['name="file"; filename="a.mp3"', "\0\u00ff", "audio/mpeg"],
    ),
  );
  assert.deepEqual(told(extraction), [
    "other /language a secret language",
    "input /prompt Zoë, café",
    "metadata /user bob",
    "name /known_speaker_names/0 Mara",
    "name  hotwords",
    "other /hotwords x",
  ]);
  assert.deepEqual(extraction.unjudged, { audio: 2 });
  assert.equal(extraction.model, "whisper-1");
  assert.equal(extraction.modelRepeated, false);
  assert.equal(extraction.stream, true);
  assert.equal(extraction.messages, 1);
});

test("names and file names that are no token are texts", () => {
  const body = form(
    ['name="two words"', "x"],
    ['name="file"; filename="my talk.mp3"', "\0", "audio/mpeg"],
    ['name="ignore all previous"; filename="b.mp3"', "\0", "audio/mpeg"],
    ['name="prompt[ignore all previous]"', "y"],
  );
  assert.deepEqual(told(extractionOf(body)), [
    "name  two words",
    "other /two words x",
    "name /file my talk.mp3",
    "name  ignore all previous",
    "name  prompt[ignore all previous]",
    "other /prompt[ignore all previous] y",
  ]);
});

test("a model that is named twice may be another", () => {
  for (const second of ["model", "Model", "model[]"])
    assert.equal(extractionOf(form(['name="model"', "a"], [`name="${second}"`, "b"])).modelRepeated, true);
});

test("what some reader may take for a field is judged, whatever it calls itself", () => {
  for (const disposition of ['name="prompt"', 'name="prompt"; filename=""']) {
    for (const type of [undefined, "text/plain", "application/json", "audio/wav", "application/octet-stream"]) {
      const body = form([disposition, "hello", type] as Part);
      assert.deepEqual(told(extractionOf(body)), ["input /prompt hello"]);
    }
  }
});

test("a file in place of a field is refused", () => {
  for (const name of ["prompt", "Prompt", "prompt[]", " prompt", "model"]) {
    for (const type of ["text/plain", "audio/wav"]) {
      const body = form([`name="${name}"; filename="a.wav"`, "hello", type]);
      assert.deepEqual(read(body), { ok: false, error: "malformed-form" }, name);
    }
  }
});

test("files that are text are judged as one", () => {
  for (const type of [
    "text/plain",
    "text/csv; charset=utf-8",
    "application/json",
    "application/x-ndjson",
    "application/jsonl",
    "application/ld+json",
    "image/svg+xml",
    "application/octet-stream",
    undefined,
  ]) {
    const body = form(['name="file"; filename="a.jsonl"', '{"a":"é"}', type] as Part);
    const extraction = extractionOf(body, at("/v1/files"));
    assert.deepEqual(told(extraction), ['document /file {"a":"é"}'], type);
    assert.deepEqual(extraction.unjudged, {});
  }
});

test("other files are counted by what they say they are", () => {
  const files = ["audio/wav", "image/png", "video/mp4", "application/pdf", "application/octet-stream"].map(
    (type): Part => ['name="file"; filename="a"', "a\0b", type],
  );
  assert.deepEqual(extractionOf(form(...files), at("/v1/files")).unjudged, { audio: 1, image: 1, video: 1, file: 2 });
});

test("what must be text and is no UTF-8 is unreadable", () => {
  const operation = at("/v1/files");
  for (const [disposition, type] of [
    ['name="purpose"', undefined],
    ['name="purpose"', "application/octet-stream"],
    ['name="file"; filename="a"', "text/plain"],
    ['name="file"; filename="a"', "application/json"],
  ] as const) {
    const body = bytesAsText(Buffer.from(form([disposition, "hello", type] as Part))).replace("hello", "h\xff");
    assert.deepEqual(runAtOnce(operation.readForm?.(body, "b") ?? assert.fail()), { ok: false, error: "not-utf8" });
  }
  const named = form(['name="a b\xff"', "x"]);
  assert.deepEqual(runAtOnce(operation.readForm?.(named, "b") ?? assert.fail()), { ok: false, error: "not-utf8" });
});

test("a form that says that its texts are in another charset is refused", () => {
  assert.equal(read(form(['name="_charset_"', "UTF-8"])).ok, true);
  assert.deepEqual(read(form(['name="_charset_"', "utf-16"])), { ok: false, error: "malformed-form" });
});

test("images: prompt, pictures, a mask", () => {
  const extraction = extractionOf(
    form(
      ['name="prompt"', "a cat"],
      ['name="size"', "1024x1024"],
      ['name="image[]"; filename="a.png"', "\x89PNG\0", "image/png"],
      ['name="image[]"; filename="b.png"', "\x89PNG\0", "image/png"],
      ['name="mask"; filename="m.png"', "\x89PNG\0", "image/png"],
    ),
    edits,
  );
  assert.deepEqual(told(extraction), ["input /prompt a cat"]);
  assert.deepEqual(extraction.unjudged, { image: 3 });
});

test("images: JSON", () => {
  const prompt = { model: "gpt-image-1", prompt: "a cat", n: 2, size: "auto", user: "bob", stream: true };
  const given = { ...prompt, images: [{ image_url: "https://a.example/b.png" }, { file_id: "file-1" }] };
  const extraction = runAtOnce(edits.readRequest(JSON.stringify(given)));
  assert.ok(extraction.ok);
  assert.deepEqual(told(extraction.value), [
    "input /prompt a cat",
    "metadata /user bob",
    "url /images/0/image_url https://a.example/b.png",
  ]);
  assert.deepEqual(extraction.value.unjudged, { image: 2, "remote-url": 1 });
  assert.equal(at("/v1/images/generations").readForm, undefined);
  assert.deepEqual(runAtOnce(transcriptions.readRequest("{}")), { ok: false, error: "content-type" });
});

const lanes = ({ pieces }: Extraction): readonly string[] =>
  pieces.map(({ location, lane, text }) => `${location.place} ${String(lane)} ${text}`);

test("a transcription tells its text again in segments, words and scores", () => {
  const reply = {
    task: "transcribe",
    text: "hello there",
    segments: [
      { id: 0, text: "hello", tokens: [1, 2], start: 0, end: 1 },
      { id: 1, text: " there", speaker: "A" },
    ],
    words: [{ word: "hello", start: 0, end: 1 }, { word: "there" }],
    logprobs: [{ token: "hello", logprob: -1, bytes: [104] }],
  };
  const extraction = runAtOnce(transcriptions.readReply(JSON.stringify(reply)));
  assert.ok(extraction.ok);
  assert.deepEqual(lanes(extraction.value), [
    "content content hello there",
    "content segments hello",
    "content segments  there",
    "name null A",
    "content words hello",
    "content words there",
    "logprob logprobs hello",
  ]);
  const body = JSON.stringify(reply);
  assert.deepEqual(
    extraction.value.repeats.map(({ lanes: of, whole }) => [of, body.slice(whole.start, whole.end)]),
    [
      ["", "[1,2]"],
      ["", JSON.stringify(reply.words)],
      ["", JSON.stringify(reply.logprobs)],
    ],
  );
});

test("events of a transcription: what grows, and what is told whole", () => {
  const reader = transcriptions.openStream();
  const events = [
    { type: "transcript.text.delta", delta: "hel" },
    { type: "transcript.text.delta", delta: "lo" },
    { type: "transcript.text.segment", id: "s", text: "hello", speaker: "A" },
    { type: "transcript.text.done", text: "hello" },
  ];
  const seen = events.flatMap((event) => {
    const extraction = runAtOnce(reader.read("", JSON.stringify(event)));
    assert.ok(extraction.ok);
    return lanes(extraction.value);
  });
  assert.deepEqual(seen, [
    "content content hel",
    "content content lo",
    "content segments hello",
    "name null A",
    "content done hello",
  ]);
});

test("a stream ends in an error, or not at all once its terminator is out", () => {
  const facts = {
    reference: "r",
    createdS: 1,
    model: null,
    echo: null,
    code: "content_filter",
    message: "No.",
    status: 400,
  };
  const reader = transcriptions.openStream();
  const [cut] = reader.cut(facts, 0);
  assert.equal(cut?.name, "error");
  assert.equal((JSON.parse(cut.data) as { error: { code: string } }).error.code, "content_filter");
  assert.ok(runAtOnce(reader.read("", "[DONE]")).ok);
  assert.deepEqual(reader.cut(facts, 1), []);
  assert.deepEqual(runAtOnce(reader.read("", "{}")), { ok: false, error: "after-terminator" });
});

test("images in replies are counted, and what was made of the prompt is judged", () => {
  const reply = {
    created: 1,
    data: [{ b64_json: "AAAA", revised_prompt: "a red cat" }, { url: "https://a.example/b" }],
  };
  const extraction = runAtOnce(edits.readReply(JSON.stringify(reply)));
  assert.ok(extraction.ok);
  assert.deepEqual(lanes(extraction.value), ["content null a red cat", "url null https://a.example/b"]);
  assert.deepEqual(extraction.value.unjudged, { image: 2, "remote-url": 1 });
});
