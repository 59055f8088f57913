// A gRPC server of the guard with a handler of the test, on a UNIX socket in a private folder or on loopback TCP.

import { type GuardServer, type GuardServerOptions, openServer, type ServerFault } from "../../src/extproc/server.ts";
import { codec, ProcessorClient } from "./processor-client.ts";
import { openTempDir } from "./temp-dir.ts";

export const transports = ["unix", "tcp"] as const;
export type Transport = (typeof transports)[number];

export const TEST_MESSAGE_BYTES_MAX = 1024 * 1024;

export interface OpenGuard extends AsyncDisposable {
  readonly server: GuardServer;
  readonly client: ProcessorClient;
  /** Faults reported so far. */
  readonly faults: readonly ServerFault[];
}

export async function openGuard(
  onStream: GuardServerOptions["onStream"],
  transport: Transport = "unix",
): Promise<OpenGuard> {
  const dir = await openTempDir();
  const faults: ServerFault[] = [];
  const server = await openServer({
    codec,
    listen:
      transport === "unix"
        ? { kind: "unix", path: dir.join("guard.sock") }
        : { kind: "tcp", host: "127.0.0.1", port: 0 },
    maxMessageBytes: TEST_MESSAGE_BYTES_MAX,
    onStream,
    onFault: (fault) => faults.push(fault),
  });
  const client = new ProcessorClient(server.address);
  const dispose = async (): Promise<void> => {
    client[Symbol.dispose]();
    await server.close();
    await dir[Symbol.asyncDispose]();
  };
  return { server, client, faults, [Symbol.asyncDispose]: dispose };
}
