// Certificates for tests, made by openssl where it is on PATH: an authority, and leaves that it signed.

import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { openTempDir } from "./temp-dir.ts";

const run = promisify(execFile);

export type Leaf = { readonly certificate: Buffer; readonly key: Buffer };
export type Names = {
  readonly commonName: string;
  readonly san?: readonly string[];
  readonly usage?: "serverAuth" | "clientAuth";
};

export interface Authority extends AsyncDisposable {
  readonly certificate: Buffer;
  /** `san` with the kind in front: `DNS:a`, `URI:spiffe://b`. */
  issue(names: Names): Promise<Leaf>;
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

export async function openAuthority(commonName: string): Promise<Authority> {
  const dir = await openTempDir();
  const [caKey, caCertificate] = [dir.join("ca.key"), dir.join("ca.pem")];
  await run("openssl", [
    "req",
    "-x509",
    ...NEW_KEY,
    "-days",
    "1",
    "-subj",
    `/CN=${commonName}`,
    "-keyout",
    caKey,
    "-out",
    caCertificate,
  ]);
  let count = 0;
  return {
    certificate: await readFile(caCertificate),
    issue: async ({ commonName, san, usage }) => {
      const [key, request, out, extensions] = ["key", "csr", "pem", "ext"].map((end) =>
        dir.join(`${count}.${end}`),
      ) as [string, string, string, string];
      count += 1;
      await writeFile(extensions, extensionsOf(san, usage));
      await run("openssl", ["req", ...NEW_KEY, "-subj", `/CN=${commonName}`, "-keyout", key, "-out", request]);
      const signing = [
        "-CA",
        caCertificate,
        "-CAkey",
        caKey,
        "-set_serial",
        `${count + 1}`,
        "-days",
        "1",
        "-extfile",
        extensions,
      ];
      await run("openssl", ["x509", "-req", "-in", request, ...signing, "-out", out]);
      return { certificate: await readFile(out), key: await readFile(key) };
    },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

function extensionsOf(san: Names["san"], usage: Names["usage"]): string {
  const lines = ["basicConstraints=CA:FALSE"];
  if (usage !== undefined) lines.push(`extendedKeyUsage=${usage}`);
  if (san === undefined) return lines.join("\n");
  const names = san.map((name, n) => name.replace(":", `.${n}=`));
  return [...lines, "subjectAltName=@names", "[names]", ...names].join("\n");
}
