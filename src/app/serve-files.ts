/** Files of the configuration that the start reads: a certificate, its key, an authority, a token. Each failure is a ServeError. */
import { readFile } from "node:fs/promises";
import type { TlsFiles } from "../config/source.ts";
import type { TlsOptions } from "../extproc/tls.ts";
import { ServeError } from "./serve-error.ts";

export async function readTls(files: TlsFiles): Promise<TlsOptions> {
  const read = async (file: string): Promise<Buffer> => {
    try {
      return await readFile(file);
    } catch {
      throw new ServeError(`${file}: cannot be read; it is named in tls of the configuration`);
    }
  };
  const [certificate, key, clientCa] = await Promise.all([
    read(files.certFile),
    read(files.keyFile),
    read(files.clientCaFile),
  ]);
  return { certificate, key, clientCa, clientName: files.clientName };
}

export async function readToken(file: string): Promise<string> {
  const token = await readFile(file, "utf8").then(
    (text) => text.trim(),
    () => null,
  );
  if (token === null) throw new ServeError(`${file}: cannot be read; it is named in breakGlassTokenFile`);
  if (token.length < tokenShortest)
    throw new ServeError(`${file}: the token is shorter than ${tokenShortest} characters; write a longer one`);
  return token;
}

const tokenShortest = 16;
