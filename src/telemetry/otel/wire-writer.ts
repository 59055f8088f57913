/** Writes messages of Protocol Buffers into one growing buffer. What it gives is good until it is begun again. Pure. */

const firstBytes = 64 * 1024;
/** Longer texts are left to the runtime, which is faster then. */
const shortText = 64;
const lengthBytesMax = 5;

const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

export class WireWriter {
  #buffer = Buffer.allocUnsafe(firstBytes);
  #at = 0;

  begin(): void {
    this.#at = 0;
  }

  /** A copy of what was written. */
  bytes(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#buffer, 0, this.#at);
  }

  /** A whole number from 0 to 2^53. */
  varint(field: number, value: number): void {
    this.#tag(field, wireTypes.varint);
    this.#varint(value);
  }

  double(field: number, value: number): void {
    this.#tag(field, wireTypes.fixed64);
    this.#room(8);
    this.#at = this.#buffer.writeDoubleLE(value, this.#at);
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, wireTypes.fixed32);
    this.#room(4);
    this.#at = this.#buffer.writeUInt32LE(value, this.#at);
  }

  /** A time in milliseconds since 1970, in nanoseconds as fixed64. */
  time(field: number, ms: number): void {
    this.#tag(field, wireTypes.fixed64);
    const seconds = Math.floor(ms / 1000);
    const nanoseconds = Math.min(999_999_999, Math.round((ms - seconds * 1000) * 1e6));
    // seconds * 1e9 does not fit a double: in two halves, so that every step is exact.
    const high = Math.floor(seconds / 65_536) * 1e9;
    const low = (high % 65_536) * 65_536 + (seconds % 65_536) * 1e9 + nanoseconds;
    this.#room(8);
    this.#at = this.#buffer.writeUInt32LE(low % 2 ** 32, this.#at);
    this.#at = this.#buffer.writeUInt32LE(Math.floor(high / 65_536) + Math.floor(low / 2 ** 32), this.#at);
  }

  /** An id in hex, as bytes. */
  hex(field: number, id: string): void {
    this.#tag(field, wireTypes.bytes);
    this.#varint(id.length / 2);
    this.#room(id.length / 2);
    this.#at += this.#buffer.write(id, this.#at, "hex");
  }

  text(field: number, text: string): void {
    const from = this.open(field);
    this.#room(text.length * 3);
    if (text.length > shortText || !this.#ascii(text)) this.#at = from + this.#buffer.write(text, from, "utf8");
    this.close(from);
  }

  /** A message within: what is written until `close` is of it. */
  open(field: number): number {
    this.#tag(field, wireTypes.bytes);
    this.#room(1);
    this.#at += 1; // most are shorter than 128 bytes; `close` makes room where one is not
    return this.#at;
  }

  close(from: number): void {
    const length = this.#at - from;
    if (length < 128) {
      this.#buffer[from - 1] = length;
      return;
    }
    const more = varintLength(length) - 1;
    this.#room(more);
    this.#buffer.copyWithin(from + more, from, this.#at);
    this.#at = from - 1;
    this.#varint(length);
    this.#at += length;
  }

  /** False: it is something else, and what was written does not count. */
  #ascii(text: string): boolean {
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return false;
      this.#buffer[this.#at] = unit;
      this.#at += 1;
    }
    return true;
  }

  #tag(field: number, type: number): void {
    this.#varint(field * 8 + type);
  }

  #varint(value: number): void {
    this.#room(2 * lengthBytesMax);
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) {
      this.#buffer[this.#at] = (rest % 128) + 128;
      this.#at += 1;
    }
    this.#buffer[this.#at] = rest;
    this.#at += 1;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) length += 1;
  return length;
}
