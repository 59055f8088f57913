/** How much an answer of a model holds, and the answer without what it shares with others of its batch. Pure. */
import type { Judged, JudgedPair, JudgedWindow } from "../../inference/model.ts";

type Outputs = JudgedWindow["outputs"];

const numbersIn = (outputs: Outputs): number => outputs.reduce((sum, { data }) => sum + data.length, 0);
const sumOf = (windows: readonly { readonly outputs: Outputs }[]): number =>
  windows.reduce((sum, { outputs }) => sum + numbersIn(outputs), 0);

/** A token has an id, two places and a mark. */
const numbersOfToken = 4;

export const numbersOfText = ({ tokens, windows }: Judged): number =>
  sumOf(windows) + tokens.ids.length * numbersOfToken;
export const numbersOfPair = ({ tokens, parts }: JudgedPair): number =>
  parts.reduce((sum, { windows }) => sum + sumOf(windows), tokens.ids.length * numbersOfToken);

/** A row's numbers are a part of its batch's, which would stay with them. */
const ownOutputs = <T extends { readonly outputs: Outputs }>(window: T): T => ({
  ...window,
  outputs: window.outputs.map((output) => ({ ...output, data: output.data.slice() })),
});

export const compactText = (judged: Judged): Judged => ({ ...judged, windows: judged.windows.map(ownOutputs) });
export const compactPair = ({ parts, ...rest }: JudgedPair): JudgedPair => ({
  ...rest,
  parts: parts.map((part) => ({ ...part, windows: part.windows.map(ownOutputs) })),
});
