// All samples, a file a dialect.

import type { Sample } from "../sample.ts";
import { samples as anthropic } from "./anthropic.ts";
import { samples as azure } from "./azure.ts";
import { samples as bedrock } from "./bedrock.ts";
import { samples as bedrockInvoke } from "./bedrock-invoke.ts";
import { samples as gemini } from "./gemini.ts";
import { samples as mcp } from "./mcp.ts";
import { samples as mistralGroq } from "./mistral-groq.ts";
import { samples as ollama } from "./ollama.ts";
import { chatWholeReplies, samples as openAiChat } from "./openai-chat.ts";
import { samples as openAiForms } from "./openai-forms.ts";
import { samples as openAiMore, storedSamples } from "./openai-more.ts";
import { samples as openAiResponses } from "./openai-responses.ts";
import { samples as vllmOpenRouter } from "./vllm-openrouter.ts";

export const samples: readonly Sample[] = [
  ...openAiChat,
  ...openAiMore,
  ...openAiForms,
  ...storedSamples(chatWholeReplies),
  ...openAiResponses,
  ...azure,
  ...mistralGroq,
  ...vllmOpenRouter,
  ...bedrock,
  ...bedrockInvoke,
  ...anthropic,
  ...gemini,
  ...mcp,
  ...ollama,
];
