import assert from "node:assert/strict";
import { test } from "node:test";
import { chatHead, planFrom } from "../../test/helpers/exchange.ts";
import { createFormats } from "./formats.ts";

const own = (path: string): string => `
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
dialects:
  acme:
    operations:
      chat: { path: ${path}, prompt: [{ at: /messages/*/content, as: user-text }], reply: [] }
rules: []
`;

test("a policy's own dialect goes before those of the program, at its own paths alone", () => {
  const formats = createFormats();
  for (const [path, operation] of [
    ["/v1/chat/completions", "acme/chat"],
    ["/v1/chat/*", "acme/chat"],
    ["/v1/chat", "openai/chat-completions"],
    ["/v2/chat/completions", "openai/chat-completions"],
  ] as const)
    assert.equal(formats.match(chatHead, planFrom(own(path)).policy)?.id, operation, path);
});
