/**
 * Where text stands in the bodies that Bedrock hands to a model as they are. The path does not always tell whose form it is (an ARN
 * has no maker in it), so one table reads them all by their shape: Anthropic's by its version, else Amazon's, Meta's, Mistral's,
 * Cohere's and OpenAI's. What none of them names is judged as `other`.
 */
import type { Place, Role } from "../../../domain/segment.ts";
import {
  choice,
  each,
  jsonValue,
  list,
  media,
  object,
  other,
  partList,
  partText,
  protocol,
  said,
  type Spec,
  text,
  toolDefinition,
  tree,
  url,
  variant,
} from "../../table/spec.ts";
import { messagesRequest } from "../anthropic/requests.ts";
import { blockMembers } from "../bedrock/parts.ts";
import { system, toolConfig } from "../bedrock/requests.ts";
import { spoken } from "../openai/parts.ts";

const settings: readonly string[] = [
  ...["model", "schemaVersion", "stream", "temperature", "top_p", "top_k", "p", "k", "seed", "n", "user_id"],
  ...["max_tokens", "max_gen_len", "max_new_tokens", "max_completion_tokens", "max_tokens_to_sample"],
  ...["frequency_penalty", "presence_penalty", "repetition_penalty", "reasoning_effort", "tool_choice"],
  ...["parallel_tool_calls", "prompt_truncation", "search_queries_only", "return_prompt", "return_prompts"],
  ...["return_likelihoods", "num_generations", "raw_prompting", "logprobs", "top_logprobs", "safety_mode"],
  ...["input_type", "truncate", "embedding_types", "output_dimension", "top_n", "api_version", "dimensions"],
  ...["normalize", "embeddingTypes", "embeddingConfig"],
];

const link = url("url", "data-url", "image");

/** A part of OpenAI's form, or a block of Amazon's. */
const part = (place: "content" | "tool-result"): Spec =>
  object({
    ...blockMembers,
    ...each(["type", "cache_control"], protocol),
    text: partText(place),
    image_url: choice({ string: link, object: object({ url: link, detail: protocol }) }),
    input_audio: object({ data: media("audio"), format: protocol }),
    thinking: list(object({ type: protocol, text: text("reasoning") })),
  });

const message = (place: "content" | "tool-result"): Spec =>
  object(
    {
      ...spoken,
      content: choice({ string: text(place), list: partList(part(place)) }),
      name: text("name"),
      tool_call_id: protocol,
    },
    { role: "own" },
  );

const messages: Spec = list(
  variant("role", { tool: message("tool-result"), function: message("tool-result") }, message("content")),
);

const coheresRoles: ReadonlyMap<string, Role> = new Map([
  ["USER", "user"],
  ["CHATBOT", "assistant"],
  ["SYSTEM", "system"],
  ["TOOL", "tool"],
]);

export const coheresCall: Spec = object(
  { name: text("tool-name"), ...each(["parameters", "generation_id"], jsonValue("tool-arguments")) },
  { call: true },
);

const coheresResults: Spec = list(
  object({ call: coheresCall, outputs: said("tool", tree("tool-result")) }, { role: "tool" }),
);

export const chatHistory: Spec = list(
  object(
    {
      ...each(["role", "user_name"], protocol),
      message: text("content"),
      tool_calls: list(coheresCall),
      tool_results: coheresResults,
    },
    { role: "own", roleNames: coheresRoles },
  ),
);

const textsOf = (place: Place): Spec => choice({ string: text(place), list: list(text(place)) });

/** Who looked it up did what a tool does. */
export const documents: Spec = said("tool", list(choice({ string: text("document"), object: tree("document") })));

const families: Spec = object({
  ...each(settings, protocol),
  // Amazon Nova, and all that speak OpenAI's form.
  messages,
  system: choice({ string: said("system", text("content")), list: system }),
  toolConfig,
  inferenceConfig: object({
    ...each(["maxTokens", "max_new_tokens", "temperature", "topP", "topK", "top_p", "top_k"], protocol),
    stopSequences: tree("stop"),
  }),
  tools: toolDefinition,
  response_format: toolDefinition,
  additionalModelRequestFields: other,
  // Amazon Titan.
  inputText: text("input"),
  inputImage: media("image"),
  textGenerationConfig: object({
    ...each(["maxTokenCount", "temperature", "topP"], protocol),
    stopSequences: tree("stop"),
  }),
  // Meta, Mistral, Cohere.
  prompt: text("input"),
  ...each(["stop", "stop_sequences"], tree("stop")),
  images: list(choice({ string: media("image") })),
  message: said("user", text("content")),
  chat_history: chatHistory,
  preamble: said("system", text("content")),
  documents,
  tool_results: coheresResults,
  texts: textsOf("input"),
  query: text("input"),
});

export const invokeRequest: Spec = variant("anthropic_version", {}, messagesRequest, families);
