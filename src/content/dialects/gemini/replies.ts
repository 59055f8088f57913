/** Where text stands in Gemini's replies, as tables; see `requests.ts`. Whole replies and events of a stream are the same. */
import { base64, choice, each, list, media, object, protocol, type Spec, text, tree, link } from "../../table/spec.ts";
import { content, message, several } from "./parts.ts";

/** `{"error": {...}}`; details are objects of any form. */
const error: Spec = choice({
  string: text("error"),
  object: object({ ...each(["code", "status"], protocol), message: text("error"), details: tree("error") }),
});

const citations: Spec = message({
  // The second is their older name.
  ...each(
    ["citations", "citationSources"],
    list(
      message({
        ...each(["startIndex", "endIndex", "publicationDate"], protocol),
        uri: link(),
        ...each(["title", "license"], text("citation")),
      }),
    ),
  ),
});

const review: Spec = message({
  ...each(["reviewId"], protocol),
  ...each(["title", "review", "relativePublishTimeDescription"], text("document")),
  ...each(["flagContentUri", "googleMapsUri"], link()),
  authorAttribution: message({ displayName: text("name"), ...each(["photoUri", "uri"], link()) }),
});

/** Whatever was found and shown to the model. */
const groundingChunk: Spec = message({
  web: message({ uri: link(), ...each(["title", "domain"], text("citation")) }),
  image: message({ ...each(["imageUri", "sourceUri"], link()), ...each(["title", "domain"], text("citation")) }),
  retrievedContext: message({
    ...each(["fileSearchStore", "mediaId", "pageNumber"], protocol),
    uri: link(),
    ...each(["title", "documentName"], text("citation")),
    text: text("document"),
    ragChunk: message({ ...each(["chunkId", "fileId", "pageSpan"], protocol), text: text("document") }),
    customMetadata: tree("metadata"),
  }),
  maps: message({
    placeId: protocol,
    uri: link(),
    title: text("citation"),
    text: text("document"),
    route: message({ ...each(["distanceMeters", "duration"], protocol), encodedPolyline: text("document") }),
    placeAnswerSources: message({
      flagContentUri: link(),
      ...each(["reviewSnippet", "reviewSnippets"], several(review)),
    }),
  }),
});

const grounding: Spec = message({
  ...each(["webSearchQueries", "imageSearchQueries", "retrievalQueries"], list(text("tool-arguments"))),
  groundingChunks: list(groundingChunk),
  groundingSupports: list(
    message({
      ...each(["confidenceScores", "groundingChunkIndices", "renderedParts"], protocol),
      // Says a sentence of the reply again.
      segment: message({ ...each(["partIndex", "startIndex", "endIndex"], protocol), text: text("citation") }),
    }),
  ),
  searchEntryPoint: message({ renderedContent: text("annotation"), sdkBlob: media("binary") }),
  retrievalMetadata: protocol,
  googleMapsWidgetContextToken: media("binary"),
  sourceFlaggingUris: list(message({ sourceId: protocol, flagContentUri: link() })),
});

const token = (lane: string | null): Spec =>
  message({ ...each(["tokenId", "logProbability"], protocol), token: text("logprob", lane) });

const logprobs: Spec = message(
  {
    ...each(["logProbabilitySum"], protocol),
    chosenCandidates: list(token("logprobs")),
    // Alternatives are texts of their own: no reader joins them.
    topCandidates: list(message({ candidates: list(token(null)) })),
  },
  { drop: true },
);

const candidate: Spec = message(
  {
    ...each(["index", "finishReason", "safetyRatings", "tokenCount", "avgLogprobs"], protocol),
    content: content("content", { role: "own" }),
    finishMessage: text("error"),
    citationMetadata: citations,
    groundingMetadata: grounding,
    groundingAttributions: tree("citation"),
    logprobsResult: logprobs,
    urlContextMetadata: message({
      urlMetadata: list(message({ urlRetrievalStatus: protocol, retrievedUrl: link() })),
    }),
    continuationToken: media("encrypted"),
  },
  // It tells all that the model wrote.
  { repeats: ["logprobsResult", "logprobs_result"] },
);

const shared = { ...each(["usageMetadata", "modelVersion", "responseId", "createTime"], protocol), error };

/** One event of a stream, or a whole reply. */
export const generateEvent: Spec = message({
  ...shared,
  candidates: list(candidate, "candidate"),
  promptFeedback: message({
    ...each(["blockReason", "safetyRatings"], protocol),
    blockReasonMessage: text("refusal"),
  }),
  modelStatus: message({ ...each(["modelStage", "retirementTime"], protocol), message: text("annotation") }),
});

/** Errors of a stream come in a list, as its events would have. */
export const generateReply: Spec = choice({ object: generateEvent, list: list(generateEvent) });

const vector: Spec = message({
  values: base64,
  ...each(["shape", "statistics"], protocol),
});
const numbers = choice({ list: list(base64), object: vector });

export const embedReply: Spec = message({
  ...shared,
  ...each(["truncated", "metadata"], protocol),
  embedding: numbers,
  embeddings: several(vector),
});

export const predictReply: Spec = message({
  ...shared,
  ...each(["metadata", "deployedModelId", "model", "modelDisplayName", "modelVersionId"], protocol),
  predictions: list(message({ embeddings: numbers })),
});

export const countTokensReply: Spec = message({
  ...shared,
  ...each(["totalTokens", "totalBillableCharacters", "cachedContentTokenCount"], protocol),
  ...each(["promptTokensDetails", "cacheTokensDetails"], protocol),
});

export const cachedContentsReply: Spec = message({
  ...shared,
  ...each(["name", "model", "updateTime", "expireTime", "ttl", "encryptionSpec"], protocol),
  displayName: text("name"),
});
