/**
 * Where text stands in requests of OpenAI's form, as tables, with what vendors of that form add. What a table does not name is judged
 * as `other`, so an unknown field is never a hiding place; new fields are added here to give them a better word, or to say that
 * they are no text.
 */
import {
  choice,
  counted,
  each,
  list,
  media,
  object,
  protocol,
  reference,
  said,
  type Spec,
  text,
  toolDefinition,
  tree,
  unreadable,
  variant,
  link,
} from "../../table/spec.ts";
import { askedContent, imageLink, spoken } from "./parts.ts";

const settings: readonly string[] = [
  ...["model", "stream", "stream_options", "temperature", "top_p", "n", "best_of", "max_tokens", "logprobs", "seed"],
  ...["max_completion_tokens", "presence_penalty", "frequency_penalty", "logit_bias", "top_logprobs", "service_tier"],
  ...["store", "parallel_tool_calls", "modalities", "reasoning_effort", "verbosity", "moderation", "echo"],
  ...["prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "safety_identifier"],
  ...["dimensions", "encoding_format"],
];

/** Of Mistral, DeepSeek, Groq and OpenRouter. */
const vendorSettings: readonly string[] = [
  ...["random_seed", "safe_prompt", "prompt_mode", "output_dimension", "output_dtype", "thinking", "citation_options"],
  ...["reasoning_format", "include_reasoning", "disable_tool_validation", "models", "route", "transforms", "provider"],
  ...["reasoning", "usage", "min_p", "top_a", "top_k", "min_tokens", "repetition_penalty"],
];

/** Of vLLM. */
const serverSettings: readonly string[] = [
  ...["stop_token_ids", "allowed_token_ids", "ignore_eos", "include_stop_str_in_output", "skip_special_tokens"],
  ...["spaces_between_special_tokens", "truncate_prompt_tokens", "prompt_logprobs", "add_generation_prompt"],
  ...["continue_final_message", "add_special_tokens", "length_penalty", "use_beam_search", "priority", "request_id"],
  ...["return_tokens_as_token_ids", "return_token_ids", "cache_salt", "guided_decoding_backend", "top_n"],
  ...["mm_processor_kwargs", "kv_transfer_params", "return_documents"],
];

/** How the form of the text is laid down: a schema is a definition, and a list of answers or a grammar is text. */
const structuredOutputs = {
  guided_json: toolDefinition,
  ...each(["guided_regex", "guided_choice", "guided_grammar", "guided_whitespace_pattern"], tree("other")),
  structured_outputs: object({
    json: toolDefinition,
    ...each(["json_object", "disable_any_whitespace", "disable_additional_properties", "disable_fallback"], protocol),
    ...each(["regex", "choice", "grammar", "whitespace_pattern", "structural_tag"], tree("other")),
  }),
};

/** What any request may say of itself. */
const requestShared = {
  ...each([...settings, ...vendorSettings, ...serverSettings], protocol),
  user: text("metadata"),
  metadata: tree("metadata"),
};
const stops = each(["stop", "bad_words"], tree("stop"));
const promptShared = { ...requestShared, ...structuredOutputs, ...stops };
const tokenIds = unreadable("token-ids");

/** What a model is to answer from, as several servers of this dialect take it. Whoever looked it up did what a tool does. */
const documentTexts = each(
  ["title", "text", "content", "contents", "snippet", "passage", "page_content", "body", "url"],
  text("document"),
);
const documentIds = each(["id", "doc_id", "type", "score"], protocol);
const document: Spec = object(
  {
    doc: text("document"),
    ...documentTexts,
    ...documentIds,
    source: choice({
      string: text("document"),
      object: object({ type: protocol, text: text("document"), data: tree("document") }),
    }),
    data: choice({
      string: text("document"),
      object: object({ ...documentTexts, ...documentIds }),
    }),
  },
  { role: "tool" },
);
/** One may be a bare text. */
const documents: Spec = list(choice({ string: text("document"), object: document }));

const message = (place: "content" | "tool-result"): Spec =>
  object(
    {
      ...spoken,
      content: askedContent(place),
      name: text("name"),
      ...each(["tool_call_id", "prefix", "partial"], protocol),
      // An answer that the provider keeps.
      audio: object({ id: reference("conversation") }),
    },
    { role: "own" },
  );

const anyMessage = variant(
  "role",
  { tool: message("tool-result"), function: message("tool-result") },
  message("content"),
);

/** Functions and custom tools are the client's own. What has another type is run by the provider, and described here. */
const tools: Spec = choice({
  list: list(
    variant(
      "type",
      { function: toolDefinition, custom: toolDefinition },
      counted("provider-tool", toolDefinition),
      toolDefinition,
    ),
  ),
});

/** What the provider looks up or runs by itself. */
const providerTools = {
  web_search_options: counted(
    "provider-tool",
    object({ search_context_size: protocol, user_location: tree("metadata") }),
  ),
  // xAI's, and DashScope's.
  search_parameters: counted("provider-tool", tree("metadata")),
  enable_search: counted("provider-tool", protocol),
  search_settings: counted("provider-tool", tree("metadata")),
  compound_custom: counted("provider-tool", tree("metadata")),
  plugins: counted(
    "provider-tool",
    list(
      object({
        ...each(["id", "enabled", "max_results", "engine", "pdf"], protocol),
        search_prompt: said("system", text("content")),
      }),
    ),
  ),
};

/** Azure: where answers are looked up, with the key to it and the words that the search is narrowed by. */
const dataSources: Spec = counted(
  "provider-tool",
  list(
    object({
      type: protocol,
      parameters: object({
        ...each(["index_name", "query_type", "semantic_configuration", "top_n_documents", "strictness"], protocol),
        ...each(["in_scope", "max_search_queries", "allow_partial_result", "include_contexts"], protocol),
        ...each(["fields_mapping", "embedding_dependency", "authentication"], tree("metadata")),
        endpoint: link(),
        filter: text("metadata"),
        role_information: said("system", text("content")),
      }),
    }),
  ),
);

const chat = {
  ...promptShared,
  ...providerTools,
  messages: list(anyMessage),
  documents,
  data_sources: dataSources,
  prediction: object({ type: protocol, content: askedContent("content") }),
  tools,
  functions: toolDefinition,
  tool_choice: protocol,
  function_call: protocol,
  chat_template: said("system", text("content")),
  chat_template_kwargs: tree("metadata"),
  audio: object(each(["voice", "format"], protocol)),
  response_format: object({
    type: protocol,
    json_schema: toolDefinition,
    schema: toolDefinition,
  }),
};
export const chatRequest: Spec = object(chat);
export const agentRequest: Spec = object({ ...chat, agent_id: reference("stored-prompt") });

/** A text, texts, or token ids, which nobody can read here. */
const input: Spec = choice({
  string: text("input"),
  list: list(choice({ string: text("input"), number: tokenIds, list: list(choice({ number: tokenIds })) })),
});

export const completionRequest: Spec = object({
  ...promptShared,
  prompt: input,
  suffix: text("suffix"),
  response_format: object({ type: protocol, json_schema: toolDefinition }),
  prompt_token_ids: tokenIds,
  prompt_embeds: choice({ string: media("binary"), list: list(media("binary")) }),
});

/** Mistral's code models have nothing else. */
/** What stands before the gap, and what behind it. */
export const fimRequest: Spec = object({ ...requestShared, ...stops, prompt: text("prefix"), suffix: text("suffix") });

export const embeddingRequest: Spec = object({ ...requestShared, input });

export const moderationRequest: Spec = object({
  ...requestShared,
  input: choice({
    string: text("input"),
    list: list(
      choice({
        string: text("input"),
        object: object({ type: protocol, text: text("input"), image_url: imageLink }),
      }),
    ),
  }),
});

/** A text, or parts with images. */
const rankedParts = list(object({ type: protocol, text: text("document"), image_url: imageLink }));
const rankedDocument: Spec = choice({
  string: text("document"),
  object: object(
    { ...documentTexts, ...documentIds, content: choice({ string: text("document"), list: rankedParts }) },
    { role: "tool" },
  ),
});
const ranked: Spec = choice({
  string: text("document"),
  list: list(rankedDocument),
  object: rankedDocument,
});
const query: Spec = choice({
  string: text("input"),
  list: list(text("input")),
  object: object({ content: list(object({ type: protocol, text: text("input"), image_url: imageLink })) }),
});

/** Which documents go with a query, in the two forms that servers have for it. */
export const rerankRequest: Spec = object({
  ...requestShared,
  query,
  documents: ranked,
});
export const scoreRequest: Spec = object({
  ...requestShared,
  ...each(["text_1", "data_1", "queries"], query),
  ...each(["text_2", "data_2", "documents", "items"], ranked),
});

/** What is noted of a completion that the provider keeps. */
export const storedRequest: Spec = object({ metadata: tree("metadata") });
