/** New keys for an audit record: a pair that signs its checkpoints, and one that hides whose exchanges they are. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result } from "../../stdx/result.ts";
import { failureOf } from "./sink.ts";

export const keyNames = { signing: "audit.key.pem", public: "audit.pub.pem", subject: "audit.subject.key" } as const;

/** Gives the paths. A file that is there already is kept, and then nothing is made: the error says which. */
export async function makeKeys(folder: string): Promise<Result<readonly string[], string>> {
  const pair = generateKeyPairSync("ed25519");
  const files = [
    { name: keyNames.signing, mode: 0o600, text: pair.privateKey.export({ type: "pkcs8", format: "pem" }) },
    { name: keyNames.public, mode: 0o644, text: pair.publicKey.export({ type: "spki", format: "pem" }) },
    { name: keyNames.subject, mode: 0o600, text: `${randomBytes(32).toString("base64url")}\n` },
  ];
  const paths: string[] = [];
  for (const { name, mode, text } of files) {
    const path = join(folder, name);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(path, text, { flag: "wx", mode });
    } catch (error) {
      const why = failureOf(error);
      return err(why === "EEXIST" ? `${path}: is there already, and is kept` : `${path}: cannot be written (${why})`);
    }
    paths.push(path);
  }
  return ok(paths);
}
