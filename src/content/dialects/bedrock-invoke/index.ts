/** Bedrock's operations whose bodies are the models' own. Paths as for its others. */
import type { Dialect } from "../../../domain/dialect.ts";
import { dialectOf } from "../bedrock/index.ts";
import { invoke, invokeStream } from "./operations.ts";

export const createBedrockInvoke = (): Dialect =>
  dialectOf(
    new Map([
      ["invoke", invoke],
      ["invoke-with-response-stream", invokeStream],
    ]),
  );
