// What requests to Gemini hold: contents of all kinds of parts, and all that stands beside them.

import { at } from "../sample.ts";

export const media = [
  { inlineData: { mimeType: "image/png", data: "AAAA", displayName: at("name", "image") } },
  { inlineData: { mimeType: "audio/L16;codec=pcm;rate=24000", data: "AAAA" } },
  { inlineData: { mimeType: "video/mp4", data: "AAAA" }, videoMetadata: { fps: 1, startOffset: "0s" } },
  { inline_data: { mime_type: "application/pdf", data: "AAAA" } },
  {
    fileData: {
      mimeType: "video/mp4",
      fileUri: `https://example.com/${at("url", "file")}`,
      displayName: at("name", "file"),
    },
  },
];

/** A content may hold parts of all kinds, also where only its text counts. */
export const otherParts = [
  { functionCall: { id: "call-1", name: at("tool-name"), args: { city: at("tool-arguments") } } },
  { functionResponse: { name: at("tool-name", "response"), response: { output: at("tool-result") } } },
  { text: "a", partMetadata: { from: at("metadata") } },
];

export const thread = {
  systemInstruction: { parts: [{ text: at("system-text") }] },
  contents: [
    { parts: [{ text: at("user-text", "roleless") }] },
    {
      role: "user",
      parts: [
        { text: at("user-text") },
        ...media,
        { audioTranscription: { text: at("user-text", "transcript"), languageCode: "en", finished: true } },
        { text: "a", partMetadata: { from: at("metadata", "part") } },
        { text: "a", speechMetadata: { speaker: at("name", "speaker"), style: at("metadata", "style") } },
      ],
    },
    {
      role: "model",
      parts: [
        { text: at("reasoning"), thought: true, thoughtSignature: "AAAA" },
        { text: at("assistant-text") },
        { functionCall: { id: "call-1", name: at("tool-name"), args: { city: at("tool-arguments") } } },
        { executableCode: { language: "PYTHON", code: at("tool-arguments", "code") } },
        { codeExecutionResult: { outcome: "OUTCOME_OK", output: at("tool-result", "code") } },
        { toolCall: { id: "t1", toolType: "GOOGLE_SEARCH", args: { query: at("tool-arguments", "server") } } },
        { toolResponse: { id: "t1", toolType: "GOOGLE_SEARCH", response: { text: at("tool-result", "server") } } },
      ],
    },
    {
      role: "user",
      parts: [
        {
          functionResponse: {
            id: "call-1",
            name: at("tool-name", "response"),
            response: { output: at("tool-result"), list: [at("tool-result", "list"), 21.5, true] },
            parts: [{ inlineData: { mimeType: "image/png", data: "AAAA" } }, { text: at("tool-result", "part") }],
          },
        },
      ],
    },
    { role: "function", parts: [{ text: at("tool-result", "role") }] },
    { role: "tool", parts: { text: at("tool-result", "tool-role") } },
  ],
  tools: [
    { functionDeclarations: [{ name: "weather", description: "d", parameters: { type: "OBJECT", properties: {} } }] },
    { googleSearch: {} },
    { codeExecution: {} },
    { urlContext: {} },
    { fileSearch: { fileSearchStoreNames: ["fileSearchStores/a"], metadataFilter: at("other", "filter") } },
  ],
  generationConfig: {
    temperature: 0.2,
    stopSequences: [at("stop")],
    responseMimeType: "application/json",
    responseSchema: { type: "OBJECT", properties: { a: { type: "STRING" } } },
    thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 },
    speechConfig: {
      multiSpeakerVoiceConfig: {
        speakerVoiceConfigs: [
          { speaker: at("name", "voice"), voiceConfig: { prebuiltVoiceConfig: { voiceName: "Kore" } } },
        ],
      },
    },
    audioTranscriptionConfig: { languageCodes: ["en-US"], customVocabulary: [at("other", "vocabulary")] },
  },
};

export const asked = {
  ...thread,
  toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["weather"] } },
  safetySettings: [{ category: "HARM_CATEGORY_HATE_SPEECH", threshold: "BLOCK_NONE" }],
  cachedContent: "cachedContents/a1b2c3",
  continuationToken: "AAAA",
  generationOutputConfig: { outputUriPrefix: `gs://${at("url", "prefix")}` },
  labels: { team: at("metadata"), [at("metadata", "key")]: "a" },
  a_new_field: at("other"),
};

export const unjudgedInPrompt = [
  ...(["image", "audio", "video", "file", "remote-url", "encrypted", "tool-definition"] as const),
  ...(["provider-tool"] as const),
] as const;
