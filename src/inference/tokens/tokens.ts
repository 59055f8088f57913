/** What a tokenizer makes of a text, and what may be asked of one. Which package does it is not known here. */

/** Without the special tokens. */
export type Tokens = {
  readonly ids: Int32Array;
  /** UTF-16 code units of the text, by token: [starts, ends). A token may stand for none. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** 1: the tokenizer does not know what stands there. */
  readonly unknown: Uint8Array;
};

/** What stands around one text, or around and between two. */
export type Frame = {
  readonly before: readonly number[];
  readonly between: readonly number[];
  readonly after: readonly number[];
  /** Which half each part counts to, where the tokenizer says. */
  readonly types: readonly [before: number, first: number, between: number, second: number, after: number];
};

export type Tokenizer = {
  /** Around one text: `between` is empty. */
  readonly single: Frame;
  /** `null`: it takes no pairs. */
  readonly pair: Frame | null;
  readonly vocabularySize: number;
  /**
   * Between its blocks others have their turn; aborted, it rejects with the signal's reason. `tokensMax`: who needs no more is not
   * given all of a long text; it may be some more than that, and is never less where the text has them.
   */
  encode(signal: AbortSignal, text: string, tokensMax?: number): Promise<Tokens>;
};
