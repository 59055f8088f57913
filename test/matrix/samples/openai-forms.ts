// OpenAI audio, images and files: https://platform.openai.com/docs/api-reference/audio, /images and /files

import { at, type FormField, part, type Sample, type SamplePrompt, type SampleReply } from "../sample.ts";
import { done, upstreamErrors } from "./openai-shared.ts";

type Asked = Pick<Sample, "dialect" | "operation" | "path">;
const asks = (operation: string, path: string): Asked => ({
  dialect: `openai/${operation}`,
  operation: `openai/${operation}`,
  path: `/v1/${path}`,
});
const field = (name: string, value: string): FormField => ({ name, value });
const upload = (name: string, type: string, value: string, filename = "upload"): FormField => ({
  name,
  value,
  file: { name: filename, type },
});
const form = (...fields: readonly FormField[]): SamplePrompt => ({ kind: "form", fields });
const json = (body: unknown): SampleReply => ({ kind: "json", body });
const replies = (asked: Asked, prompt: SamplePrompt, ...told: readonly SampleReply[]): readonly Sample[] =>
  [...told, ...upstreamErrors].map((reply) => ({ ...asked, mode: "reply-json", prompt, reply }));
const failed = { data: { error: { message: at("error"), type: "server_error", code: null, param: null } } };

const transcriptions = asks("audio-transcriptions", "audio/transcriptions");
const translations = asks("audio-translations", "audio/translations");
const sound = upload("file", "audio/mpeg", "ID3\u0004\0\0", "talk.mp3");
const audioForm = (format: string): SamplePrompt =>
  form(sound, field("model", "whisper-1"), field("prompt", at("user-text")), field("response_format", format));

const audioSettings = [
  field("model", "gpt-4o-transcribe-diarize"),
  field("language", "en"),
  field("prompt", at("input")),
  field("response_format", "json"),
  field("temperature", "0.2"),
  field("user", at("metadata")),
  field("timestamp_granularities[]", "word"),
  field("include[]", "logprobs"),
  field("chunking_strategy", "auto"),
  field("known_speaker_names[]", at("name", "speaker")),
  field("known_speaker_references[]", "data:audio/wav;base64,UklGRg=="),
];
const spoken = json({ text: at("assistant-text"), usage: { type: "duration", seconds: 3 } });
/** Scores and token ids go where a text beside them is masked, so they stand with ones that are not. */
const spokenTimes = { temperature: 0, avg_logprob: -0.28, compression_ratio: 1.2, no_speech_prob: 0.01 };
const verbose = json({
  task: "transcribe",
  language: "english",
  duration: 3.2,
  text: at("assistant-text"),
  segments: [{ id: 0, seek: 0, start: 0, end: 3.2, text: at("assistant-text", "segment"), ...spokenTimes }],
  usage: { type: "duration", seconds: 4 },
  a_new_field: at("other"),
});
const tokens = json({
  task: "transcribe",
  language: "english",
  duration: 3.2,
  text: "fine",
  segments: [{ id: 0, seek: 0, start: 0, end: 3.2, text: "fine", tokens: [50364, 2489, 50524], ...spokenTimes }],
  words: [{ word: "fine", start: 0, end: 0.4 }],
  usage: { type: "duration", seconds: 4 },
});
const diarized = json({
  task: "transcribe",
  duration: 3.2,
  text: "fine",
  segments: [
    { id: "seg_1", type: "transcript.text.segment", start: 0, end: 3.2, text: "fine", speaker: at("name") },
    { id: "seg_2", type: "transcript.text.segment", start: 3.2, end: 4, text: at("assistant-text"), speaker: "B" },
  ],
});
const scored = json({
  text: "fine",
  logprobs: [{ token: at("logprob"), logprob: -0.01, bytes: [102] }],
  usage: { type: "tokens", input_tokens: 14, output_tokens: 5, total_tokens: 19 },
});

