/** The phase machine against the rules of the protocol: random exchanges, and what Envoy would take for an answer. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  type BodyMode,
  type Effect,
  type Input,
  initialState,
  type Side,
  type State,
  sides,
  step,
} from "../../src/extproc/phase.ts";

type Message = { on: "headers" | "body" | "trailers"; endOfStream: boolean };
/** What a gate does at a feed: clears something now or not, or blocks. */
type Word = "hold" | "clear" | "block";

const wholeModes: readonly BodyMode[] = ["buffered", "partial"];

/** The messages of one side as Envoy sends them in a mode. */
function messagesOf(mode: BodyMode, pieces: number, end: "headers" | "data" | "empty" | "trailers"): Message[] {
  if (end === "headers") return [{ on: "headers", endOfStream: true }];
  const messages: Message[] = [{ on: "headers", endOfStream: false }];
  const trailers = end === "trailers";
  if (wholeModes.includes(mode)) messages.push({ on: "body", endOfStream: !trailers });
  else if (mode !== "none") {
    for (let piece = 0; piece < pieces; piece += 1)
      messages.push({ on: "body", endOfStream: end === "data" && piece === pieces - 1 });
    if (end === "empty" || (end === "data" && pieces === 0)) messages.push({ on: "body", endOfStream: true });
  }
  if (trailers) messages.push({ on: "trailers", endOfStream: false });
  return messages;
}

/** Drives the machine as the session does; gives every effect that says something to Envoy, in order. */
class Drive {
  state: State;
  readonly said: Effect[] = [];
  readonly #words: Iterator<Word>;

  constructor(request: BodyMode, response: BodyMode, words: Iterable<Word>) {
    this.state = initialState(request, response, false);
    this.#words = words[Symbol.iterator]();
  }

  give(input: Input): Effect[] {
    const from = this.said.length;
    this.#run(input);
    return this.said.slice(from);
  }

  #run(input: Input): void {
    const [next, effects] = step(this.state, input);
    this.state = next;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    if (effect.do === "feed" || effect.do === "uninspected") {
      const word = this.#words.next().value ?? "clear";
      const whole = effect.do === "uninspected" || effect.end;
      if (word === "block") this.#run({ on: "blocked", side: effect.side, canCut: true });
      else this.#run({ on: "cleared", side: effect.side, whole, any: word === "clear" });
    } else if (effect.do !== "open") {
      this.said.push(effect);
    }
  }
}

/** Rules that Envoy holds an answer against; `null` when all of them hold. */
function fault(mode: BodyMode, side: Side, sent: readonly Message[], said: readonly Effect[]): string | null {
  const mine = said.filter((effect) => "side" in effect && effect.side === side);
  const order = mine.map((effect) => effect.do);
  const count = (what: Effect["do"]): number => order.filter((each) => each === what).length;
  if (count("answer-headers") > 1) return "headers answered twice";
  if (count("answer-trailers") > 1) return "trailers answered twice";
  const bodies = sent.filter(({ on }) => on === "body").length;
  if (mode === "duplex" && count("answer-body") > 0) return "a plain body answer in duplex";
  if (mode !== "duplex" && count("send") > 0) return "a streamed answer outside duplex";
  if (mode !== "duplex" && count("answer-body") + count("cut") > bodies) return "more body answers than pieces";
  const ends = mine.filter(
    (effect) => (effect.do === "send" && effect.end) || (effect.do === "cut" && effect.as === "stream"),
  );
  if (ends.length > 1) return "end of stream twice";
  const end = ends[0];
  if (end !== undefined && mine.slice(mine.indexOf(end) + 1).length > 0) return "something after the end of stream";
  const headersAt = order.indexOf("answer-headers");
  const firstBody = order.findIndex((each) => each === "send");
  if (firstBody !== -1 && headersAt > firstBody) return "body before headers";
  const immediately = said.findIndex((effect) => effect.do === "answer-immediately");
  if (immediately !== -1 && immediately !== said.length - 1) return "something after an immediate answer";
  return null;
}

