// Inputs out of other inputs: bytes flipped, put in, taken out, repeated, joined, and words of the formats. The same seed gives the same.

export type Random = {
  /** A whole number from 0 up to `below`, which is not reached. */
  next(below: number): number;
};

/** Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next(below) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * below);
    },
  };
}

/** FNV-1a: what is drawn for an input is drawn again when it is read again. */
export function randomOf(bytes: Uint8Array): Random {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return createRandom(hash);
}

const words: readonly Buffer[] = [
  ...["{", "}", "[", "]", '"', ",", ":", "\\", '\\"', "\\u0000", "\\ud800", "\\udc00", "\\u", "null", "true", "false"],
  ...[
    "0",
    "-1",
    "1e999",
    "4111111111111111",
    "0.0",
    '""',
    "{}",
    "[]",
    '{"":""}',
    '"type":"text"',
    '"index":',
    '"role":',
  ],
  ...[
    '"content":',
    '"text":',
    '"delta":',
    '"__proto__":{',
    "data:",
    "event:",
    "id:",
    "retry:",
    ": ping",
    "\n\n",
    "\r\n",
  ],
  ...[
    "\r",
    "\r\n\r\n",
    "[DONE]",
    "data: [DONE]\n\n",
    "\ufeff",
    "\u2028",
    "\ud83d\ude00",
    "--",
    "--\r\n",
    "filename=",
    'name="',
  ],
  ...[
    "Content-Disposition: form-data",
    "Content-Type: text/plain",
    "base64,",
    "data:text/plain,x",
    "AAAA",
    ":event-type",
  ],
  ...[":message-type", ":exception-type", ":content-type", "bytes", "\u0000\u0000\u0000\u0010", "x".repeat(300)],
]
  .map((word) => Buffer.from(word))
  .concat([Buffer.from([0xff]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xc0, 0x80]), Buffer.from([7, 0, 4])])
  .concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), Buffer.from("[".repeat(200))]);

/** Never longer than this. */
const longest = 65_536;

const joined = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;
const mutations: readonly Mutation[] = [
  (bytes, random) => {
    const flipped = Buffer.from(bytes);
    const at = random.next(bytes.length);
    flipped[at] = (flipped[at] as number) ^ (1 << random.next(8));
    return flipped;
  },
  (bytes, random) => {
    const at = random.next(bytes.length + 1);
    return joined(bytes.subarray(0, at), Buffer.from([random.next(256)]), bytes.subarray(at));
  },
  (bytes, random) => {
    const at = random.next(bytes.length);
    return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random.next(16)));
  },
  (bytes, random) => {
    const at = random.next(bytes.length + 1);
    const over = random.next(2) === 0 ? 0 : random.next(12);
    return joined(bytes.subarray(0, at), words[random.next(words.length)] as Buffer, bytes.subarray(at + over));
  },
  (bytes, random) => {
    const at = random.next(bytes.length);
    const part = bytes.subarray(at, at + 1 + random.next(64));
    const times = Array.from({ length: 1 + random.next(20) }, () => part);
    return joined(bytes.subarray(0, at), ...times, bytes.subarray(at));
  },
  (bytes, random, other) =>
    joined(bytes.subarray(0, random.next(bytes.length + 1)), other.subarray(random.next(other.length + 1))),
  (bytes, random) => bytes.subarray(0, random.next(bytes.length + 1)),
  (bytes, random) => {
    const [from, to] = [random.next(bytes.length), random.next(bytes.length)];
    const part = bytes.subarray(from, from + 1 + random.next(40));
    return joined(bytes.subarray(0, to), part, bytes.subarray(to));
  },
];

/** `corpus` holds at least one input. */
export function mutated(corpus: readonly Buffer[], random: Random): Buffer {
  const pick = (): Buffer => corpus[random.next(corpus.length)] as Buffer;
  let bytes = pick();
  for (let left = random.next(5); left >= 0; left -= 1) {
    if (bytes.length === 0) bytes = pick();
    if (bytes.length === 0) return bytes;
    bytes = (mutations[random.next(mutations.length)] as Mutation)(bytes, random, pick()).subarray(0, longest);
  }
  return bytes;
}
