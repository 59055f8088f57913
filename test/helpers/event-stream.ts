// AWS event-stream messages byte by byte, by other code than the program's.

import { crc32 } from "node:zlib";

export type HeaderValue =
  | { readonly type: 7; readonly text: string }
  | { readonly type: number; readonly bytes: Uint8Array };

/** `bytes` of type 6 are written with their length. */
export function headerBytes(name: string, value: HeaderValue): Buffer {
  const key = Buffer.from(name);
  const body = "text" in value ? Buffer.from(value.text) : Buffer.from(value.bytes);
  const isCounted = value.type === 6 || value.type === 7;
  const length = isCounted ? [Buffer.from([body.length >> 8, body.length & 0xff])] : [];
  return Buffer.concat([Buffer.from([key.length]), key, Buffer.from([value.type]), ...length, body]);
}

export function message(headers: readonly (readonly [string, HeaderValue])[], payload: string | Uint8Array): Buffer {
  return rawMessage(Buffer.concat(headers.map(([name, value]) => headerBytes(name, value))), payload);
}

/** `total` and `headersLength` are said instead of the true ones. */
export function rawMessage(
  headers: Uint8Array,
  payload: string | Uint8Array,
  { total, headersLength }: { readonly total?: number; readonly headersLength?: number } = {},
): Buffer {
  const body = Buffer.from(payload as string);
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(total ?? 16 + headers.length + body.length, 0);
  prelude.writeUInt32BE(headersLength ?? headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const before = Buffer.concat([prelude, headers, body]);
  const end = Buffer.alloc(4);
  end.writeUInt32BE(crc32(before), 0);
  return Buffer.concat([before, end]);
}

const said = (text: string): HeaderValue => ({ type: 7, text });

/** As Bedrock sends its events. */
export const eventMessage = (name: string, payload: string): Buffer =>
  message(
    [
      [":event-type", said(name)],
      [":content-type", said("application/json")],
      [":message-type", said("event")],
    ],
    payload,
  );