const modeOf = fc.constantFrom<BodyMode>("none", "streamed", "buffered", "partial", "duplex");
const endOf = fc.constantFrom("headers" as const, "data" as const, "empty" as const, "trailers" as const);
const wordOf = fc.constantFrom<Word>("hold", "hold", "clear", "clear", "clear", "block");
const sideOf = fc.record({ mode: modeOf, pieces: fc.integer({ min: 0, max: 4 }), end: endOf });

describe("phase machine", () => {
  it("answers every legal exchange as the protocol demands", () => {
    fc.assert(
      fc.property(sideOf, sideOf, fc.array(wordOf, { maxLength: 20 }), (request, response, words) => {
        const drive = new Drive(request.mode, response.mode, words);
        for (const side of sides) {
          const plan = side === "request" ? request : response;
          const messages = messagesOf(plan.mode, plan.pieces, plan.end);
          const sent: Message[] = [];
          for (const message of messages) {
            if (drive.state.over !== "no" && drive.state.over !== "cut") break;
            sent.push(message);
            const answers = drive.give({ ...message, side });
            // Outside duplex each message is answered at once, unless the exchange ended.
            if (plan.mode !== "duplex" && drive.state.over === "no")
              assert.equal(answers.length, 1, JSON.stringify({ plan, message, answers }));
          }
          assert.equal(
            fault(plan.mode, side, sent, drive.said),
            null,
            JSON.stringify({ request, response, words, said: drive.said }),
          );
        }
      }),
      { numRuns: 5000 },
    );
  });

  it("has an answer for any input in any order, and says nothing after it failed", () => {
    const input = fc.oneof(
      fc.record({ on: fc.constant("headers" as const), side: fc.constantFrom(...sides), endOfStream: fc.boolean() }),
      fc.record({ on: fc.constant("body" as const), side: fc.constantFrom(...sides), endOfStream: fc.boolean() }),
      fc.record({ on: fc.constant("trailers" as const), side: fc.constantFrom(...sides) }),
    );
    fc.assert(
      fc.property(
        modeOf,
        modeOf,
        fc.array(input, { maxLength: 12 }),
        fc.array(wordOf, { maxLength: 12 }),
        (request, response, inputs, words) => {
          const drive = new Drive(request, response, words);
          for (const each of inputs) drive.give(each);
          const failed = drive.said.findIndex((effect) => effect.do === "fail");
          if (failed !== -1) assert.equal(failed, drive.said.length - 1);
          assert.ok(drive.said.filter((effect) => effect.do === "answer-immediately").length <= 1);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it("never answers in observability mode", () => {
    fc.assert(
      fc.property(sideOf, fc.array(wordOf, { maxLength: 20 }), ({ pieces, end }, words) => {
        const drive = new Drive("streamed", "streamed", words);
        drive.state = initialState("streamed", "streamed", true);
        for (const message of messagesOf("streamed", pieces, end)) drive.give({ ...message, side: "request" });
        assert.deepEqual(drive.said, []);
      }),
    );
  });

  const repeated: readonly [string, Input[]][] = [
    ["request headers twice", [{ on: "headers", side: "request", endOfStream: false }]],
    [
      "trailers twice",
      [
        { on: "trailers", side: "request" },
        { on: "trailers", side: "request" },
      ],
    ],
    [
      "a body after trailers",
      [
        { on: "trailers", side: "request" },
        { on: "body", side: "request", endOfStream: false },
      ],
    ],
  ];
  for (const [name, inputs] of repeated) {
    it(`fails on ${name}`, () => {
      const drive = new Drive("duplex", "duplex", []);
      drive.give({ on: "headers", side: "request", endOfStream: false });
      for (const input of inputs) drive.give(input);
      assert.deepEqual(drive.said.at(-1), { do: "fail", why: "protocol_error" });
    });
  }
});
