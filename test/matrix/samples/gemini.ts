// Gemini API and Vertex AI: https://ai.google.dev/api/generate-content and
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference

import { at, part, type Sample } from "../sample.ts";

const model = "/v1beta/models/gemini-2.5-flash";
const vertex = "/v1/projects/acme-1/locations/europe-west4/publishers/google/models/gemini-2.5-flash";
const ask = { contents: [{ role: "user", parts: [{ text: at("user-text") }] }] };
const usageMetadata = {
  promptTokenCount: 12,
  candidatesTokenCount: 30,
  totalTokenCount: 42,
  promptTokensDetails: [{ modality: "TEXT", tokenCount: 12 }],
};
const told = { usageMetadata, modelVersion: "gemini-2.5-flash", responseId: "mAitaLmkHPPlz7IPvtfUqQ4" };
const safetyRatings = [{ category: "HARM_CATEGORY_HATE_SPEECH", probability: "NEGLIGIBLE" }];

const generate = { dialect: "gemini/generate-content", operation: "gemini/generate-content" } as const;
const stream = { dialect: "gemini/stream-generate-content", operation: "gemini/stream-generate-content" } as const;

const answer = {
  kind: "json",
  body: {
    candidates: [
      { content: { role: "model", parts: [{ text: at("assistant-text") }] }, finishReason: "STOP", index: 0 },
    ],
    ...told,
  },
} as const;

const media = [
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
const otherParts = [
  { text: at("reasoning"), thought: true, thoughtSignature: "AAAA" },
  { functionCall: { id: "call-1", name: at("tool-name"), args: { city: at("tool-arguments") } } },
  { functionResponse: { name: at("tool-name", "response"), response: { output: at("tool-result") } } },
  { text: "a", partMetadata: { from: at("metadata") } },
];

const thread = {
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

const asked = {
  ...thread,
  toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["weather"] } },
  safetySettings: [{ category: "HARM_CATEGORY_HATE_SPEECH", threshold: "BLOCK_NONE" }],
  cachedContent: "cachedContents/a1b2c3",
  continuationToken: "AAAA",
  generationOutputConfig: { outputUriPrefix: `gs://${at("url", "prefix")}` },
  labels: { team: at("metadata"), [at("metadata", "key")]: "a" },
  a_new_field: at("other"),
};

const unjudgedInPrompt = [
  ...(["image", "audio", "video", "file", "remote-url", "encrypted", "tool-definition"] as const),
  ...(["provider-tool"] as const),
] as const;

/** Beside the texts of a candidate; comes with its last event. */
const findings = {
  citationMetadata: {
    citations: [
      {
        startIndex: 0,
        endIndex: 4,
        uri: `https://example.com/${at("url", "cited")}`,
        title: at("citation", "title"),
        license: at("citation", "license"),
        publicationDate: { year: 2020, month: 1, day: 2 },
      },
    ],
  },
  groundingMetadata: {
    webSearchQueries: [at("tool-arguments", "query")],
    retrievalQueries: [at("tool-arguments", "retrieval")],
    imageSearchQueries: [at("tool-arguments", "image-query")],
    groundingChunks: [
      { web: { uri: `https://example.com/${at("url", "web")}`, title: at("citation", "web"), domain: "example.com" } },
      {
        image: {
          imageUri: `https://example.com/${at("url", "image")}`,
          sourceUri: `https://example.com/${at("url", "source")}`,
          title: at("citation", "image"),
        },
      },
      {
        retrievedContext: {
          uri: `gs://${at("url", "retrieved")}`,
          title: at("citation", "retrieved"),
          text: at("document"),
          documentName: "projects/a/locations/b/documents/c",
          ragChunk: { text: at("document", "rag"), pageSpan: { firstPage: 1, lastPage: 2 } },
          customMetadata: [{ key: "k", stringValue: at("metadata", "custom") }],
        },
      },
      {
        maps: {
          uri: `https://maps.google.com/${at("url", "map")}`,
          title: at("citation", "map"),
          text: at("document", "map"),
          placeId: "places/a1",
          route: { distanceMeters: 4, duration: "3s", encodedPolyline: at("document", "route") },
          placeAnswerSources: {
            flagContentUri: `https://example.com/${at("url", "flag")}`,
            reviewSnippets: [
              {
                reviewId: "r1",
                title: at("document", "review-title"),
                review: at("document", "review"),
                googleMapsUri: `https://example.com/${at("url", "review")}`,
                authorAttribution: {
                  displayName: at("name", "author"),
                  uri: `https://example.com/${at("url", "author")}`,
                },
              },
            ],
          },
        },
      },
    ],
    groundingSupports: [
      {
        segment: { startIndex: 0, endIndex: 4, text: at("citation", "segment") },
        groundingChunkIndices: [0],
        confidenceScores: [0.9],
      },
    ],
    searchEntryPoint: { renderedContent: `<div>${at("annotation", "html")}</div>`, sdkBlob: "AAAA" },
    retrievalMetadata: { googleSearchDynamicRetrievalScore: 0.3 },
    googleMapsWidgetContextToken: "AAAA",
    sourceFlaggingUris: [{ sourceId: "s", flagContentUri: `https://example.com/${at("url", "flagged")}` }],
  },
  urlContextMetadata: {
    urlMetadata: [
      {
        retrievedUrl: `https://example.com/${at("url", "context")}`,
        urlRetrievalStatus: "URL_RETRIEVAL_STATUS_SUCCESS",
      },
    ],
  },
  safetyRatings,
};

