/** What the thread that tokenises and the thread that asks it say to each other. Plain data. */
import type { Tokenizer, Tokens } from "./tokens.ts";

/** All of a tokenizer but its work. */
export type TokenizerFacts = Omit<Tokenizer, "encode">;

export type TokenizerAsk =
  | { readonly kind: "encode"; readonly id: number; readonly text: string; readonly tokensMax: number }
  /** Its answer is wanted no more. */
  | { readonly kind: "leave"; readonly id: number }
  | { readonly kind: "close" };

export type TokenizerTold =
  /** `digest`: of the file. */
  | { readonly kind: "ready"; readonly facts: TokenizerFacts; readonly digest: string }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "encoded"; readonly id: number; readonly tokens: Tokens }
  /** Without a reason: it could name the text. */
  | { readonly kind: "failed"; readonly id: number };
