// What the tests of clients share: a policy that does each thing that a guard may do, at a word of its own, and the whole path before
// a model server that follows a script. A call finds what it is answered by a header of its own.

import assert from "node:assert/strict";
import { exchangeHeader, Upstream } from "../../matrix/upstream.ts";
import type { Reply } from "../../matrix/wire.ts";
import { System, type SystemOptions } from "../system.ts";

/** The model sees a stand-in for it in prompts. */
export const address = "ada.lovelace@example.org";
const standIn = /<EMAIL_1_[a-z2-9]+>/;

/** What stands in place of a text that was refused, or blocked without words of its own. */
export const sentence = /^This content is not allowed by the policy here\. \(reference [\w-]+\)$/;

/** A rule, as a YAML mapping in one line. */
export const onWord = (id: string, stage: string, word: string, action: string): string =>
  `{ id: ${id}, stage: ${stage}, detect: { keywords: { list: [${word}] } }, action: ${action} }`;

export type ErrorWords = { readonly status: number; readonly message: string };

/** Prompts are blocked, or refused, replies are cut, or masked. `later`: the error that is not the ordinary one. */
export const usualRules = (later: ErrorWords = { status: 429, message: "Not now." }): readonly string[] => [
  onWord("banned", "prompt", "zebrastripe", "{ block: error }"),
  onWord("later", "prompt", "giraffeneck", `{ block: { form: error, ${inFlow(later)} } }`),
  onWord("refused", "prompt", "lionsmane", "{ block: refusal }"),
  onWord("cut", "reply", "zebrastripe", "{ block: refusal }"),
  onWord("masks", "reply", "yellowbrick", "redact"),
];
const inFlow = ({ status, message }: ErrorWords): string => `status: ${status}, message: ${message}`;

/** Replies are blocked and refused as prompts are. */
export const sameRulesForReplies: readonly string[] = [
  onWord("banned", "[prompt, reply]", "zebrastripe", "{ block: error }"),
  onWord("refused", "[prompt, reply]", "lionsmane", "{ block: refusal }"),
  onWord("masks", "reply", "yellowbrick", "redact"),
];

/** Of those rules, and one that puts a stand-in in place of an address, and the address back into replies. */
export const policyOf = (rules: readonly string[]): string => `kind: Policy
version: 1
name: clients
defaults: { onUnknown: closed, onUnreadable: block }
rules:
${rules.map((rule) => `  - ${rule}\n`).join("")}  - id: stands-in
    stage: prompt
    detect: { pii: { kinds: [email] } }
    action: { redact: { placeholder: { restore: { links: true, toolArguments: true } } } }
`;

/** What the model calls the address by; the prompt does not hold the address itself. */
export function standInOf(heard: string): string {
  assert.ok(!heard.includes(address));
  return standIn.exec(heard)?.[0] ?? assert.fail("the model sees a stand-in");
}

/** Says the reply to a prompt's body. */
export type Speak = (heard: string) => Reply;

export const none: Speak = () => assert.fail("nothing gets to the model");
export const json = (body: object, more: Partial<Reply> = {}): Reply => ({
  status: 200,
  contentType: "application/json",
  chunks: [Buffer.from(JSON.stringify(body))],
  ...more,
});
/** Of a stream, as the wire has them. */
export const framed = (contentType: string, frames: readonly string[]): Reply => ({
  status: 200,
  contentType,
  chunks: frames.map((frame) => Buffer.from(frame)),
});

export type Call = {
  /** By which it finds its answer; a client is to send them once. */
  readonly headers: Record<string, string>;
  /** What came as its prompt; `null` where nothing did. */
  readonly heard: { readonly path: string; readonly body: string } | null;
};

export type SiteOptions = Pick<SystemOptions, "shape"> & {
  /** The usual ones where left out. */
  readonly rules?: readonly string[];
};

export class Site implements AsyncDisposable {
  readonly system: System;
  readonly #upstream: Upstream;
  readonly #parts: AsyncDisposableStack;
  #calls = 0;

  private constructor(parts: AsyncDisposableStack, upstream: Upstream, system: System) {
    this.#parts = parts;
    this.#upstream = upstream;
    this.system = system;
  }

  static async open({ rules = usualRules(), ...more }: SiteOptions = {}): Promise<Site> {
    await using parts = new AsyncDisposableStack();
    const upstream = parts.use(await Upstream.open());
    const system = parts.use(await System.open({ ...more, policy: policyOf(rules), upstreamPort: upstream.port }));
    return new Site(parts.move(), upstream, system);
  }

  get url(): string {
    return this.system.url;
  }

  /** A call that is answered so. */
  answered(speak: Speak): Call {
    this.#calls += 1;
    const id = String(this.#calls);
    const call: { headers: Call["headers"]; heard: Call["heard"] } = { headers: { [exchangeHeader]: id }, heard: null };
    this.#upstream.expect(id, ({ path, body }) => {
      call.heard = { path, body: body.toString() };
      return speak(call.heard.body);
    });
    return call;
  }

  /** How many exchanges there have been. */
  async exchanges(): Promise<number> {
    return (await this.system.settled()).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}
