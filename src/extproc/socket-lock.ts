/**
 * One process at a time may look whether a socket is dead and put its own in its place: between the two, what is there may
 * become another's. The lock is a socket of its own in Linux's abstract namespace, which ends with its process however that
 * ends. Elsewhere, and among processes that share the folder but not the network namespace, nothing is locked.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { createServer } from "node:net";
import { basename, dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Who holds it starts to listen, or gives up, in less. Anybody may hold a name of this kind: it is not waited for for ever. */
const PATIENCE_MS = 3_000;
const AGAIN_MS = 20;

export async function lockSocketPath(path: string): Promise<AsyncDisposable> {
  const server = createServer((socket) => socket.destroy());
  if (process.platform === "linux") {
    const { dev, ino } = await stat(dirname(path));
    // Hashed: whatever the file's name, it fits.
    const name = createHash("sha256")
      .update(`${dev}/${ino}/${basename(path)}`)
      .digest("hex");
    for (let waited = 0; waited < PATIENCE_MS; waited += AGAIN_MS) {
      server.listen({ path: `\0sallyport/${name}` });
      const failure = await once(server, "listening").then(
        () => null,
        (error: NodeJS.ErrnoException) => error.code,
      );
      if (failure !== "EADDRINUSE") break;
      await pause(AGAIN_MS);
    }
  }
  return {
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      server.close();
      await once(server, "close");
    },
  };
}
