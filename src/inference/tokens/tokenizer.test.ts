// Long texts in blocks, what a file may not do, and what is unknown. That ids and places are right is shown in test/models/tokenizers.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { Tokenizer as Core } from "tokenizers";
import { readExpected, specialsOf, tokenizerPath } from "../../../test/models/tokenizers/expected.ts";
import { openTempDir } from "../../../test/helpers/temp-dir.ts";
import { blocksOf, blockUnits } from "./blocks.ts";
import { loadTokenizer, tokenizerBytesMax } from "./tokenizer.ts";
import type { Tokens } from "./tokens.ts";
import { unitOffsets } from "./offsets.ts";
import { sightOf, unseenShare } from "./windows.ts";

const never = new AbortController().signal;
const { texts, tokenizers } = readExpected();
const names = Object.keys(tokenizers);

async function load(name: string) {
  const loaded = await loadTokenizer(tokenizerPath(name));
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.value;
}

/** Several blocks of such texts. */
const longOf = (some: readonly string[]) =>
  fc
    .array(fc.constantFrom(...some), { minLength: 10, maxLength: 60 })
    .map((picks) => picks.join(" "))
    .chain((text) => fc.integer({ min: 1, max: 6 }).map((times) => text.repeat(times)));
const longTexts = longOf(texts);

const unseenOf = (tokens: Tokens, text: string) => sightOf(tokens, { from: 0, to: tokens.ids.length }, text).unseen;

for (const name of names) {
  const specials = specialsOf(name);
  /** The core takes a special token that is written for a real one. */
  const plain = texts.filter((text) => specials.every(({ content }) => !text.includes(content)));

  describe(`${name}, special tokens that people write`, () => {
    const pieces = fc.constantFrom(
      ...specials.map(({ content }) => content),
      "a",
      " ",
      "[",
      "</",
      "𝒳",
      "\ud835",
      ">",
      "S]",
    );
    const written = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(""));

    it("are letters, and nothing of the text is lost", async () => {
      const { encode, single } = await load(name);
      const ids = new Set([...specials.map(({ id }) => id), ...single.before, ...single.after]);
      await fc.assert(
        fc.asyncProperty(fc.oneof(written, longOf(texts)), async (text) => {
          const tokens = await encode(never, text);
          for (const [at, id] of tokens.ids.entries()) assert.ok(!ids.has(id) || tokens.unknown[at] === 1);
          let last = 0;
          for (const [at, start] of tokens.starts.entries()) {
            assert.ok(start >= last && (tokens.ends[at] as number) <= text.length);
            last = start;
          }
        }),
        { numRuns: 60 },
      );
    });

    it("say what a word of them says, not what the token says", async () => {
      const { encode } = await load(name);
      for (const { content } of specials) {
        const { ids } = await encode(never, `the old ${content} bridge`);
        const halves = await Promise.all(
          [`the old ${content.slice(0, -1)}`, `${content.slice(-1)} bridge`].map((half) => encode(never, half)),
        );
        assert.deepEqual(
          [...ids],
          halves.flatMap((half) => [...half.ids]),
        );
      }
    });
  });

  describe(`${name}, characters that it drops`, () => {
    it("move no place of what stands behind them", async () => {
      const { encode } = await load(name);
      const word = "bridge";
      await fc.assert(
        fc.asyncProperty(fc.array(fc.constantFrom(...droppable, " "), { maxLength: 12 }), async (parts) => {
          const front = parts.join("");
          const tokens = await encode(never, `${front}${word} 𝒳`);
          // A token of white space may stand before it, and one may hold white space and letters.
          const first = tokens.ends.findIndex((end) => end > front.length);
          assert.ok((tokens.starts[first] as number) <= front.length, JSON.stringify(front));
          const last = tokens.ends.findIndex((end) => end >= front.length + word.length);
          assert.equal(tokens.ends[last], front.length + word.length, JSON.stringify(front));
          assert.equal(tokens.ends.at(-1), front.length + word.length + 3);
        }),
        { numRuns: 200, examples: [[["\u0001"]], [[" ", "\u200b", " "]], [["\u{e0041}"]]] },
      );
    });

    it("may be all there is", async () => {
      const { encode } = await load(name);
      for (const character of droppable) {
        const { starts, ends } = await encode(never, character.repeat(3));
        for (const [at, end] of ends.entries()) assert.ok((starts[at] as number) <= end && end <= character.length * 3);
      }
    });
  });

  describe(`${name}, a long text`, () => {
    it("is encoded as the whole is, but at the seams", async () => {
      const { encode } = await load(name);
      const core = Core.fromFile(tokenizerPath(name));
      core.disableTruncation();
      core.disablePadding();
      await fc.assert(
        fc.asyncProperty(longOf(plain).map(bared), async (text) => {
          const wanted = awayFromSeams(text, await wholeOf(core, text));
          assert.deepEqual(awayFromSeams(text, await encode(never, text)), wanted);
        }),
        { numRuns: 15 },
      );
    });

    it("loses nothing that its parts do not lose", async () => {
      const { encode } = await load(name);
      await fc.assert(
        fc.asyncProperty(longTexts, async (text) => {
          const tokens = await encode(never, text);
          let [last, unseen] = [0, 0];
          for (const start of tokens.starts) {
            assert.ok(start >= last, "places go on");
            last = start;
          }
          for (const { start, end } of blocksOf(text)) {
            const part = text.slice(start, end);
            unseen += unseenOf(await encode(never, part), part);
          }
          assert.equal(unseenOf(tokens, text), unseen);
        }),
        { numRuns: 15 },
      );
    });
  });
}