const saidByModel = (text: string, thought: string) => [
  { text: thought, thought: true },
  { text },
  { functionCall: { id: "c1", name: at("tool-name"), args: { city: at("tool-arguments"), days: [1, 2] } } },
  { functionCall: { name: at("tool-name", "second"), args: { city: at("tool-arguments", "second") } } },
  { executableCode: { language: "PYTHON", code: at("tool-arguments", "code") } },
  { codeExecutionResult: { outcome: "OUTCOME_OK", output: at("tool-result") } },
  { inlineData: { mimeType: "image/png", data: "AAAA" } },
  { thoughtSignature: "AAAA", text: "" },
];

const whole = {
  candidates: [
    {
      index: 0,
      content: { role: "model", parts: saidByModel(at("assistant-text"), at("reasoning")) },
      finishReason: "STOP",
      finishMessage: at("error", "finish"),
      avgLogprobs: -0.1,
      tokenCount: 3,
      ...findings,
    },
    {
      index: 1,
      content: {
        role: "model",
        parts: [{ text: part("assistant-text", 0, 2, "second") }, { text: part("assistant-text", 1, 2, "second") }],
      },
      finishReason: "STOP",
    },
  ],
  modelStatus: { modelStage: "STABLE", message: at("annotation") },
  a_new_field: at("other"),
  ...told,
};

const blockedPrompt = {
  promptFeedback: { blockReason: "SAFETY", blockReasonMessage: at("refusal"), safetyRatings },
  ...told,
};

const failed = (name: string) => ({
  error: {
    code: 429,
    message: at("error", name),
    status: "RESOURCE_EXHAUSTED",
    details: [{ "@type": "type.googleapis.com/google.rpc.DebugInfo", detail: at("error", `${name}-detail`) }],
  },
});

/** The list comes without the texts that it tells again, which take it with them where they are changed. */
const withLogprobs = {
  candidates: [
    {
      index: 0,
      content: { role: "model", parts: [{ text: "fine" }] },
      logprobsResult: {
        chosenCandidates: [{ token: at("logprob"), tokenId: 5, logProbability: -0.1 }],
        topCandidates: [{ candidates: [{ token: at("logprob", "top"), tokenId: 5, logProbability: -0.1 }] }],
      },
      finishReason: "STOP",
    },
  ],
  ...told,
};

const event = (parts: readonly object[], more: object = {}, index = 0) => ({
  data: { candidates: [{ content: { role: "model", parts }, index, ...more }], ...told },
});

