/**
 * Encodes the dynamic metadata of a ProcessingResponse by hand: a verdict's record has some thirty fields, and the
 * general encoder would spend more time on it than on all else that we send.
 *
 * A protobuf message may be cut between its fields: what this gives is appended to the rest of an encoded answer.
 */
import type { Struct, Value } from "./wire.ts";

// Tags (field number << 3 | wire type) of external_processor.proto and google/protobuf/struct.proto.
const DYNAMIC_METADATA = (8 << 3) | 2;
const STRUCT_ENTRY = (1 << 3) | 2;
const ENTRY_KEY = (1 << 3) | 2;
const ENTRY_VALUE = (2 << 3) | 2;
const LIST_ITEM = (1 << 3) | 2;
const NULL_VALUE = (1 << 3) | 0;
const NUMBER_VALUE = (2 << 3) | 1;
const STRING_VALUE = (3 << 3) | 2;
const BOOL_VALUE = (4 << 3) | 0;
const STRUCT_VALUE = (5 << 3) | 2;
const LIST_VALUE = (6 << 3) | 2;

const FIRST_BYTES = 4096;
/** A tag, and a length of at most five bytes or a number of eight. */
const HEAD_BYTES_MAX = 9;

/** Makes an encoder, which keeps its scratch memory from call to call. It throws where a value has no kind. */
export function createMetadataEncoder(): (metadata: Struct) => Buffer {
  const writer = new Writer();
  return (metadata) => {
    writer.clear();
    writeStruct(writer, metadata);
    writer.head(DYNAMIC_METADATA, writer.written);
    return writer.copy();
  };
}

function writeStruct(writer: Writer, { fields = {} }: Struct): void {
  const keys = Object.keys(fields);
  for (let index = keys.length - 1; index >= 0; index -= 1) {
    const key = keys[index] as string;
    const before = writer.written;
    writeValue(writer, fields[key] as Value);
    writer.head(ENTRY_VALUE, writer.written - before);
    writer.text(ENTRY_KEY, key);
    writer.head(STRUCT_ENTRY, writer.written - before);
  }
}

function writeValue(writer: Writer, value: Value): void {
  const before = writer.written;
  if (value.stringValue !== undefined) return writer.text(STRING_VALUE, value.stringValue);
  if (value.numberValue !== undefined) return writer.number(NUMBER_VALUE, value.numberValue);
  if (value.boolValue !== undefined) return writer.head(BOOL_VALUE, value.boolValue ? 1 : 0);
  if (value.structValue !== undefined) {
    writeStruct(writer, value.structValue);
    return writer.head(STRUCT_VALUE, writer.written - before);
  }
  if (value.listValue !== undefined) {
    for (const item of (value.listValue.values ?? []).toReversed()) {
      const end = writer.written;
      writeValue(writer, item);
      writer.head(LIST_ITEM, writer.written - end);
    }
    return writer.head(LIST_VALUE, writer.written - before);
  }
  if (value.nullValue !== undefined) return writer.head(NULL_VALUE, 0);
  throw new TypeError("a metadata value has no kind");
}

/** Writes from the end to the beginning: each length is known when its place comes. */
class Writer {
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #at = FIRST_BYTES;

  get written(): number {
    return this.#bytes.length - this.#at;
  }

  clear(): void {
    this.#at = this.#bytes.length;
  }

  copy(): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#at));
  }

  text(tag: number, text: string): void {
    const length = Buffer.byteLength(text);
    this.#room(length);
    this.#at -= length;
    this.#bytes.write(text, this.#at, length, "utf8");
    this.head(tag, length);
  }

  number(tag: number, value: number): void {
    this.#room(0);
    this.#at -= 8;
    this.#bytes.writeDoubleLE(value, this.#at);
    this.#at -= 1;
    this.#bytes[this.#at] = tag;
  }

  /** A tag and a varint: the length of what stands behind it, or a value. */
  head(tag: number, varint: number): void {
    this.#room(0);
    let size = 1;
    for (let rest = varint; rest > 0x7f; rest >>>= 7) size += 1;
    this.#at -= size;
    let rest = varint;
    for (let place = this.#at; place < this.#at + size; place += 1, rest >>>= 7) {
      this.#bytes[place] = rest > 0x7f ? (rest & 0x7f) | 0x80 : rest;
    }
    this.#at -= 1;
    this.#bytes[this.#at] = tag;
  }

  /** Makes room for as many bytes and one head. */
  #room(bytes: number): void {
    if (this.#at >= bytes + HEAD_BYTES_MAX) return;
    const { written } = this;
    const grown = Buffer.allocUnsafe(2 * this.#bytes.length + bytes);
    this.#bytes.copy(grown, grown.length - written, this.#at);
    this.#bytes = grown;
    this.#at = grown.length - written;
  }
}
