/**
 * What a client puts together from the events it has got is, at any moment and for each text of the reply, the beginning
 * of what the whole text would have been masked to. Tool-call arguments stay valid JSON.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { chatHead, cutAt, exchangeOf, planFrom, pushAll, streamHead } from "../helpers/exchange.ts";

const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: private, stage: reply, detect: { pii: {} }, action: redact }
  - { id: keys, stage: reply, detect: { secrets: {} }, action: redact }
  - { id: words, stage: reply, detect: { keywords: { list: [acme-internal, "quote \\" and \\\\ slash"] } }, action: redact }
`);

const key = ["gh", "p_", "16C7e42F292c6912E7710c838347Ae178B4a"].join("");
const morsel = fc.oneof(
  fc.constantFrom(
    "hello ",
    "call (415) 555-2671",
    "ada@",
    "example.com",
    " 4111 1111",
    " 1111 1111 ",
    key,
    "acme-",
    "internal",
    'quote " and \\ slash',
  ),
  fc.string({ unit: "grapheme", maxLength: 6 }),
);
const words = fc.array(morsel, { maxLength: 8 }).map((parts) => parts.join(""));
const places = ["content", "reasoning_content", "refusal", "arguments"] as const;
type Place = (typeof places)[number];
type Text = { readonly choice: number; readonly place: Place; readonly text: string };

const texts: fc.Arbitrary<Text[]> = fc.uniqueArray(
  fc.record({ choice: fc.integer({ min: 0, max: 1 }), place: fc.constantFrom(...places), text: words }),
  { maxLength: 4, selector: ({ choice, place }) => `${choice} ${place}` },
);
const argumentsText = (text: string): string =>
  JSON.stringify({ note: text, list: [text, 4111111111111111], [text]: true });

const event = ({ choice, place, text }: Text): string => {
  const delta =
    place === "arguments" ? { tool_calls: [{ index: 0, function: { arguments: text } }] } : { [place]: text };
  return `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [{ index: choice, delta }] })}\n\n`;
};

/** The texts that a client has put together from whole events. */
function read(bytes: Buffer): Map<string, string> {
  const seen = new Map<string, string>();
  const whole = bytes.toString();
  for (const block of whole.slice(0, whole.lastIndexOf("\n\n") + 2).split("\n\n")) {
    if (!block.startsWith("data: {")) continue;
    const { choices } = JSON.parse(block.slice("data: ".length)) as {
      choices: { index: number; delta: Record<string, unknown> }[];
    };
    for (const { index, delta } of choices) {
      const calls = delta["tool_calls"] as { function: { arguments: string } }[] | undefined;
      const flat = calls === undefined ? delta : { arguments: calls[0]?.function.arguments };
      for (const [place, text] of Object.entries(flat))
        seen.set(`${index} ${place}`, (seen.get(`${index} ${place}`) ?? "") + String(text));
    }
  }
  return seen;
}

async function reply(body: string, cuts: readonly number[], onRelease?: (out: Buffer) => void) {
  const exchange = exchangeOf({ plan });
  exchange.openRequest(chatHead);
  const { gate } = exchange.openReply(streamHead, false);
  return pushAll(gate, cutAt(Buffer.from(body), cuts), onRelease);
}

/** Each text in pieces, the pieces of all texts shuffled into one another, each text's own in order. */
function interleave(parts: readonly Text[][], order: readonly number[]): Text[] {
  const queues = parts.map((each) => [...each]);
  const out: Text[] = [];
  for (let turn = 0; queues.some((queue) => queue.length > 0); turn += 1) {
    const open = queues.filter((queue) => queue.length > 0);
    const next = open[(order[turn % Math.max(1, order.length)] ?? 0) % open.length]?.shift();
    if (next !== undefined) out.push(next);
  }
  return out;
}

describe("a reply that streams", () => {
  it("never shows what the whole text would have masked, and shows all else", async () => {
    const cuts = fc.array(fc.nat(), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.array(cuts, { minLength: 4, maxLength: 4 }),
        fc.array(fc.nat({ max: 7 }), { maxLength: 12 }),
        cuts,
        async (plain, textCuts, order, byteCuts) => {
          const all = plain.map((each) =>
            each.place === "arguments" ? { ...each, text: argumentsText(each.text) } : each,
          );
          const masked = read((await reply(`${all.map(event).join("")}data: [DONE]\n\n`, [])).bytes);
          const parts = all.map((each, index) => {
            const at = [...new Set((textCuts[index] ?? []).map((cut) => cut % (each.text.length + 1)))].sort(
              (a, b) => a - b,
            );
            return [...at, each.text.length].map((to, n) => ({
              ...each,
              text: each.text.slice(n === 0 ? 0 : at[n - 1], to),
            }));
          });
          const body = `${interleave(parts, order).map(event).join("")}data: [DONE]\n\n`;
          const released = await reply(body, byteCuts, (out) => {
            for (const [place, text] of read(out))
              assert.ok(
                (masked.get(place) ?? "").startsWith(text),
                JSON.stringify({ place, text, masked: masked.get(place) }),
              );
          });
          assert.equal(released.block, null);
          const shown = read(released.bytes);
          for (const [place, text] of masked) assert.equal(shown.get(place), text);
          for (const [place, text] of shown) if (place.endsWith("arguments")) JSON.parse(text);
        },
      ),
      { numRuns: 800 },
    );
  });
});
