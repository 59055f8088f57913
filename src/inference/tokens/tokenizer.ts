/**
 * Any `tokenizer.json`, by the official core: text in, ids and where they stand out. The one file that knows the package.
 *
 * The package truncates and pads where the file says so, and then loses text without a word: both are switched off here, and
 * windows are cut by `windows.ts`. Special tokens stand around a text and never in it, whatever is written there. Nothing here
 * remembers a text.
 */
import { readFile } from "node:fs/promises";
import { Tokenizer as Core, type JsEncoding } from "tokenizers";
import { err, ok, type Result } from "../../stdx/result.ts";
import { blocksOf } from "./blocks.ts";
import { leadingDrop, leadingDropsOf } from "./leading-drops.ts";
import { unitOffsets } from "./offsets.ts";
import type { Frame, Tokenizer, Tokens } from "./tokens.ts";
import { cutsWithin, putAway, type Specials, specialsOf } from "./written-specials.ts";

/** The file's bytes are at most so many: the largest vocabularies in use take 20 MB. */
export const tokenizerBytesMax = 64 * 1024 * 1024;

/** The error says what is wrong with the file. */
export async function loadTokenizer(path: string): Promise<Result<Tokenizer, string>> {
  const read = await readText(path);
  if (!read.ok) return read;
  let core: Core;
  try {
    core = Core.fromString(read.value);
  } catch (error) {
    return err(`${path} is no tokenizer.json: ${error instanceof Error ? error.message : "it does not read"}`);
  }
  core.disableTruncation();
  core.disablePadding();
  const single = await frameOf(core, null);
  if (single === null) return err(`${path} puts special tokens within a text, which cannot be cut into windows`);
  const pair = await frameOf(core, "b");
  const [known = 0] = (await core.encode("a", null, bare)).getIds();
  const file = JSON.parse(read.value) as TokenizerFile;
  const unknownId = unknownIdOf(file, core);
  const unknownWord = unknownId === null ? null : core.idToToken(unknownId);
  const frames = pair === null ? [single] : [single, pair];
  const specials = specialsOf(namedSpecials(file), frames, { unknownId, unknownWord, known });
  const drops = await leadingDropsOf(async (texts) =>
    (await core.encodeBatch(texts, bare)).map((encoding) => encoding.getOffsets().at(-1)?.[1]),
  );
  const parts: Parts = { core, specials, drops };
  return ok({
    single,
    pair,
    vocabularySize: core.getVocabSize(true),
    encode: (signal, text, tokensMax = Number.POSITIVE_INFINITY) => encode({ ...parts, tokensMax }, signal, text),
  });
}

/** What is read of a `tokenizer.json` beside what the core makes of it. */
type TokenizerFile = {
  readonly model?: { readonly unk_token?: unknown; readonly unk_id?: unknown; readonly byte_fallback?: unknown };
  readonly added_tokens?: readonly { readonly id: number; readonly special: boolean }[];
};

const namedSpecials = ({ added_tokens: added = [] }: TokenizerFile): readonly number[] =>
  added.filter(({ special }) => special).map(({ id }) => id);

