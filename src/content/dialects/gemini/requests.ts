/**
 * Where text stands in requests to Gemini, as tables. What a table does not name is judged as `other`, so an unknown field is
 * never a hiding place; new fields are added here to give them a better word, or to say that they are no text.
 */
import { type JsonNode, lastMember } from "../../json/parse.ts";
import { countItems } from "../../table/extraction.ts";
import {
  choice,
  counted,
  each,
  list,
  media,
  protocol,
  reference,
  type Spec,
  text,
  toolDefinition,
  tree,
  variant,
  link,
} from "../../table/spec.ts";
import { content, message, plainContent, several } from "./parts.ts";

/** Without a role the user speaks. */
const anyContent = variant(
  "role",
  {
    ...each(["function", "tool"], plainContent("tool-result", { role: "own" })),
    model: content("content", { role: "own" }),
  },
  plainContent("content", { role: "own" }),
  plainContent("content", { role: "user" }),
);

const providerTool: Spec = counted("provider-tool", tree("other"));

/** Functions of the client's; all others are run by the provider. */
const tools: Spec = several(
  message({
    functionDeclarations: toolDefinition,
    ...each(
      [
        ...["googleSearch", "googleSearchRetrieval", "codeExecution", "urlContext", "fileSearch", "computerUse"],
        ...["googleMaps", "enterpriseWebSearch", "retrieval", "mcpServers", "exaAiSearch", "parallelAiSearch"],
      ],
      providerTool,
    ),
  }),
);

const voice: Spec = message({
  voice: protocol,
  prebuiltVoiceConfig: protocol,
  replicatedVoiceConfig: message({
    ...each(["mimeType"], protocol),
    ...each(["voiceSampleAudio", "consentAudio"], media("audio")),
    voiceConsentSignature: message({ signature: media("encrypted") }),
  }),
});

const speech: Spec = message({
  languageCode: protocol,
  voiceConfig: voice,
  multiSpeakerVoiceConfig: message({
    speakerVoiceConfigs: list(message({ speaker: text("name"), voiceConfig: voice })),
  }),
});

const numbers: readonly string[] = [
  ...["temperature", "topP", "topK", "candidateCount", "maxOutputTokens", "responseLogprobs", "logprobs", "seed"],
  ...["presencePenalty", "frequencyPenalty", "responseMimeType", "responseModalities", "mediaResolution"],
  ...["audioTimestamp", "enableAffectiveDialog", "enableEnhancedCivicAnswers", "thinkingConfig", "imageConfig"],
  ...["routingConfig", "modelSelectionConfig", "modelConfig", "translationConfig"],
];

const generationConfig: Spec = message({
  ...each(numbers, protocol),
  stopSequences: tree("stop"),
  ...each(["responseSchema", "responseJsonSchema"], toolDefinition),
  responseFormat: several(
    message({
      text: message({ mimeType: protocol, schema: toolDefinition }),
      ...each(["audio", "image", "video"], protocol),
    }),
  ),
  speechConfig: speech,
  audioTranscriptionConfig: message({
    ...each(["languageCodes", "languageAuto", "languageHints", "wordTimestamp", "diarization", "mode"], protocol),
    ...each(["customVocabulary", "adaptationPhrases", "sourceText"], tree("other")),
  }),
});

const asked = {
  model: protocol,
  contents: several(anyContent),
  systemInstruction: plainContent("content", { role: "system" }),
  tools,
  generationConfig,
};

const generate = message({
  ...asked,
  ...each(["toolConfig", "safetySettings", "serviceTier", "store", "modelArmorConfig"], protocol),
  cachedContent: reference("cached-content"),
  continuationToken: media("encrypted"),
  generationOutputConfig: message({ outputUriPrefix: link() }),
  labels: tree("metadata"),
});
export const generateRequest: Spec = generate;

/** What an embedding is made of: the text, and the title of the document that it is from. */
const embedded = {
  ...each(["model", "taskType", "outputDimensionality", "mimeType"], protocol),
  ...each(["autoTruncate", "documentOcr", "audioTrackExtraction"], protocol),
  title: text("input"),
};
const embed = message({
  ...embedded,
  content: plainContent("input", { role: "user" }),
  embedContentConfig: message(embedded),
});
export const embedRequest: Spec = embed;
export const batchEmbedRequest: Spec = message({ requests: several(embed) });

/** Vertex AI's form for models of all kinds; those that embed take a text each. */
const instance: Spec = choice({
  string: text("input"),
  object: message({
    ...each(["content", "prompt", "title"], text("input")),
    ...each(["taskType", "mimeType"], protocol),
  }),
});
export const predictRequest: Spec = message({
  instances: list(instance),
  parameters: protocol,
  labels: tree("metadata"),
});

/** The Gemini API takes a whole request to count, Vertex AI its members. */
export const countTokensRequest: Spec = message({
  ...asked,
  generateContentRequest: generate,
  instances: list(instance),
});

export const cachedContentsRequest: Spec = message({
  ...asked,
  ...each(["name", "toolConfig", "ttl", "expireTime", "encryptionSpec"], protocol),
  displayName: text("name"),
});

/** Messages or inputs, under whichever names they stand. */
export const countAt =
  (...keys: readonly string[]) =>
  (root: JsonNode): number =>
    keys.reduce((sum, key) => sum + countItems(root, key), 0);

/** The messages of a request in a request count too. */
export function countOfCounting(root: JsonNode): number {
  const inner = ["generateContentRequest", "generate_content_request"].map((key) => lastMember(root, key));
  return [root, ...inner].reduce((sum, node) => sum + (node === null ? 0 : countAt("contents", "instances")(node)), 0);
}
