/** Files of an audit record as lines, whatever their size: no more of a line is kept than one of ours may have. */
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { lineBytesMax } from "../../telemetry/audit/read-line.ts";
import type { Line } from "../../telemetry/audit/verify.ts";
import { readFileName } from "./folder.ts";

const newLine = 0x0a;

/** The lines of each piece that was read. Fails as the file system does. `input`: what a file called `-` means. */
export async function* readLines(path: string, input: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Line[]> {
  const isInput = path === "-";
  const chunks = isInput ? input : (createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>);
  const file = isInput ? "stdin" : path;
  const named = isInput ? null : (readFileName(basename(path))?.firstSeq ?? null);
  let line = 0;
  let open = "";
  let openBytes = 0;
  const take = (bytes: Uint8Array): void => {
    openBytes += bytes.length;
    if (open.length > lineBytesMax) return;
    open += Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, lineBytesMax + 1)).toString("latin1");
  };
  const end = (isEnded: boolean): Line => {
    line += 1;
    const whole = { text: open, bytes: openBytes, place: { file, line }, isEnded, named: line === 1 ? named : null };
    open = "";
    openBytes = 0;
    return whole;
  };
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let from = 0;
    for (let at = chunk.indexOf(newLine); at !== -1; at = chunk.indexOf(newLine, from)) {
      take(chunk.subarray(from, at));
      lines.push(end(true));
      from = at + 1;
    }
    take(chunk.subarray(from));
    yield lines;
  }
  if (openBytes > 0) yield [end(false)];
}
