/** What is put back stands in no link of the reply as it goes out, whatever rules have masked, removed or written there. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { PlaceScan } from "../../src/detectors/link-places/place-scan.ts";
import { chatHead, exchangeOf, jsonHead, planFrom, pushAll } from "../helpers/exchange.ts";
import { testTail } from "../helpers/rules.ts";
import { hostile } from "./hostile-texts.ts";

const numRuns = 300;
const original = "zoe.quist@home.example";
const held = `<EMAIL_1_${testTail}>`;
const styles = [
  "redact",
  "{ redact: remove }",
  "{ redact: { mask: { keepLast: 4 } } }",
  "{ replace: '](' }",
  "{ mark: { before: '](', after: 'https://x.example/' } }",
];
const planOf = (style: string) =>
  planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: open, onUnreadable: block }
rules:
  - { id: mail, stage: prompt, detect: { pii: { kinds: [email] } }, action: { redact: { placeholder: { restore: true } } } }
  - { id: personal, stage: reply, detect: { pii: {} }, views: [clear, payloads], action: ${style} }
  - { id: unseen, stage: reply, detect: { hidden: {} }, action: ${style} }
  - { id: html, stage: reply, detect: { links: { kinds: [html, markdown-link] } }, action: ${style} }
  - { id: words, stage: reply, detect: { keywords: { list: [acme-internal, away] } }, action: ${style} }
`);

const opening = fc.constantFrom(
  ...[
    "https://evil.example/?q=",
    "![x](",
    "[x](https://evil.example/?",
    "<img src='",
    "<a href=",
    "www.",
    "evil.example/",
  ],
  ...[
    "[x]: ",
    "url(",
    "mailto:",
    "<\u200bimg src='",
    "![x]\u200b(",
    "h\u200bttps://e",
    "!away(//",
    "<a href='https://x.example'>",
  ],
);
const gap = fc.constantFrom(
  ...[
    "",
    "",
    " ",
    "\n",
    "(415) 555-2671",
    "4111 1111 1111 1111",
    "\u200b",
    "\u00a0",
    "away",
    "acme-internal",
    "'>",
    ")",
    "a b",
  ],
);
const place = fc
  .tuple(opening, gap, gap, fc.constantFrom("", " ", "'>", ")", "."), gap)
  .map(([open, one, two, close, three]) => `${open}${one}${two}${held}${close}${three}`);
const texts = fc.array(fc.oneof({ weight: 3, arbitrary: place }, { weight: 1, arbitrary: hostile }), {
  minLength: 1,
  maxLength: 4,
});

async function released(plan: ReturnType<typeof planOf>, content: string): Promise<string> {
  const exchange = exchangeOf({ plan, shared: { drawTail: () => testTail } });
  const prompt = JSON.stringify({ model: "m", messages: [{ role: "user", content: original }] });
  await pushAll(exchange.openRequest(chatHead), [Buffer.from(prompt)]);
  const reply = JSON.stringify({ choices: [{ index: 0, message: { content } }] });
  const { bytes } = await pushAll(exchange.openReply(jsonHead, false).gate, [Buffer.from(reply)]);
  return (
    (JSON.parse(bytes.toString()) as { choices: { message: { content: string } }[] }).choices[0]?.message.content ?? ""
  );
}

describe("what is put back", () => {
  for (const style of styles) {
    it(`stands in no link: ${style}`, async () => {
      const plan = planOf(style);
      let putBack = 0;
      await fc.assert(
        fc.asyncProperty(texts, async (parts) => {
          const text = await released(plan, parts.join(""));
          const scan = new PlaceScan(0, false);
          for (let at = 0; at < text.length; at += 1) {
            if (text.startsWith(original, at)) {
              assert.ok(!scan.isInLink(at), text);
              putBack += 1;
            }
            scan.step(text, at);
          }
        }),
        { numRuns },
      );
      assert.ok(putBack > numRuns / 10, `some is put back: ${putBack}`);
    });
  }
});
