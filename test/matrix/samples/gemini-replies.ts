// What Gemini replies: whole, and as the events of a stream.

import { at, part } from "../sample.ts";

const usageMetadata = {
  promptTokenCount: 12,
  candidatesTokenCount: 30,
  totalTokenCount: 42,
  promptTokensDetails: [{ modality: "TEXT", tokenCount: 12 }],
};
export const told = { usageMetadata, modelVersion: "gemini-2.5-flash", responseId: "mAitaLmkHPPlz7IPvtfUqQ4" };
const safetyRatings = [{ category: "HARM_CATEGORY_HATE_SPEECH", probability: "NEGLIGIBLE" }];

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

/** By models that draw, speak and film. */
const made = [
  { inlineData: { mimeType: "image/png", data: "AAAA" } },
  { inlineData: { mimeType: "audio/L16;codec=pcm;rate=24000", data: "AAAA" } },
  { inlineData: { mimeType: "video/mp4", data: "AAAA" } },
  { fileData: { mimeType: "image/png", fileUri: `https://example.com/${at("url", "file")}` } },
];

const saidByModel = (text: string, thought: string) => [
  { text: thought, thought: true },
  { text },
  { functionCall: { id: "c1", name: at("tool-name"), args: { city: at("tool-arguments"), days: [1, 2] } } },
  { functionCall: { name: at("tool-name", "second"), args: { city: at("tool-arguments", "second") } } },
  { executableCode: { language: "PYTHON", code: at("tool-arguments", "code") } },
  { codeExecutionResult: { outcome: "OUTCOME_OK", output: at("tool-result") } },
  ...made,
  { thoughtSignature: "AAAA", text: "" },
];

export const whole = {
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

export const blockedPrompt = {
  promptFeedback: { blockReason: "SAFETY", blockReasonMessage: at("refusal"), safetyRatings },
  ...told,
};

export const failed = (name: string) => ({
  error: {
    code: 429,
    message: at("error", name),
    status: "RESOURCE_EXHAUSTED",
    details: [{ "@type": "type.googleapis.com/google.rpc.DebugInfo", detail: at("error", `${name}-detail`) }],
  },
});

/** The list comes without the texts that it tells again, which take it with them where they are changed. */
export const withLogprobs = {
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

export const event = (parts: readonly object[], more: object = {}, index = 0) => ({
  data: { candidates: [{ content: { role: "model", parts }, index, ...more }], ...told },
});

export const events = [
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
    ...made,
    { toolResponse: { id: "t1", toolType: "URL_CONTEXT", response: { text: at("tool-result", "server") } } },
    { partMetadata: { a: at("metadata", "part") } },
    { audioTranscription: { text: at("assistant-text", "transcript") } },
  ]),
  { data: { ...blockedPrompt, modelStatus: { message: at("annotation") }, a_new_field: at("other") } },
  event([{ text: "" }], { finishReason: "STOP", finishMessage: at("error", "finish"), ...findings }),
];
