/** Reads what make.py recorded: the compared texts, and what Python's `tokenizers` says of them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

/** `places`: of each token that is not special, the step from the begin of the one before and its length, in code points. */
export type Recorded = {
  readonly ids: readonly number[];
  readonly types: readonly number[];
  readonly places: readonly number[];
};

type Expected = {
  readonly texts: readonly string[];
  /** Numbers of texts. */
  readonly pairs: readonly (readonly [number, number])[];
  readonly tokenizers: Readonly<
    Record<
      string,
      {
        readonly singles: readonly Recorded[];
        readonly pairs: readonly Recorded[];
        /** Tokens of the first text of each pair. */
        readonly firsts: readonly number[];
      }
    >
  >;
};

const fixtures = new URL("./fixtures/", import.meta.url);

export const tokenizerPath = (name: string): string => fileURLToPath(new URL(`${name}.json`, fixtures));

export function readExpected(): Expected {
  return JSON.parse(gunzipSync(readFileSync(new URL("expected.json.gz", fixtures))).toString()) as Expected;
}

/** [begin, end) in code points of each token that is not special. */
export function placesOf({ places }: Recorded): readonly (readonly [number, number])[] {
  const spans: [number, number][] = [];
  let begin = 0;
  for (let at = 0; at < places.length; at += 2) {
    begin += places[at] as number;
    spans.push([begin, begin + (places[at + 1] as number)]);
  }
  return spans;
}

/** The special tokens of a tokenizer: number and how each is written. */
export function specialsOf(name: string): readonly { readonly id: number; readonly content: string }[] {
  const { added_tokens: added } = JSON.parse(readFileSync(tokenizerPath(name), "utf8")) as {
    added_tokens: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
  };
  return added.filter(({ special }) => special);
}