async function readText(path: string): Promise<Result<string, string>> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > tokenizerBytesMax)
      return err(`${path} has ${bytes.length} bytes; ${tokenizerBytesMax} are the most`);
    return ok(bytes.toString());
  } catch (error) {
    return err(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

const bare = { addSpecialTokens: false } as const;

type Parts = { readonly core: Core; readonly specials: Specials; readonly drops: ReadonlySet<string> };

async function encode(
  { tokensMax, ...parts }: Parts & { readonly tokensMax: number },
  signal: AbortSignal,
  text: string,
): Promise<Tokens> {
  const blocks: Tokens[] = [];
  let count = 0;
  for (const { start, end } of blocksOf(text)) {
    if (count >= tokensMax) break;
    signal.throwIfAborted();
    const block = start === 0 && end === text.length ? text : text.slice(start, end);
    const tokens = await encodeBlock(parts, block, start);
    count += tokens.ids.length;
    blocks.push(tokens);
  }
  return joined(blocks);
}

async function encodeBlock(parts: Parts, text: string, base: number): Promise<Tokens> {
  const { specials } = parts;
  const whole = await encodePieces(parts, text, [0]);
  const cuts = cutsWithin(text, whole, specials);
  const tokens = cuts.length === 0 ? whole : await encodePieces(parts, text, [0, ...cuts]);
  putAway(tokens, specials);
  if (base === 0) return tokens;
  const moved = (places: Uint32Array): Uint32Array => places.map((place) => base + place);
  return { ...tokens, starts: moved(tokens.starts), ends: moved(tokens.ends) };
}

/** Each piece goes from one of the starts to the next, and is read by itself. */
async function encodePieces(
  { core, specials, drops }: Parts,
  text: string,
  starts: readonly number[],
): Promise<Tokens> {
  const pieces = starts.map((start, at) => {
    const piece = text.slice(start, starts[at + 1]);
    const dropped = leadingDrop(piece, drops);
    return { base: start + dropped, text: dropped === 0 ? piece : piece.slice(dropped) };
  });
  const encodings = await core.encodeBatch(
    pieces.map((piece) => piece.text),
    bare,
  );
  return joined(encodings.map((each, at) => tokensOf(each, specials, pieces[at] as Piece)));
}

type Piece = { readonly base: number; readonly text: string };

function tokensOf(encoding: JsEncoding, { unknownId }: Specials, { base, text }: Piece): Tokens {
  const ids = Int32Array.from(encoding.getIds());
  const units = unitOffsets(text);
  const starts = new Uint32Array(ids.length);
  const ends = new Uint32Array(ids.length);
  const unknown = new Uint8Array(ids.length);
  for (const [at, [from, to]] of (encoding.getOffsets() as [number, number][]).entries()) {
    starts[at] = base + (units?.[from] ?? from);
    ends[at] = base + (units?.[to] ?? to);
    if (ids[at] === unknownId) unknown[at] = 1;
  }
  return { ids, starts, ends, unknown };
}

function joined(parts: readonly Tokens[]): Tokens {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const length = parts.reduce((sum, { ids }) => sum + ids.length, 0);
  const all = {
    ids: new Int32Array(length),
    starts: new Uint32Array(length),
    ends: new Uint32Array(length),
    unknown: new Uint8Array(length),
  };
  let at = 0;
  for (const part of parts) {
    for (const key of ["ids", "starts", "ends", "unknown"] as const) all[key].set(part[key], at);
    at += part.ids.length;
  }
  return all;
}

/** Asks what it puts around two known words. `null`: it does something that a frame cannot say. */
async function frameOf(core: Core, second: string | null): Promise<Frame | null> {
  const encoding = await core.encode("a", second, { addSpecialTokens: true });
  const [ids, types] = [encoding.getIds(), encoding.getTypeIds()];
  const first = Array.from((await core.encode("a", null, bare)).getIds());
  const other = second === null ? [] : Array.from((await core.encode(second, null, bare)).getIds());
  const firstAt = indexOf(ids, first, 0);
  if (firstAt < 0 || first.length === 0) return null;
  const afterFirst = firstAt + first.length;
  const secondAt = second === null ? afterFirst : indexOf(ids, other, afterFirst);
  if (secondAt < 0 || (second !== null && other.length === 0)) return null;
  const afterSecond = secondAt + other.length;
  const typeAt = (at: number): number => types[at] ?? 0;
  return {
    before: ids.slice(0, firstAt),
    between: ids.slice(afterFirst, secondAt),
    after: ids.slice(afterSecond),
    types: [typeAt(0), typeAt(firstAt), typeAt(afterFirst), typeAt(secondAt), typeAt(ids.length - 1)],
  };
}

function indexOf(ids: readonly number[], wanted: readonly number[], from: number): number {
  for (let at = from; at + wanted.length <= ids.length; at += 1) {
    if (wanted.every((id, index) => ids[at + index] === id)) return at;
  }
  return -1;
}

/** WordPiece and BPE name a token, Unigram its number. Byte-level models have none: they know every byte. */
function unknownIdOf({ model }: TokenizerFile, core: Core): number | null {
  if (typeof model?.unk_id === "number") return model.byte_fallback === true ? null : model.unk_id;
  return typeof model?.unk_token === "string" ? core.tokenToId(model.unk_token) : null;
}