const events = [
  event([{ text: part("reasoning", 0, 2), thought: true }]),
  event([{ text: part("reasoning", 1, 2), thought: true }]),
  event([{ text: part("assistant-text", 0, 4) }]),
  event([{ text: part("assistant-text", 0, 2, "second") }], {}, 1),
  event([{ text: part("assistant-text", 1, 4) }, { text: part("assistant-text", 2, 4) }]),
  event([{ text: part("assistant-text", 1, 2, "second") }], { finishReason: "STOP" }, 1),
  event([{ text: part("assistant-text", 3, 4), thoughtSignature: "AAAA" }]),
  event([{ functionCall: { name: at("tool-name"), args: { city: at("tool-arguments") } } }]),
  event([
    { functionCall: { name: at("tool-name", "second"), args: { city: at("tool-arguments", "second") } } },
    { functionCall: { name: at("tool-name", "third"), args: { city: at("tool-arguments", "third") } } },
  ]),
  // Vertex AI: arguments in pieces.
  event([{ functionCall: { name: "control_light", willContinue: true } }]),
  event([
    {
      functionCall: {
        partialArgs: [
          { jsonPath: "$.city", stringValue: part("tool-arguments", 0, 3, "piece"), willContinue: true },
          { jsonPath: "$.days[0]", numberValue: 3 },
        ],
        willContinue: true,
      },
    },
  ]),
  event([
    {
      functionCall: {
        partialArgs: [
          { jsonPath: "$.city", stringValue: part("tool-arguments", 1, 3, "piece"), willContinue: true },
          { jsonPath: "$.land", stringValue: part("tool-arguments", 0, 2, "land"), willContinue: true },
        ],
        willContinue: true,
      },
    },
  ]),
  event([
    {
      functionCall: {
        partialArgs: [
          { jsonPath: "$.land", stringValue: part("tool-arguments", 1, 2, "land") },
          { jsonPath: "$.city", stringValue: part("tool-arguments", 2, 3, "piece") },
        ],
        willContinue: true,
      },
    },
  ]),
  event([{ functionCall: { willContinue: false } }]),
  event([
    { executableCode: { language: "PYTHON", code: at("tool-arguments", "code") } },
    { codeExecutionResult: { outcome: "OUTCOME_OK", output: at("tool-result") } },
    { inlineData: { mimeType: "image/png", data: "AAAA" } },
    { fileData: { mimeType: "image/png", fileUri: `https://example.com/${at("url", "file")}` } },
    { toolResponse: { id: "t1", toolType: "URL_CONTEXT", response: { text: at("tool-result", "server") } } },
    { partMetadata: { a: at("metadata", "part") } },
    { audioTranscription: { text: at("assistant-text", "transcript") } },
  ]),
  { data: { ...blockedPrompt, modelStatus: { message: at("annotation") }, a_new_field: at("other") } },
  event([{ text: "" }], { finishReason: "STOP", finishMessage: at("error", "finish"), ...findings }),
];

const streamed: readonly Pick<Sample, "mode" | "path" | "reply">[] = [
  { mode: "reply-sse", path: `${model}:streamGenerateContent?alt=sse`, reply: { kind: "sse", events } },
  {
    mode: "reply-sse",
    path: `${vertex}:streamGenerateContent?alt=sse`,
    reply: { kind: "sse", events: [{ data: withLogprobs }] },
  },
  {
    mode: "reply-sse",
    path: `${vertex}:streamGenerateContent?%24alt=sse`,
    reply: { kind: "sse", events: [event([{ text: "fine" }]), { data: failed("stream") }] },
  },
  { mode: "reply-json-array", path: `${model}:streamGenerateContent`, reply: { kind: "json-array", events } },
  {
    mode: "reply-json-array",
    path: `${vertex}:streamGenerateContent`,
    reply: { kind: "json-array", events: [{ data: withLogprobs }] },
  },
  {
    mode: "reply-json-array",
    path: `${vertex}:streamGenerateContent`,
    reply: { kind: "json-array", events: [{ data: failed("list") }] },
  },
];

