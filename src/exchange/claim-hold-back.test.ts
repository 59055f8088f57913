/** What a rule on claims holds back of a stream: the claim that is open, and no more; what is before a bad claim is out by then. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { chatHead, exchangeOf, planFrom, pushAll, streamHead } from "../../test/helpers/exchange.ts";
import type { Gate, GateOutput } from "./gate.ts";

const report =
  "The harbour of Delmar was built in 1932 by the engineer Anna Verhoeven. It handled 1,187 ships in 2021. " +
  "The council did not approve the second pier. Ferries leave for Norum every Monday at 7:30 am.";
const good = ["The harbour of Delmar was built in 1932. ", "It was built by Anna Verhoeven. "];
const bad = "It handled 1,287 ships in 2021. ";
const after = ["The council did not approve the second pier. ", "Ferries leave for Norum every Monday at 7:30 am.\n"];
const claims = [...good, bad, ...after];
const question = { role: "user", content: "What do you know of the harbour?" };
const request = JSON.stringify({
  model: "m",
  messages: [question, { role: "tool", tool_call_id: "a", content: report }],
});

async function opened(action: string, span = "claim", shadow = false): Promise<Gate> {
  const detect = `{ groundedness: { span: ${span} } }`;
  const rule = `{ id: it, stage: reply, detect: ${detect}, action: ${action}, shadow: ${String(shadow)} }`;
  const defaults = "{ onUnknown: closed, onUnreadable: block }";
  const exchange = exchangeOf({
    plan: planFrom(`{ kind: Policy, version: 1, defaults: ${defaults}, rules: [${rule}] }`),
  });
  await pushAll(exchange.openRequest(chatHead), [Buffer.from(request)]);
  return exchange.openReply(streamHead, false).gate;
}

const event = (delta: object, index = 0): string => `data: ${JSON.stringify({ choices: [{ index, delta }] })}\n\n`;
const bytesOf = (output: GateOutput): string =>
  (output.kind === "block" ? output.before : output.cleared).map(({ bytes }) => Buffer.from(bytes).toString()).join("");

/** What a choice says in the events that went out. */
function saidIn(out: string, choice = 0): string {
  let text = "";
  for (const [, data = ""] of out.matchAll(/^data: (\{.*\})$/gm)) {
    const { choices } = JSON.parse(data) as { choices: { index: number; delta?: { content?: string } }[] };
    for (const { index, delta } of choices) if (index === choice) text += delta?.content ?? "";
  }
  return text;
}

const tokens = (text: string): readonly string[] => text.match(/\s*\S{1,6}/g) ?? [];
/** Where the claims before the one that is open at that offset end. */
const closedBefore = (written: number, units = claims): number => {
  let end = 0;
  for (const unit of units) {
    if (end + unit.length > written) return end;
    end += unit.length;
  }
  return end;
};

/** `[action, what stands at the bad claim, whether anything comes behind it]` */
const acting: readonly (readonly [action: string, instead: string, goesOn: boolean])[] = [
  ["redact", "[UNGROUNDED] ", true],
  ['{ replace: "(not in our documents)" }', "(not in our documents) ", true],
  ["{ block: refusal }", "", false],
];

for (const [action, instead, goesOn] of acting)
  test(`${action}: token by token, all before the open claim is out, and the bad one never`, async () => {
    const gate = await opened(action);
    const released = good.join("") + instead + (goesOn ? after.join("") : "");
    let [out, written, isBlocked] = ["", "", false];
    for (const token of tokens(claims.join(""))) {
      written += token;
      const output = await gate.push(Buffer.from(event({ content: token })));
      out += bytesOf(output);
      const said = saidIn(out);
      assert.ok(released.startsWith(said), said);
      // A sentence is over when the next token shows it.
      const due = closedBefore(written.length - token.length - 1);
      const isPastBad = due > good.join("").length;
      const wanted = isPastBad ? due - bad.length + instead.length : due;
      // The blank behind a claim comes with the next one's first token.
      if (!isBlocked && output.kind !== "block") assert.ok(said.length >= wanted - 1, `${written} | ${said}`);
      isBlocked ||= output.kind === "block";
      if (output.kind === "block") break;
    }
    assert.equal(isBlocked, !goesOn);
    if (goesOn) out += bytesOf(await gate.end());
    assert.equal(saidIn(out).trimEnd(), released.trimEnd());
    assert.ok(!out.includes("1,287"));
  });

for (const [action, shadow] of [
  ["flag", false],
  ["redact", true],
  ["{ block: refusal }", true],
] as const)
  test(`${action}${shadow ? " in shadow" : ""}: nothing is held`, async () => {
    const gate = await opened(action, "claim", shadow);
    for (const token of tokens(claims.join(""))) {
      const written = event({ content: token });
      assert.equal(bytesOf(await gate.push(Buffer.from(written))), written);
    }
  });

test("several choices: each holds its own open claim, and a bad one in one leaves the other alone", async () => {
  const gate = await opened("redact");
  const [one, two] = [tokens(claims.join("")), tokens([...good, ...after].join(""))];
  let out = "";
  const said: [string, string] = ["", ""];
  for (let at = 0; at < Math.max(one.length, two.length); at += 1) {
    for (const [index, token] of [one[at], two[at]].entries()) {
      if (token === undefined) continue;
      said[index as 0 | 1] += token;
      out += bytesOf(await gate.push(Buffer.from(event({ content: token }, index))));
    }
    // Events keep their order: what is out ends before the first claim that is open in either.
    const due = Math.min(closedBefore(said[0].length - 8), closedBefore(said[1].length - 8, [...good, ...after]));
    if (due <= good.join("").length) assert.ok(saidIn(out, 0).length >= Math.min(due, good.join("").length) - 8);
  }
  out += bytesOf(await gate.end());
  assert.equal(saidIn(out, 0).trimEnd(), [...good, "[UNGROUNDED] ", ...after].join("").trimEnd());
  assert.equal(saidIn(out, 1).trimEnd(), [...good, ...after].join("").trimEnd());
});

test("a tool call between two claims waits for the one before it alone, and is no claim", async () => {
  const gate = await opened("redact");
  const call = { tool_calls: [{ index: 0, id: "c", function: { name: "count", arguments: '{"ships":"1,287"}' } }] };
  let out = "";
  for (const delta of [...tokens(good.join("")).map((content) => ({ content })), call, { content: " " }])
    out += bytesOf(await gate.push(Buffer.from(event(delta))));
  out += bytesOf(await gate.push(Buffer.from(event({ content: bad.trimEnd() }))));
  assert.ok(out.includes("tool_calls"), "the call went out with the claim before it");
  assert.equal(saidIn(out).trimEnd(), good.join("").trimEnd());
  out += bytesOf(await gate.end());
  assert.match(out, /1,287/);
  assert.match(saidIn(out), /\[UNGROUNDED\]/);
  assert.ok(!saidIn(out).includes("1,287"));
});

test("words that failed are masked in the place of the claim where the rule names words", async () => {
  const gate = await opened("redact", "words");
  let out = "";
  for (const token of tokens(claims.join(""))) out += bytesOf(await gate.push(Buffer.from(event({ content: token }))));
  out += bytesOf(await gate.end());
  assert.match(saidIn(out), /It handled \[UNGROUNDED\] ships in 2021\./);
});
