// All samples, a file a dialect.

import type { Sample } from "../sample.ts";
import { samples as anthropic } from "./anthropic.ts";
import { samples as bedrock } from "./bedrock.ts";
import { samples as bedrockInvoke } from "./bedrock-invoke.ts";
import { samples as gemini } from "./gemini.ts";
import { samples as mcp } from "./mcp.ts";
import { samples as ollama } from "./ollama.ts";
import { samples as openAiChat } from "./openai-chat.ts";
import { samples as openAiResponses } from "./openai-responses.ts";

export const samples: readonly Sample[] = [
  ...openAiChat,
  ...openAiResponses,
  ...bedrock,
  ...bedrockInvoke,
  ...anthropic,
  ...gemini,
  ...mcp,
  ...ollama,
];
