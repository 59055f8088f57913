// What Bedrock's models are asked in their own forms, by the models.

import { at } from "../sample.ts";

export const s3 = { s3Location: { uri: `s3://bucket/${at("url", "s3")}`, bucketOwner: "111122223333" } };
export const call = (name: string) => ({
  id: "call_1",
  type: "function",
  function: { name: at("tool-name", name), arguments: JSON.stringify({ city: at("tool-arguments", name) }) },
});

export const prompts: readonly (readonly [model: string, body: object])[] = [
  [
    "amazon.nova-lite-v1:0",
    {
      schemaVersion: "messages-v1",
      system: [{ text: at("system-text") }],
      messages: [
        {
          role: "user",
          content: [
            { text: at("user-text") },
            { image: { format: "png", source: { bytes: "AAAA" } } },
            { video: { format: "mp4", source: s3 } },
            { document: { format: "pdf", name: at("name", "document"), source: { text: at("document", "text") } } },
            { guardContent: { text: { text: at("user-text", "guarded") } } },
          ],
        },
        {
          role: "assistant",
          content: [{ toolUse: { toolUseId: "t1", name: at("tool-name"), input: { a: at("tool-arguments") } } }],
        },
        { role: "user", content: [{ toolResult: { toolUseId: "t1", content: [{ json: { a: at("tool-result") } }] } }] },
        { role: "assistant", content: [{ citationsContent: { citations: [{ title: at("citation") }] } }] },
      ],
      inferenceConfig: { max_new_tokens: 512, temperature: 0.7, topP: 0.9, topK: 20, stopSequences: [at("stop")] },
      toolConfig: { tools: [{ toolSpec: { name: "f", inputSchema: { json: {} } } }], toolChoice: { auto: {} } },
      aNewField: at("other"),
    },
  ],
  [
    "amazon.titan-text-express-v1",
    {
      inputText: at("input"),
      textGenerationConfig: { maxTokenCount: 512, temperature: 0, topP: 1, stopSequences: [at("stop")] },
    },
  ],
  [
    "amazon.titan-embed-image-v1",
    { inputText: at("input"), inputImage: "AAAA", embeddingConfig: { outputEmbeddingLength: 256 } },
  ],
  [
    "meta.llama3-70b-instruct-v1:0",
    { prompt: at("input"), images: ["AAAA"], max_gen_len: 512, temperature: 0.5, top_p: 0.9 },
  ],
  ["mistral.mistral-7b-instruct-v0:2", { prompt: at("input"), max_tokens: 200, stop: [at("stop")] }],
  [
    "mistral.mistral-large-2407-v1:0",
    {
      messages: [
        { role: "system", content: at("system-text") },
        { role: "developer", content: at("developer-text") },
        {
          role: "user",
          name: at("name"),
          content: [
            { type: "text", text: at("user-text", "part") },
            { type: "image_url", image_url: { url: `https://example.com/${at("url")}` } },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
            { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: [{ type: "text", text: at("reasoning") }] },
            { type: "text", text: at("assistant-text") },
          ],
          reasoning_content: at("reasoning", "beside"),
          refusal: at("refusal"),
          tool_calls: [call("called")],
        },
        { role: "tool", tool_call_id: "call_1", content: at("tool-result") },
        { role: "tool", content: [{ guardContent: { text: { text: at("tool-text") } } }] },
        { role: "function", content: [{ guardContent: { text: { text: at("function-text") } } }] },
      ],
      tools: [{ type: "function", function: { name: "f" } }],
      tool_choice: "auto",
    },
  ],
  [
    "cohere.command-r-v1:0",
    {
      message: at("user-text"),
      preamble: at("system-text"),
      chat_history: [
        { role: "USER", message: at("user-text", "before") },
        {
          role: "CHATBOT",
          message: at("assistant-text", "before"),
          tool_calls: [{ name: at("tool-name", "before"), parameters: { a: at("tool-arguments", "before") } }],
        },
      ],
      documents: [
        { id: "d1", title: at("document", "title"), snippet: at("document", "snippet") },
        at("document", "bare"),
      ],
      tool_results: [{ call: { name: "f", parameters: {} }, outputs: [{ a: at("tool-result") }] }],
      stop_sequences: [at("stop")],
    },
  ],
  ["cohere.embed-english-v3", { texts: [at("input")], input_type: "search_document", truncate: "NONE" }],
  ["cohere.rerank-v3-5:0", { query: at("input", "query"), documents: [at("document")], top_n: 3, api_version: 2 }],
];
