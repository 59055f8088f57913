/** What a body in a model's own form says of the reply it wants: in the form of the maker whose it looks like. */
import type { Declared } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";
import { declaredIn as anthropics } from "../anthropic/declared.ts";
import { declaredIn as amazons } from "../bedrock/declared.ts";
import { declaredIn as openAis } from "../openai/declared.ts";

export function declaredIn(root: JsonNode, body: string): Declared {
  if (lastMember(root, "anthropic_version") !== null) return anthropics(root, body);
  return lastMember(root, "toolConfig") === null ? openAis(root, body) : amazons(root, body);
}
