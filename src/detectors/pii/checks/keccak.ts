/**
 * Keccak-256 as Ethereum uses it (the padding of the contest's submission, not of FIPS 202). For short ASCII texts: one block.
 * Words of 64 bits are BigInts: it runs on a candidate only, never on each character of a text.
 */
import { assert } from "../../../stdx/assert.ts";

const blockBytes = 136;
const mask = (1n << 64n) - 1n;
const rotate = (lane: bigint, by: bigint): bigint => ((lane << by) | (lane >> (64n - by))) & mask;

/** Walks the lanes as rho and pi do: each lane's next place, and how far it turns. */
const places = [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];
const turns = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44].map(BigInt);

/** Of at most 135 ASCII characters; in hexadecimal. */
export function keccak256(text: string): string {
  assert(text.length < blockBytes, "one block is hashed");
  const block = new Uint8Array(blockBytes);
  for (let at = 0; at < text.length; at++) block[at] = text.charCodeAt(at);
  block[text.length] = 0x01;
  block[blockBytes - 1] = (block[blockBytes - 1] as number) | 0x80;
  const view = new DataView(block.buffer);
  const lanes = Array.from({ length: 25 }, (_, lane) =>
    lane * 8 < blockBytes ? view.getBigUint64(lane * 8, true) : 0n,
  );
  permute(lanes);
  const hash = new DataView(new ArrayBuffer(32));
  for (let lane = 0; lane < 4; lane++) hash.setBigUint64(lane * 8, lanes[lane] as bigint, true);
  return Buffer.from(hash.buffer).toString("hex");
}

function permute(lanes: bigint[]): void {
  const at = (index: number): bigint => lanes[index] as bigint;
  let shift = 1;
  for (let round = 0; round < 24; round++) {
    const columns = [0, 1, 2, 3, 4].map((x) => at(x) ^ at(x + 5) ^ at(x + 10) ^ at(x + 15) ^ at(x + 20));
    for (let lane = 0; lane < 25; lane++) {
      const x = lane % 5;
      lanes[lane] = at(lane) ^ (columns[(x + 4) % 5] as bigint) ^ rotate(columns[(x + 1) % 5] as bigint, 1n);
    }
    let carried = at(1);
    for (const [step, place] of places.entries()) {
      const next = at(place);
      lanes[place] = rotate(carried, turns[step] as bigint);
      carried = next;
    }
    for (let row = 0; row < 25; row += 5) {
      const before = lanes.slice(row, row + 5);
      for (let x = 0; x < 5; x++) {
        lanes[row + x] =
          (before[x] as bigint) ^ (~(before[(x + 1) % 5] as bigint) & mask & (before[(x + 2) % 5] as bigint));
      }
    }
    let constant = 0n;
    for (let bit = 0; bit < 7; bit++) {
      if (shift & 1) constant |= 1n << ((1n << BigInt(bit)) - 1n);
      shift = (shift << 1) ^ (shift & 0x80 ? 0x171 : 0);
    }
    lanes[0] = at(0) ^ constant;
  }
}
