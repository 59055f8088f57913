// Each text of each sample is read as what its mark says: by the operation named, in that place, of that role. In process.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createDialects, findOperation } from "../../src/content/index.ts";
import { locationOf } from "../../src/content/coverage/leaves.ts";
import type { Extraction, Operation, Piece, StreamFormat } from "../../src/domain/dialect.ts";
import { cellName } from "../../src/domain/coverage.ts";
import { readMediaType } from "../../src/content/media-type.ts";
import { boundaryOf } from "../../src/content/multipart/parameters.ts";
import { readPlainText } from "../../src/content/generic/index.ts";
import { runAtOnce } from "../../src/stdx/paced.ts";
import { plain, planted, type Sample, spotsOf } from "./sample.ts";
import { allCells } from "./matrix.ts";
import { samples } from "./samples/index.ts";
import { promptOf, replyOf } from "./wire.ts";

const dialects = createDialects();

function operationFor({ method = "POST", path, prompt }: Sample, contentType: string | null): Operation {
  const [bare = "", query = ""] = path.split("?");
  const head = { method, path: bare, query, contentType, contentEncoding: null };
  const operation = findOperation(dialects, head);
  assert.ok(operation !== null, `no dialect knows ${method} ${path} (${prompt.kind})`);
  return operation;
}

/** What the marked body holds: all events of a stream, together. */
function read(sample: Sample, fill: ReturnType<typeof planted>): readonly Extraction[] {
  const prompt = promptOf(sample, fill);
  const operation = operationFor(sample, prompt?.contentType ?? null);
  assert.equal(operation.id, sample.operation);
  if (sample.mode === "prompt-json") return [ok(operation.readRequest(prompt?.bytes.toString() ?? ""))];
  if (sample.mode === "prompt-form") {
    const boundary = boundaryOf(prompt?.contentType ?? null);
    assert.ok(boundary !== null && operation.readForm !== undefined && prompt !== null);
    return [ok(operation.readForm(prompt.bytes.toString("latin1"), boundary))];
  }
  const { contentType, chunks } = replyOf(sample, fill);
  const bytes = Buffer.concat(chunks);
  if (sample.mode === "reply-text") return [readPlainText(bytes.toString())];
  if (sample.mode === "reply-json") return [ok(operation.readReply(bytes.toString()))];
  const media = readMediaType(contentType) as keyof Operation["streams"];
  const format = operation.streams[media];
  assert.ok(format !== undefined, `${sample.operation} has no stream as ${contentType}`);
  return events(operation, format, bytes);
}

function events(operation: Operation, format: StreamFormat, bytes: Buffer): readonly Extraction[] {
  const framer = format.openFramer(1 << 20);
  const reader = operation.openStream();
  return [...framer.push(bytes).frames, ...framer.flush().frames].flatMap((frame, index) => {
    const parsed = format.parse(frame, index === 0);
    assert.ok(parsed.ok);
    const { name, data } = parsed.value;
    return data === null ? [] : [ok(reader.read(name, data))];
  });
}

function ok(steps: ReturnType<Operation["readRequest"]>): Extraction {
  const result = runAtOnce(steps);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

/** By the texts that they make: pieces of one lane joined. */
function textsOf(pieces: readonly Piece[]): readonly { readonly text: string; readonly piece: Piece }[] {
  const lanes = new Map<string, { text: string; readonly piece: Piece }>();
  const alone: { text: string; piece: Piece }[] = [];
  for (const piece of pieces) {
    const before = piece.lane === null ? undefined : lanes.get(piece.lane);
    if (before !== undefined) before.text += piece.text;
    else if (piece.lane === null) alone.push({ text: piece.text, piece });
    else lanes.set(piece.lane, { text: piece.text, piece });
  }
  return [...alone, ...lanes.values()];
}

for (const [index, sample] of samples.entries()) {
  test(`${sample.dialect} ${sample.mode} (${index}): each text is read as what it is`, () => {
    for (const spot of spotsOf(sample)) {
      const word = "it says zebrastripe here";
      const pieces = read(sample, planted(spot, word)).flatMap((extraction) => extraction.pieces);
      const found = textsOf(pieces).filter(({ text }) => text.includes(word) || text.includes(encodeURI(word)));
      assert.ok(found.length > 0, `${spot.location}#${spot.name}: nobody reads it`);
      for (const { piece } of found) {
        const { place, role } = piece.location;
        assert.equal(
          locationOf(place, role),
          spot.location,
          `${spot.location}#${spot.name} at ${piece.location.pointer}`,
        );
      }
    }
  });
}

test("what is not judged is counted, in each cell that says so", () => {
  const counted = new Set<string>();
  for (const sample of samples) {
    for (const { unjudged } of read(sample, plain))
      for (const kind of Object.keys(unjudged)) counted.add(`${sample.dialect} ${kind} ${sample.mode}`);
  }
  const missing = allCells().filter((cell) => cell.state === "not-judged" && cell.reason !== "refused");
  assert.deepEqual(
    missing.map(cellName).filter((name) => !counted.has(name)),
    [],
  );
});
