// Evidence and a reply about it, drawn: facts of harbour towns, each with a number of its own. Some sentences of the reply tell
// another number than the evidence does. The same for the same seed; no text of a data set.

import { pick, type Random, seeded } from "../../test/helpers/secret-samples.ts";
import { tokensOf } from "../load/traffic.ts";

export interface Said {
  readonly text: string;
  /** Whether the evidence bears it out. */
  readonly supported: boolean;
  /** Which of the reply's tokens is its last. */
  readonly lastToken: number;
}

export interface Told {
  /** Results of tools, for a prompt. */
  readonly evidence: readonly string[];
  /** Of all evidence, by the tokenizer that was asked. */
  readonly evidenceTokens: number;
  readonly claims: readonly Said[];
  /** The reply, as a model's tokens are. */
  readonly tokens: readonly string[];
}

/** Where each token of a text ends, in UTF-16 code units. */
export type TokenEnds = (text: string) => Promise<ArrayLike<number>>;

const begins = "Nor Hel Ost Vik Grim Tor Lund Eld Bran Skar Hav Fal".split(" ");
const ends = "haven vik sund ness holm dal borg fjord mouth stad by moor".split(" ");
type Form = readonly [told: (town: string, number: string) => string, said: (town: string, number: string) => string];
const forms: readonly Form[] = [
  [
    (town, number) => `The harbour of ${town} has ${number} berths for fishing boats.`,
    (town, number) => `For fishing boats the harbour of ${town} has ${number} berths along its quay.`,
  ],
  [
    (town, number) => `The ferry to ${town} takes ${number} minutes in calm weather.`,
    (town, number) => `In calm weather, as the results say, the ferry to ${town} takes ${number} minutes.`,
  ],
  [
    (town, number) => `The library of ${town} holds ${number} books about seafaring.`,
    (town, number) => `About seafaring the library of ${town} holds ${number} books on its shelves.`,
  ],
  [
    (town, number) => `The school of ${town} teaches ${number} children in two buildings.`,
    (town, number) => `In its two buildings the school of ${town} teaches ${number} children this year.`,
  ],
  [
    (town, number) => `The bakery of ${town} sells ${number} loaves on a market day.`,
    (town, number) => `On a market day the bakery of ${town} sells ${number} loaves before noon.`,
  ],
];
const parts = 4;
const madeUpEvery = 6;
const sentencesInParagraph = 5;
/** So long is no reply of ours. */
const tokensMax = 1_000_000;

/** `sentences` of a reply about evidence of at most so many tokens, less than a sentence below that. */
export async function tellOf(seed: number, sentences: number, tokens: number, endsOf: TokenEnds): Promise<Told> {
  const random = seeded(seed);
  const facts = shuffled(random, factsOf(random, tokens));
  const { length } = facts;
  const all = facts.map(({ told }) => told).join(" ");
  const tokenEnds = await endsOf(all);
  if (tokenEnds.length < tokens) throw new Error(`${length} facts have no ${tokens} tokens`);
  const kept = facts.slice(0, all.slice(0, tokenEnds[tokens - 1]).split(/(?<=\.) /).length - 1);
  const evidenceUnits = kept.reduce((sum, { told }) => sum + told.length + 1, -1);
  let evidenceTokens = 0;
  while ((tokenEnds[evidenceTokens] ?? Infinity) <= evidenceUnits) evidenceTokens += 1;
  if (kept.length < sentences) throw new Error(`evidence for ${kept.length} of ${sentences} sentences`);
  const share = Math.ceil(kept.length / parts);
  const evidence = Array.from({ length: parts }, (_, part) =>
    kept
      .slice(part * share, (part + 1) * share)
      .map(({ told }) => told)
      .join(" "),
  );
  return { evidence, evidenceTokens, ...replyOf(shuffled(random, kept).slice(0, sentences), random) };
}

type Fact = { readonly told: string; readonly said: (other: number | null) => string; readonly value: number };

function factsOf(random: Random, tokens: number): readonly Fact[] {
  const facts: Fact[] = [];
  const towns = begins.flatMap((begin) => ends.map((end) => begin + end));
  // A fact has some twelve tokens; towns with a number after their name follow where the names are used up.
  for (let at = 0; facts.length * 10 < tokens; at += 1) {
    const town = at < towns.length ? (towns[at] as string) : `${towns[at % towns.length]} ${at}`;
    for (const [told, said] of forms) {
      const value = 20 + Math.floor(random() * 900);
      facts.push({
        told: told(town, String(value)),
        said: (other) => said(town, String(other ?? value)),
        value,
      });
    }
  }
  return facts;
}

function replyOf(facts: readonly Fact[], random: Random): Pick<Told, "claims" | "tokens"> {
  const tokens: string[] = [];
  const claims: Said[] = [];
  for (const [at, fact] of facts.entries()) {
    const supported = (at + 1) % madeUpEvery !== 0;
    const text = fact.said(supported ? null : fact.value + pick(random, [7, 13, 31, 53]));
    const gap = at === 0 ? "" : at % sentencesInParagraph === 0 ? "\n\n" : " ";
    tokens.push(...tokensOf(gap + text, tokensMax));
    claims.push({ text, supported, lastToken: tokens.length - 1 });
  }
  return { claims, tokens };
}

function shuffled<T>(random: Random, list: readonly T[]): readonly T[] {
  const left = [...list];
  for (let at = left.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [left[at], left[other]] = [left[other] as T, left[at] as T];
  }
  return left;
}

/** A prompt that brings this evidence along, as JSON bytes; streamed where it is asked for. */
export function promptAbout(evidence: readonly string[], question: string, stream: boolean): Buffer {
  const calls = evidence.map((_, at) => ({
    id: `call-${at}`,
    type: "function",
    function: { name: "look_up", arguments: "{}" },
  }));
  return Buffer.from(
    JSON.stringify({
      model: "stand-in-small",
      ...(stream ? { stream } : {}),
      messages: [
        { role: "system", content: "You answer questions about the coast." },
        { role: "user", content: question },
        { role: "assistant", content: null, tool_calls: calls },
        ...evidence.map((content, at) => ({ role: "tool", tool_call_id: `call-${at}`, content })),
      ],
    }),
  );
}

const chunkHead = { object: "chat.completion.chunk", created: 1_760_000_000, model: "stand-in-small" };

/** Events of a stream, one a token; each has an id of its own, so that it is known again whatever a guard wrote into it. */
export function eventsOf(tokens: readonly string[]): readonly Buffer[] {
  const event = (id: number, delta: object, finish: string | null): Buffer =>
    Buffer.from(
      `data: ${JSON.stringify({ id: `t-${id}`, ...chunkHead, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
    );
  return [
    ...tokens.map((content, at) => event(at, at === 0 ? { role: "assistant", content } : { content }, null)),
    event(tokens.length, {}, "stop"),
    Buffer.from("data: [DONE]\n\n"),
  ];
}
