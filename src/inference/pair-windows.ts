/**
 * How two texts share a model's window when they are too long to stand in one together: windows of the one against windows of the
 * other, each of the first with each of the second. Pure.
 */
import { type TokenWindow, type WindowShape, windowsOf } from "./tokens/windows.ts";

export type PairWindows = {
  /** All of it, or there is no answer: what was left out may be what bears the claim out. */
  readonly evidence: readonly TokenWindow[];
  readonly claim: readonly TokenWindow[];
  /** Tokens of the claim that stand in a window. */
  readonly covered: number;
};

/** Shares of the room: a claim stands whole up to the first; a longer one leaves evidence up to the second. */
const claimShare = 0.75;
const evidenceShare = 0.5;

/**
 * Lengths in tokens. `shapeBeside`: of the windows that so many tokens more stand beside; its cap counts windows of both together.
 * `null`: the evidence has more windows than the cap, or no window has room for two texts.
 */
export function pairWindowsOf(
  evidence: number,
  claim: number,
  shapeBeside: (tokens: number) => WindowShape,
): PairWindows | null {
  if (claim === 0) return { evidence: [], claim: [], covered: 0 };
  const { size: room } = shapeBeside(0);
  if (room < 2) return null;
  const isWhole = evidence + claim <= room || claim <= Math.floor(room * claimShare);
  const claimSize = isWhole ? claim : room - Math.min(evidence, Math.floor(room * evidenceShare));
  const beside = shapeBeside(claimSize);
  const held = windowsOf(evidence, beside);
  if (held.covered < evidence) return null;
  // Evidence that the tokenizer makes nothing of is none, and a claim is held against that.
  const windows = held.windows.length === 0 ? [{ from: 0, to: 0 }] : held.windows;
  const most = Math.floor(beside.most / windows.length);
  const parts = windowsOf(claim, { ...shapeBeside(room - claimSize), most });
  return { evidence: windows, claim: parts.windows, covered: parts.covered };
}