const numbers = { values: [0.1, -0.2] };
const embedded = { taskType: "RETRIEVAL_DOCUMENT", title: at("input", "title"), outputDimensionality: 2 };

const counting: readonly Sample[] = [
  [
    "gemini/count-tokens",
    "countTokens",
    { ...thread, generateContentRequest: { model: "models/m", ...asked }, instances: [{ content: at("input") }] },
    { totalTokens: 4 },
  ],
  [
    "gemini/embed-content",
    "embedContent",
    {
      model: "models/m",
      content: { parts: [{ text: at("input") }, ...media, ...otherParts] },
      ...embedded,
      a_new_field: at("other"),
    },
    { embedding: numbers },
  ],
  [
    "gemini/batch-embed-contents",
    "batchEmbedContents",
    {
      requests: [
        { model: "models/m", content: { parts: [{ text: at("input") }, ...media, ...otherParts] }, ...embedded },
      ],
      b: at("other"),
    },
    { embeddings: [numbers] },
  ],
  [
    "gemini/predict",
    "predict",
    {
      instances: [
        { content: at("input"), task_type: "RETRIEVAL_DOCUMENT", title: at("input", "title"), x: at("other") },
      ],
      labels: { team: at("metadata") },
    },
    { predictions: [{ embeddings: { values: [0.1], statistics: { truncated: false, token_count: 3 } } }] },
  ],
].flatMap(([dialect, verb, body, reply]) => {
  const shared = { dialect: dialect as string, operation: dialect as string };
  const path = dialect === "gemini/predict" ? `${vertex}:${verb as string}` : `${model}:${verb as string}`;
  const prompt = { kind: "json", body } as const;
  return [
    { ...shared, path, mode: "prompt-json", prompt, reply: { kind: "json", body: reply } },
    { ...shared, path, mode: "reply-json", prompt, reply: { kind: "json", status: 429, body: failed("status") } },
    {
      ...shared,
      path,
      mode: "reply-json",
      prompt,
      reply: { kind: "json", body: { ...(reply as object), new: at("other") } },
    },
  ] as const satisfies readonly Sample[];
});

export const samples: readonly Sample[] = [
  {
    ...generate,
    mode: "prompt-json",
    path: `${model}:generateContent?key=AIza1234&prettyPrint=false`,
    prompt: { kind: "json", body: asked },
    reply: answer,
    unjudged: [...unjudgedInPrompt, "cached-content"],
  },
  {
    ...generate,
    mode: "prompt-json",
    path: `${vertex}:generateContent`,
    prompt: {
      kind: "json",
      body: {
        system_instruction: { role: "system", parts: { text: at("system-text") } },
        contents: { role: "user", parts: { text: at("user-text") } },
        generation_config: { stop_sequences: [at("stop")] },
      },
    },
    reply: answer,
  },
  ...[{ body: whole }, { body: withLogprobs }, { body: blockedPrompt }, { status: 429, body: failed("status") }].map(
    (reply): Sample => ({
      ...generate,
      mode: "reply-json",
      path: `${model}:generateContent`,
      prompt: { kind: "json", body: ask },
      reply: { kind: "json", ...reply },
    }),
  ),
  {
    ...stream,
    mode: "prompt-json",
    path: `${model}:streamGenerateContent?alt=sse`,
    prompt: { kind: "json", body: asked },
    reply: { kind: "sse", events: [event([{ text: at("assistant-text") }], { finishReason: "STOP" })] },
    unjudged: [...unjudgedInPrompt, "cached-content"],
  },
  ...streamed.map((each): Sample => ({ ...stream, prompt: { kind: "json", body: ask }, ...each })),
  ...counting,
  {
    dialect: "gemini/models",
    operation: "gemini/models",
    mode: "reply-json",
    method: "GET",
    path: "/v1beta/models?pageSize=50",
    prompt: { kind: "none" },
    reply: {
      kind: "json",
      body: { models: [{ name: "models/gemini-2.5-flash", displayName: at("other"), inputTokenLimit: 1048576 }] },
    },
  },
];