/** Characters that some normaliser drops. */
const droppable = ["\u0001", "\u0007", "\u0008", "\u007f", "\u00ad", "\u200b", "\u2060", "\ufeff", "\u{e0041}"];

/** Without dropped characters in front, behind which the core places all that follows too early. */
const bared = (text: string): string => text.replace(/^[\p{Cc}\p{Cf}\s]+/u, "");

/** Units beside a seam within which tokens may be others than in the whole: those of the words that meet there. */
const seamUnits = 512;

/** Ids and places of the tokens that are not near a seam, as text: quick to compare. */
function awayFromSeams(
  text: string,
  { ids, starts, ends }: Pick<Tokens, "ids" | "starts" | "ends">,
): readonly string[] {
  const seams = Array.from(blocksOf(text), ({ end }) => end).slice(0, -1);
  return Array.from(ids, (id, at) => `${id} ${starts[at]} ${ends[at]}`).filter((_, at) =>
    seams.every((seam) => Math.abs((starts[at] as number) - seam) > seamUnits),
  );
}

async function wholeOf(core: Core, text: string): Promise<Pick<Tokens, "ids" | "starts" | "ends">> {
  const encoding = await core.encode(text, null, { addSpecialTokens: false });
  const units = unitOffsets(text);
  const places = encoding.getOffsets() as [number, number][];
  return {
    ids: Int32Array.from(encoding.getIds()),
    starts: Uint32Array.from(places, ([start]) => units?.[start] ?? start),
    ends: Uint32Array.from(places, ([, end]) => units?.[end] ?? end),
  };
}

