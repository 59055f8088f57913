/** Where text stands in a message of Ollama's chat, on its way in and out. Lanes have meaning only in replies. */
import type { Role } from "../../../domain/segment.ts";
import { each, jsonValue, list, media, object, protocol, type Spec, text } from "../../table/spec.ts";

/** Calls come whole, in streams too: their arguments are an object. */
export const toolCalls: Spec = list(
  object({
    id: protocol,
    function: object(
      { index: protocol, name: text("tool-name"), arguments: jsonValue("tool-arguments") },
      { call: true },
    ),
  }),
  "tool",
);

/** Members that a message has both ways. */
export const spoken = {
  ...each(["role", "tool_call_id"], protocol),
  thinking: text("reasoning", "thinking"),
  images: list(media("image")),
  tool_calls: toolCalls,
  tool_name: text("tool-name"),
};

/** Those that its templates know, but for `tool`. */
export const speakers: ReadonlyMap<string, Role> = new Map([
  ["system", "system"],
  ["user", "user"],
  ["assistant", "assistant"],
]);
