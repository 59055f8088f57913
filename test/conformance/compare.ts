// Holds what was seen against what must be seen. Each difference is one sentence; none: the cell passes.

import { BANNED, CARD, EMAIL, OPENING, promptBody, replyPieces, replyText, SECRET } from "./bodies.ts";
import type { Cell } from "./cells.ts";
import { type Observed, TRAILER } from "./drive.ts";
import type { Expected } from "./rules.ts";

/** What a client may not be told. */
const RULE_IDS = /secrets-stay-home|banned-words|persons-masked|no-cards-out/;
const PASSED = ["allow", "flag", "redact"];
const DONE = "data: [DONE]\n\n";

export function differences(cell: Cell, expected: Expected, seen: Observed): string[] {
  return [
    ...leaks(expected, seen),
    ...promptDifferences(cell, expected, seen),
    ...replyDifferences(cell, expected, seen),
    ...recordDifferences(cell, expected, seen),
  ];
}

/** What may pass on neither side, nor stand in the log. */
function leaks(expected: Expected, { sent, seen, record }: Observed): string[] {
  const found: string[] = [];
  if (expected.prompt === "masked" || expected.prompt === "nothing") {
    for (const secret of [SECRET, BANNED])
      if (sent.includes(secret)) found.push("uncleared bytes of the prompt reached the upstream");
  }
  if (expected.reply !== "exact") {
    const texts = [seen.toString(), streamedText(seen)];
    for (const secret of [EMAIL, CARD]) {
      if (texts.some((text) => text.includes(secret))) found.push("uncleared bytes of the reply reached the client");
    }
  }
  const logged = JSON.stringify(record);
  for (const secret of [SECRET, BANNED, EMAIL, CARD])
    if (logged.includes(secret)) found.push("text of a user is in the access log");
  return found;
}

function promptDifferences(cell: Cell, expected: Expected, seen: Observed): string[] {
  const { requests, sent, sentEnd } = seen;
  const body = promptBody(cell.prompt, cell.form);
  if (requests > 1) return [`${requests} requests reached the upstream`];
  switch (expected.prompt) {
    case "nothing": {
      if (sent.length > 0) return [`upstream got ${sent.length} bytes, not none`];
      const headMayGo = cell.shape.request === "STREAMED";
      return requests === 0 || headMayGo ? [] : ["the upstream got a request"];
    }
    case "beginning":
      if (!body.subarray(0, sent.length).equals(sent)) return ["upstream got other bytes than the client sent"];
      return sentEnd === "complete" && sent.length < body.length ? ["half a request ended properly"] : [];
    default: {
      if (requests === 0) return ["the upstream got no request"];
      const found: string[] = [];
      if (sentEnd !== "complete") found.push("the upstream's request was cut");
      if (seen.sentLength !== undefined && Number(seen.sentLength) !== sent.length)
        found.push("a wrong content-length");
      const same = expected.prompt === "exact" ? sent.equals(body) : isMasked(body.toString(), sent.toString(), SECRET);
      if (!same) found.push(`upstream got ${sent.length} bytes, not the ${expected.prompt} prompt`);
      if (cell.requestEnds === "trailers" && seen.sentTrailers[TRAILER] !== "asked")
        found.push("the prompt's trailers are lost");
      return found;
    }
  }
}

function replyDifferences(cell: Cell, expected: Expected, observed: Observed): string[] {
  const { status, seen, seenEnd, seenTrailers } = observed;
  const found: string[] = [];
  if (expected.status !== null && status !== expected.status) found.push(`status ${status}, not ${expected.status}`);
  if (seenEnd !== expected.end) found.push(`the reply's end: ${seenEnd}, not ${expected.end}`);
  if (!isReply(cell, expected, observed)) found.push(`client saw ${seen.length} bytes, not ${expected.reply}`);
  const passed = expected.reply === "exact" || expected.reply === "masked";
  if (passed && cell.replyEnds === "trailers" && cell.reply !== "empty" && seenTrailers[TRAILER] !== "told") {
    found.push("the reply's trailers are lost");
  }
  return found;
}

function isReply(cell: Cell, expected: Expected, { seen, replyHeaders }: Observed): boolean {
  const pieces = replyPieces(cell.reply, cell.form);
  const text = seen.toString();
  switch (expected.reply) {
    case "exact":
      return seen.equals(Buffer.concat(pieces));
    case "masked":
      if (cell.form === "json") return isMasked(Buffer.concat(pieces).toString(), text, EMAIL);
      return text.endsWith(DONE) && isMasked(replyText("personal"), streamedText(seen), EMAIL);
    case "opening":
      return seen.length > 0 && pieces[0]?.subarray(0, seen.length).equals(seen) === true;
    case "opening then end":
      return streamedText(seen).startsWith(OPENING) && text.includes("content_filter") && text.endsWith(DONE);
    case "own":
      return replyHeaders["content-type"] === "application/json" && isObject(text) && !RULE_IDS.test(text);
    case "own stream":
      return replyHeaders["content-type"]?.startsWith("text/event-stream") === true && text.endsWith(DONE);
    case "nothing":
      return seen.length === 0;
    case "envoy":
      return !text.includes(OPENING);
  }
}

function recordDifferences(cell: Cell, expected: Expected, { record }: Observed): string[] {
  const found: string[] = [];
  const verdict = String(record.sallyport?.["verdict"]);
  if (!expected.verdicts.includes(verdict)) found.push(`verdict ${verdict}, not ${expected.verdicts.join(" or ")}`);
  const told = String(record.sallyport?.["reply_verdict"]);
  const passed = expected.reply === "exact" || expected.reply === "masked" || record.sallyport?.["local"] === true;
  if (!passed && PASSED.includes(told) && cell.fault !== "none") found.push(`a broken reply is logged as ${told}`);
  const left = cell.http === "1.1" ? "DC" : "DR"; // closed its connection, or reset its stream
  if (cell.fault.startsWith("client leaves") && record.flags !== left) found.push(`flags ${record.flags}, not ${left}`);
  return found;
}

/** Is `got` the text `whole` with only `secret` replaced, by something that is not empty? */
function isMasked(whole: string, got: string, secret: string): boolean {
  const at = whole.indexOf(secret);
  const before = whole.slice(0, at);
  const after = whole.slice(at + secret.length);
  return got.length > before.length + after.length && got.startsWith(before) && got.endsWith(after);
}

/** The text of all whole events, joined as a client joins it. */
function streamedText(bytes: Buffer): string {
  let text = "";
  for (const line of bytes.toString().split("\n")) {
    if (!line.startsWith("data: {")) continue;
    try {
      const event = JSON.parse(line.slice("data: ".length)) as { choices?: { delta?: { content?: unknown } }[] };
      for (const { delta } of event.choices ?? []) if (typeof delta?.content === "string") text += delta.content;
    } catch {
      // an event that was cut: the byte comparison covers it
    }
  }
  return text;
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}
