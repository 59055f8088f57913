/**
 * One process writes to a folder's record. The lock is a socket in Linux's abstract namespace, which ends with its process however that
 * ends. Elsewhere, and among processes that share the folder but not the network namespace, nothing is locked: there each instance
 * needs a folder of its own.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { createServer } from "node:net";

/** `null`: another process has it. Fails as the file system does. */
export async function lockFolder(folder: string): Promise<AsyncDisposable | null> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  if (process.platform === "linux") {
    const { dev, ino } = await stat(folder);
    const name = createHash("sha256").update(`audit/${dev}/${ino}`).digest("hex");
    server.listen({ path: `\0sallyport/${name}` });
    const failure = await once(server, "listening").then(
      () => null,
      (error: NodeJS.ErrnoException) => error.code,
    );
    if (failure === "EADDRINUSE") return null;
  }
  return {
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      server.close();
      await once(server, "close");
    },
  };
}
