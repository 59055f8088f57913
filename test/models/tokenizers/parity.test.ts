// Our tokenizer gives what Python's `tokenizers` gives: ids and halves with special tokens, and places of the text's tokens,
// there in code points and here in UTF-16 code units. Texts in which a special token is written are set apart: Python's gives the
// special token, and here it is the letters that stand there.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadTokenizer } from "../../../src/inference/tokens/tokenizer.ts";
import type { Frame, Tokenizer, Tokens } from "../../../src/inference/tokens/tokens.ts";
import { placesOf, type Recorded, readExpected, specialsOf, tokenizerPath } from "./expected.ts";

const never = new AbortController().signal;
const expected = readExpected();

/** These do not count dropped characters in front of a text, in Python either; ours are placed right (tokenizer.test.ts). */
const miscounting = ["deberta", "xlm-roberta"];
const isPlacedWell = (name: string, text: string): boolean =>
  !(miscounting.includes(name) && /^\s*[\p{Cc}\p{Cf}]/u.test(text));

describe("parity with Python's tokenizers", () => {
  it("is looked at on many texts and kinds", () => {
    assert.ok(expected.texts.length >= 1_000);
    assert.ok(expected.pairs.length >= 250);
    assert.deepEqual(Object.keys(expected.tokenizers), [
      "bert",
      "deberta",
      "llama",
      "modernbert",
      "roberta",
      "xlm-roberta",
    ]);
  });

  for (const [name, recorded] of Object.entries(expected.tokenizers)) {
    const isPlain = (text: string): boolean => specialsOf(name).every(({ content }) => !text.includes(content));

    it(`${name}: single texts`, async () => {
      const tokenizer = await load(name);
      assert.ok(expected.texts.filter(isPlain).length >= 1_000);
      for (const [at, text] of expected.texts.entries()) {
        if (!isPlain(text)) continue;
        const tokens = await tokenizer.encode(never, text);
        const said = framed(tokenizer.single, [tokens]);
        const wanted = recorded.singles[at] as Recorded;
        assert.deepEqual(said, { ids: wanted.ids, types: wanted.types }, `text ${at}: ${JSON.stringify(text)}`);
        if (!isPlacedWell(name, text)) continue;
        assert.deepEqual(
          unitsOf(tokens),
          inUnits([text], wanted, tokens.ids.length),
          `text ${at}: ${JSON.stringify(text)}`,
        );
      }
    });

    it(`${name}: pairs`, async () => {
      const tokenizer = await load(name);
      const frame = tokenizer.pair;
      assert.ok(frame !== null);
      for (const [at, pair] of expected.pairs.entries()) {
        const texts = pair.map((each) => expected.texts[each] as string);
        if (!texts.every(isPlain)) continue;
        const both = await Promise.all(texts.map((text) => tokenizer.encode(never, text)));
        const wanted = recorded.pairs[at] as Recorded;
        assert.deepEqual(framed(frame, both), { ids: wanted.ids, types: wanted.types }, `pair ${at}`);
        if (!texts.every((text) => isPlacedWell(name, text))) continue;
        assert.deepEqual(both.flatMap(unitsOf), inUnits(texts, wanted, recorded.firsts[at] as number), `pair ${at}`);
      }
    });

    it(`${name}: special tokens that are written in a text`, async () => {
      const { encode, single } = await load(name);
      const written = expected.texts.flatMap((text, at) => (isPlain(text) ? [] : [{ text, at }]));
      assert.ok(written.length >= 10);
      const ids = new Set(specialsOf(name).map(({ id }) => id));
      let pythonHas = 0;
      for (const { text, at } of written) {
        const tokens = await encode(never, text);
        const wanted = recorded.singles[at] as Recorded;
        const inner = wanted.ids.slice(single.before.length, wanted.ids.length - single.after.length);
        if (inner.some((id) => ids.has(id))) pythonHas += 1;
        for (const [token, id] of tokens.ids.entries()) assert.ok(!ids.has(id) || tokens.unknown[token] === 1, text);
        const [, last = 0] = inUnits([text], wanted, inner.length).at(-1) ?? [];
        assert.ok((tokens.ends.at(-1) ?? 0) >= last, `nothing is lost of ${JSON.stringify(text)}`);
      }
      assert.ok(pythonHas > 0);
    });
  }
});

async function load(name: string): Promise<Tokenizer> {
  const loaded = await loadTokenizer(tokenizerPath(name));
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.value;
}

function framed({ before, between, after, types }: Frame, texts: readonly Tokens[]) {
  const parts = [before, [...(texts[0] as Tokens).ids], between, [...(texts[1]?.ids ?? [])], after];
  return { ids: parts.flat(), types: parts.flatMap((part, at) => part.map(() => types[at])) };
}

const unitsOf = ({ starts, ends }: Tokens): readonly (readonly [number, number])[] =>
  Array.from(starts, (start, at) => [start, ends[at] as number]);

/** The slow way, so that it is another way: by slices of code points. `first`: tokens of the first text. */
function inUnits(texts: readonly string[], recorded: Recorded, first: number) {
  const points = texts.map((text) => [...text]);
  return placesOf(recorded).map(([from, to], at) => {
    const text = points[at < first ? 0 : 1] as string[];
    return [text.slice(0, from).join("").length, text.slice(0, to).join("").length];
  });
}