describe("a tokenizer.json", () => {
  it("may truncate and pad: neither is done", async () => {
    const file = JSON.parse(readFileSync(tokenizerPath("bert"), "utf8")) as { truncation: unknown; padding: unknown };
    assert.ok(file.truncation !== null && file.padding !== null);
    const { encode } = await load("bert");
    assert.equal((await encode(never, "a ".repeat(100))).ids.length, 100);
    assert.equal((await encode(never, "a")).ids.length, 1);
  });

  it("reads no further than it is asked to: what it gives is how the whole begins", async () => {
    const { encode } = await load("bert");
    const text = "The guard reads a long letter. ".repeat(2_000);
    const whole = await encode(never, text);
    for (const tokensMax of [1, 500, 5_000]) {
      const part = await encode(never, text, tokensMax);
      assert.ok(part.ids.length >= tokensMax && part.ids.length < tokensMax + blockUnits, `${part.ids.length}`);
      for (const key of ["ids", "starts", "ends", "unknown"] as const)
        assert.deepEqual(part[key], whole[key].subarray(0, part.ids.length));
    }
    assert.deepEqual(await encode(never, text, whole.ids.length + 1), whole);
  });

  it("says what it puts around texts", async () => {
    const { single, pair } = await load("roberta");
    assert.deepEqual(single, { before: [0], between: [], after: [2], types: [0, 0, 0, 0, 0] });
    assert.deepEqual(pair, { before: [0], between: [2, 2], after: [2], types: [0, 0, 0, 0, 0] });
    assert.deepEqual((await load("bert")).pair?.types, [0, 0, 0, 1, 1]);
  });

  it("that does not read is told by its path", async () => {
    await using folder = await openTempDir();
    const path = folder.join("tokenizer.json");
    const problemOf = async (text: string | Buffer): Promise<string> => {
      writeFileSync(path, text);
      const loaded = await loadTokenizer(path);
      assert.ok(!loaded.ok && loaded.error.startsWith(path));
      return loaded.error.slice(path.length);
    };
    assert.match(await problemOf(""), /is no tokenizer\.json/);
    assert.match(await problemOf("[]"), /is no tokenizer\.json/);
    const whole = readFileSync(tokenizerPath("bert"), "utf8");
    assert.match(await problemOf(whole.slice(0, -10)), /is no tokenizer\.json/);
    assert.match(await problemOf(whole.replace('"WordPiece"', '"Other"')), /is no tokenizer\.json/);
    assert.match(await problemOf(Buffer.alloc(tokenizerBytesMax + 1)), /bytes; \d+ are the most/);
    const missing = await loadTokenizer(folder.join("none.json"));
    assert.ok(!missing.ok && /cannot be read \(ENOENT\)/.test(missing.error));
  });
});

describe("what is unknown", () => {
  const shareOf = async (name: string, text: string): Promise<number> => {
    const tokens = await (await load(name)).encode(never, text);
    return unseenShare(tokens, [{ from: 0, to: tokens.ids.length }], text);
  };

  it("is what the vocabulary does not have", async () => {
    assert.equal(await shareOf("bert", "the old bridge"), 0);
    assert.equal(await shareOf("bert", "ꙮꙮꙮ"), 1);
    assert.equal(await shareOf("xlm-roberta", "ꙮꙮꙮ"), 1);
    assert.equal(await shareOf("xlm-roberta", "ꙮ ꙮ ꙮ"), 1);
    // A word longer than any is one unknown token.
    assert.equal(await shareOf("bert", "a".repeat(101)), 1);
  });

  it("is nothing to who knows every byte", async () => {
    for (const name of ["roberta", "modernbert", "llama"]) assert.equal(await shareOf(name, "ꙮꙮꙮ \u{e0041}"), 0);
  });

  it("is what a tokenizer drops without a token", async () => {
    assert.ok((await shareOf("bert", `bridge${"\u{e0041}".repeat(50)}`)) > 0.9);
    assert.equal(await shareOf("bert", "\u{e0041}"), 1);
  });

  it("are halves of pairs that stand alone, as the replacement character is", async () => {
    for (const name of names) {
      const { encode } = await load(name);
      const [half, replaced] = [await encode(never, "a\ud800 b\udc00"), await encode(never, "a\ufffd b\ufffd")];
      assert.deepEqual(half, replaced);
    }
  });
});

it("ends between blocks when its caller does", async () => {
  const { encode } = await load("bert");
  const controller = new AbortController();
  const encoding = encode(controller.signal, "a word ".repeat(5_000));
  controller.abort(new Error("gone"));
  await assert.rejects(encoding, /gone/);
});
