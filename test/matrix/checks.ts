// What is shown of one text of one sample: that it is judged (a word planted there stops the exchange), that it is edited in place (a
// word is masked, and every other byte is as it came), and that what was masked on the way in is put back on the way out.

import assert from "node:assert/strict";
import type { CoverageLocation } from "../../src/domain/coverage.ts";
import { plain, planted, type Sample, type Spot, spotsOf } from "./sample.ts";
import { payloadsOf, sentinels, textsIn } from "./texts.ts";
import { exchangeHeader, type Heard, type Upstream } from "./upstream.ts";
import { promptOf, type Reply, replyOf } from "./wire.ts";

export const policy = `kind: Policy
version: 1
name: matrix
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - id: stops
    stage: [prompt, reply]
    detect: { keywords: { list: [zebrastripe] } }
    action: { block: error }
  - id: masks
    stage: [prompt, reply]
    detect: { keywords: { list: [yellowbrick] } }
    action: redact
  - id: stands-in
    stage: prompt
    detect: { pii: { kinds: [email] } }
    action: { redact: { placeholder: { restore: { links: true, toolArguments: true } } } }
`;

const stopped = "it says zebrastripe here";
const masked = "it says yellowbrick here";
const afterMask = /^it says \[[A-Z_-]+\] here$/;
const address = "ada.lovelace@example.org";
const asked = `write to ${address} now`;
const standIn = /<EMAIL_\d+_[a-z2-9]+>/;

export type Door = { readonly url: string; readonly upstream: Upstream };
type Got = { readonly status: number; readonly body: Buffer; readonly heard: Heard | null };

let exchanges = 0;

async function exchange(
  door: Door,
  sample: Sample,
  prompt: ReturnType<typeof promptOf>,
  speak: (heard: Heard) => Reply,
): Promise<Got> {
  exchanges += 1;
  const id = String(exchanges);
  let heard: Heard | null = null;
  door.upstream.expect(id, (what) => {
    heard = what;
    return speak(what);
  });
  const response = await fetch(door.url + sample.path, {
    method: sample.method ?? "POST",
    headers: {
      ...sample.headers,
      [exchangeHeader]: id,
      ...(prompt === null ? {} : { "content-type": prompt.contentType }),
    },
    ...(prompt === null ? {} : { body: new Uint8Array(prompt.bytes) }),
  });
  return { status: response.status, body: Buffer.from(await response.arrayBuffer()), heard };
}

const inPrompt = ({ mode }: Sample): boolean => mode.startsWith("prompt");

/** Throws where the word got through, or no answer came that a client can read. */
export async function blocks(door: Door, sample: Sample, spot: Spot): Promise<void> {
  const fill = planted(spot, stopped);
  if (inPrompt(sample)) {
    const got = await exchange(door, sample, promptOf(sample, fill), () => replyOf(sample, plain));
    assert.equal(got.heard, null, "nothing gets to the model");
    isRefusal(got);
    return;
  }
  const got = await exchange(door, sample, promptOf(sample, plain), () => replyOf(sample, fill));
  assert.notEqual(got.heard, null, "the prompt gets to the model");
  const texts = got.status === 200 ? payloadsOf(sample, got.body) : [got.body.toString()];
  assert.ok(!texts.join("").includes("zebrastripe"), "the word does not get to the client");
  if (got.status !== 200 || sample.reply.kind === "json" || sample.reply.kind === "text") isRefusal(got);
  for (const text of texts) if (text !== "[DONE]") JSON.parse(text);
}

function isRefusal({ status, body }: Got): void {
  type Answer = { readonly error?: unknown };
  const answer = JSON.parse(body.toString()) as Answer | readonly Answer[];
  const isError = [answer].flat().every(({ error }) => error !== undefined);
  assert.ok(status >= 400 || isError, "the answer is an error");
  assert.ok(!body.includes("zebrastripe"), "the answer does not say the word");
}

/** Throws where the word got through, or anything else is not as it came. */
export async function edits(door: Door, sample: Sample, spot: Spot): Promise<void> {
  const fill = planted(spot, masked);
  if (inPrompt(sample)) {
    const { heard } = await exchange(door, sample, promptOf(sample, fill), () => replyOf(sample, plain));
    assert.ok(heard !== null, "the prompt gets to the model");
    const template = promptOf(sample, sentinels(spot))?.bytes.toString() ?? "";
    for (const text of textsAt([template], [heard.body.toString()])) assert.match(text, afterMask);
    return;
  }
  const got = await exchange(door, sample, promptOf(sample, plain), () => replyOf(sample, fill));
  const template = payloadsOf(sample, Buffer.concat(replyOf(sample, sentinels(spot)).chunks));
  for (const text of textsAt(template, payloadsOf(sample, got.body))) assert.match(text, afterMask);
}

/** What a reply says there stays as it is: names and other marks that programs go by. */
const neverRestored: ReadonlySet<CoverageLocation> = new Set([
  ...(["name", "tool-name", "tool-definition", "metadata", "stop", "prefix"] as const),
  ...(["logprob", "alt-text", "comment", "field"] as const),
]);
/** Without a prompt there is nothing to put back. */
export const mayRestore = ({ mode, prompt }: Sample, { location }: Spot): boolean =>
  mode.startsWith("prompt") || (prompt.kind !== "none" && !neverRestored.has(location));

/** Throws where the model saw the address, or the client did not get it back. */
export async function restores(door: Door, sample: Sample, spot: Spot): Promise<void> {
  if (sample.prompt.kind === "none") return; // nothing was asked, so nothing was masked
  const answers: Spot | undefined = inPrompt(sample) ? spotsOf({ ...sample, mode: "reply-json" })[0] : spot;
  const asks: Spot | undefined = inPrompt(sample) ? spot : spotsOf({ ...sample, mode: "prompt-json" })[0];
  assert.ok(asks !== undefined, "a sample of a reply has a mark in its prompt");
  if (answers === undefined) return; // the reply has no text, as that of embeddings
  const got = await exchange(door, sample, promptOf(sample, planted(asks, asked)), ({ body }) => {
    const name = standIn.exec(body.toString())?.[0];
    assert.ok(name !== undefined && !body.includes(address), "the model sees a stand-in");
    return replyOf(sample, planted(answers, `write to ${name} now`));
  });
  const template = payloadsOf(sample, Buffer.concat(replyOf(sample, sentinels(answers)).chunks));
  for (const text of textsAt(template, payloadsOf(sample, got.body))) assert.equal(text, asked);
}

/** The texts that stand at the spot, the pieces of one joined. Throws where anything else differs from the template. */
function textsAt(templates: readonly string[], actual: readonly string[]): readonly string[] {
  assert.equal(actual.length, templates.length, "as many events came as were sent");
  const { whole, joined } = textsIn(
    templates.map((text) => ({ text, mayGo: [] })),
    actual,
  );
  return joined === null ? whole : [...whole, joined];
}