const delta = (text: string, more: object = {}) => ({
  data: { type: "transcript.text.delta", delta: text, ...more },
});
const segment = (more: object) => ({
  data: { type: "transcript.text.segment", id: "seg_1", start: 0, end: 2, text: "fine", speaker: "A", ...more },
});
const transcribed: SampleReply = {
  kind: "sse",
  events: [
    delta(part("assistant-text", 0, 3)),
    delta(part("assistant-text", 1, 3)),
    delta(part("assistant-text", 2, 3)),
    segment({ text: at("assistant-text", "segment"), speaker: at("name") }),
    { data: { type: "transcript.text.done", text: at("assistant-text"), usage: { type: "duration", seconds: 2 } } },
    done,
  ],
};
const transcribedScores: SampleReply = {
  kind: "sse",
  events: [
    delta("fine", { logprobs: [{ token: at("logprob"), logprob: -0.01, bytes: [102] }] }),
    delta("fine", { a_new_field: at("other") }),
    segment({ seek: 0, tokens: [50364, 2489, 50524] }),
    { data: { type: "transcript.text.done", text: "fine" } },
    failed,
  ],
};

const srt = `1\n00:00:00,000 --> 00:00:03,200\n${at("text")}\n\n2\n00:00:03,200 --> 00:00:04,000\n${at("text", "second")}\n`;

function audioSamples(asked: Asked): readonly Sample[] {
  const heard = (file: FormField): Sample => ({
    ...asked,
    mode: "prompt-form",
    prompt: form(file, ...audioSettings),
    reply: spoken,
  });
  return [
    { ...heard(upload("file", "audio/mpeg", "ID3\u0004\0\0", at("name"))), unjudged: ["audio"] },
    // Servers that go by what a file holds take it whatever it is called.
    heard(upload("file", "text/vtt", `WEBVTT\n\n00:00.000 --> 00:03.200\n${at("document")}\n`, "talk.vtt")),
    ...replies(asked, audioForm("verbose_json"), spoken, verbose, tokens, diarized, scored),
    { ...asked, mode: "reply-text", prompt: audioForm("srt"), reply: { kind: "text", body: srt } },
  ];
}

const generations = asks("images-generations", "images/generations");
const edits = asks("images-edits", "images/edits");
const variations = asks("images-variations", "images/variations");
const drawn = (body: object): SamplePrompt => ({
  kind: "json",
  body: { model: "gpt-image-1", prompt: at("user-text"), n: 2, ...body },
});
const imageUsage = {
  input_tokens: 50,
  input_tokens_details: { text_tokens: 10, image_tokens: 40 },
  output_tokens: 50,
  total_tokens: 100,
};
const pictures = json({
  created: 1713833628,
  background: "transparent",
  output_format: "png",
  size: "1024x1024",
  quality: "high",
  data: [
    { b64_json: "iVBORw0KGgo=", revised_prompt: at("assistant-text") },
    { url: `https://example.com/${at("url")}`, revised_prompt: at("assistant-text", "second") },
    // Of servers that keep no files.
    { url: "data:image/png;base64,iVBORw0KGgo=" },
  ],
  usage: imageUsage,
  a_new_field: at("other"),
});
const picture = (type: string, more: object) => ({
  name: type,
  data: {
    type,
    b64_json: "iVBORw0KGgo=",
    created_at: 1620000000,
    size: "1024x1024",
    quality: "high",
    background: "transparent",
    output_format: "png",
    ...more,
  },
});
const drawing = (of: string): SampleReply => ({
  kind: "sse",
  events: [
    picture(`${of}.partial_image`, { partial_image_index: 0 }),
    picture(`${of}.completed`, { usage: imageUsage, a_new_field: at("other") }),
    failed,
  ],
});
const imageSettings = {
  size: "1024x1024",
  quality: "high",
  background: "auto",
  output_format: "png",
  output_compression: 100,
};
const imageFields = [
  field("model", "gpt-image-1"),
  field("n", "1"),
  field("size", "1024x1024"),
  field("user", at("metadata")),
];
const png = "\u0089PNG\r\n\u001a\n\0";
const svg = `<svg xmlns="http://www.w3.org/2000/svg"><text>${at("document")}</text></svg>`;

