/** What OpenTelemetry's conventions for GenAI call an exchange. Pure: from words of closed lists to words of closed lists. */
import { unlisted } from "../../domain/report.ts";
import type { Attributes } from "./names.ts";

/** `gen_ai.operation.name`. What is not here (lists, files, counting of tokens) has none there. */
const operations: ReadonlyMap<string, string> = new Map(
  Object.entries({
    chat: [
      "openai/chat-completions",
      "openai/agents-completions",
      "openai/responses",
      "azure/chat-completions",
      "anthropic/messages",
      "bedrock/converse",
      "bedrock/converse-stream",
      "ollama/chat",
    ],
    text_completion: ["openai/completions", "openai/fim-completions", "azure/completions", "ollama/generate"],
    generate_content: ["gemini/generate-content", "gemini/stream-generate-content"],
    embeddings: [
      "openai/embeddings",
      "azure/embeddings",
      "gemini/embed-content",
      "gemini/batch-embed-contents",
      "ollama/embed",
      "ollama/embeddings",
    ],
  }).flatMap(([name, ids]) => ids.map((id) => [id, name] as const)),
);

/** `gen_ai.provider.name`: whose wire format it is. Who really answers is for the operator's routes to say. */
const providers: ReadonlyMap<string, string> = new Map([
  ["openai", "openai"],
  ["azure", "azure.ai.openai"],
  ["anthropic", "anthropic"],
  ["bedrock", "aws.bedrock"],
  ["gemini", "gcp.gen_ai"],
  ["ollama", "ollama"],
]);

export type GenAiFacts = { readonly dialect: string; readonly operation: string; readonly model: string };

export function genAiAttributes({ dialect, operation, model }: GenAiFacts): Attributes {
  const name = operations.get(operation);
  const provider = providers.get(dialect);
  return {
    ...(name === undefined ? {} : { "gen_ai.operation.name": name }),
    ...(provider === undefined ? {} : { "gen_ai.provider.name": provider }),
    ...(model === "" || model === unlisted ? {} : { "gen_ai.request.model": model }),
  };
}

/** For the test that holds both tables against the dialects that there are. */
export const namedOperations: Iterable<string> = operations.keys();
