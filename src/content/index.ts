/** All dialects, and which operation a request is for. */
import type { Cell } from "../domain/coverage.ts";
import type { Dialect, Operation, RequestHead } from "../domain/dialect.ts";
import { createAzure } from "./dialects/azure/index.ts";
import { createBedrock } from "./dialects/bedrock/index.ts";
import { createBedrockInvoke } from "./dialects/bedrock-invoke/index.ts";
import { createMcp, type McpOptions } from "./dialects/mcp/index.ts";
import { createAnthropic } from "./dialects/anthropic/index.ts";
import { createGemini } from "./dialects/gemini/index.ts";
import { createOllama } from "./dialects/ollama/index.ts";
import { createOpenAi, type OpenAiOptions } from "./dialects/openai/index.ts";
import { createOpenAiResponses } from "./dialects/openai-responses/index.ts";

export type DialectOptions = { readonly openai?: OpenAiOptions; readonly mcp?: McpOptions };

export function createDialects(options: DialectOptions = {}): readonly Dialect[] {
  return [
    createAzure(),
    createOpenAi(options.openai),
    createOpenAiResponses(options.openai),
    createBedrock(),
    createBedrockInvoke(),
    createAnthropic(),
    createGemini(),
    createMcp(options.mcp),
    createOllama(),
  ];
}

/** The operation that a request is for; `null` when no dialect knows its path and method. */
export function findOperation(dialects: readonly Dialect[], head: RequestHead): Operation | null {
  for (const dialect of dialects) {
    const operation = dialect.match(head);
    if (operation !== null) return operation;
  }
  return null;
}

/** Ids of all dialects and of their operations. */
export function knownOperations(dialects: readonly Dialect[] = createDialects()): {
  readonly dialects: readonly string[];
  readonly operations: readonly string[];
  readonly cells: readonly Cell[];
} {
  return {
    dialects: [...new Set(dialects.map(({ id }) => id))],
    operations: dialects.flatMap(({ operations }) => operations.map(({ id }) => id)),
    cells: dialects.flatMap(({ operations }) => operations.flatMap(({ cells }) => cells)),
  };
}