const imageSamples: readonly Sample[] = [
  {
    ...generations,
    mode: "prompt-json",
    prompt: drawn({ ...imageSettings, prompt: at("input"), user: at("metadata"), a_new_field: at("other") }),
    reply: pictures,
  },
  ...replies(generations, drawn(imageSettings), pictures),
  {
    ...generations,
    mode: "reply-sse",
    prompt: drawn({ stream: true, partial_images: 1 }),
    reply: drawing("image_generation"),
  },
  {
    ...edits,
    mode: "prompt-json",
    prompt: drawn({
      ...imageSettings,
      prompt: at("input"),
      user: at("metadata"),
      images: [
        { image_url: `https://example.com/${at("url")}` },
        { image_url: "data:image/png;base64,iVBORw0KGgo=" },
        { file_id: "file-1" },
      ],
      mask: { image_url: `https://example.com/${at("url", "mask")}` },
      input_fidelity: "high",
      a_new_field: at("other"),
    }),
    reply: pictures,
    unjudged: ["image", "data-url", "remote-url"],
  },
  {
    ...edits,
    mode: "prompt-form",
    prompt: form(
      upload("image[]", "image/png", png, at("name")),
      upload("image[]", "image/png", png, "b.png"),
      upload("mask", "image/png", png, "mask.png"),
      field("prompt", at("input")),
      ...imageFields,
    ),
    reply: pictures,
    unjudged: ["image"],
  },
  {
    ...edits,
    mode: "prompt-form",
    prompt: form(upload("image", "image/svg+xml", svg, "a.svg"), field("prompt", "fine"), ...imageFields),
    reply: pictures,
  },
  ...replies(edits, form(upload("image", "image/png", png, "a.png"), field("prompt", at("user-text"))), pictures),
  { ...edits, mode: "reply-sse", prompt: drawn({ stream: true, partial_images: 1 }), reply: drawing("image_edit") },
  {
    ...variations,
    mode: "prompt-form",
    // No prompt is part of the form, and what some client sends as one is judged all the same.
    prompt: form(upload("image", "image/png", png, at("name")), field("prompt", at("input")), ...imageFields),
    reply: pictures,
    unjudged: ["image"],
  },
  {
    ...variations,
    mode: "prompt-form",
    prompt: form(upload("image", "image/svg+xml", svg, "a.svg"), ...imageFields),
    reply: pictures,
  },
  ...replies(variations, form(upload("image", "image/png", png, "a.png"), field("user", at("metadata"))), pictures),
];

const files = asks("files", "files");
const file = {
  id: "file-1",
  object: "file",
  bytes: 120000,
  created_at: 1677610602,
  expires_at: 1677614202,
  filename: "fine.jsonl",
  purpose: "fine-tune",
};
const kept = json({ ...file, status: "error", status_details: at("error") });
const named = json({ ...file, filename: at("name"), status: "processed", a_new_field: at("other") });
const line = `{"messages":[{"role":"user","content":"${at("document")}"}]}\n`;
const fileFields = [
  field("purpose", "fine-tune"),
  field("expires_after[anchor]", "created_at"),
  field("expires_after[seconds]", "3600"),
];
const fileSamples: readonly Sample[] = [
  {
    ...files,
    mode: "prompt-form",
    prompt: form(...fileFields, upload("file", "application/jsonl", line, "train.jsonl")),
    reply: kept,
  },
  {
    ...files,
    mode: "prompt-form",
    prompt: form(...fileFields, upload("file", "application/pdf", "%PDF-1.7\n\0", at("name"))),
    reply: kept,
    unjudged: ["file"],
  },
  ...replies(files, form(...fileFields, upload("file", "text/plain", at("document"), "notes.txt")), kept, named),
];

const streamed = form(
  sound,
  field("model", "gpt-4o-transcribe"),
  field("prompt", at("input")),
  field("stream", "true"),
);
export const samples: readonly Sample[] = [
  ...audioSamples(transcriptions),
  { ...transcriptions, mode: "reply-sse", prompt: streamed, reply: transcribed },
  { ...transcriptions, mode: "reply-sse", prompt: streamed, reply: transcribedScores },
  ...audioSamples(translations),
  ...imageSamples,
  ...fileSamples,
];
