/** Asks a running guard something on its admin address, with the operator's token where one is given. Prints the answer. */
import { readFile } from "node:fs/promises";
import { InvalidArgumentError } from "commander";
import { exitStatus } from "./exit-status.ts";

export type GuardFlags = { readonly admin: string; readonly tokenFile?: string };

export type Question = {
  /** The command that asks, for its messages. */
  readonly command: string;
  readonly path: "/break-glass" | "/log-level";
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  readonly body: object | null;
};

export const adminOption = ["--admin <host:port>", "the guard's admin address", "127.0.0.1:9464"] as const;
export const tokenOption = [
  "--token-file <file>",
  "the token; the configuration's breakGlassTokenFile names the same",
] as const;

export function minutesOf(text: string): number {
  const minutes = Number(text);
  if (!Number.isFinite(minutes) || minutes <= 0) throw new InvalidArgumentError("a number above 0");
  return minutes;
}

/** Gives the exit status. */
export async function askGuard({ admin, tokenFile }: GuardFlags, question: Question): Promise<number> {
  const { command, path, method, body } = question;
  const fails = (message: string): number => {
    console.error(`sallyport ${command}: ${message}`);
    return exitStatus.bad;
  };
  const token = tokenFile === undefined ? "" : await readFile(tokenFile, "utf8").catch(() => null);
  if (token === null) return fails(`${tokenFile}: cannot be read`);
  let reply: Response;
  try {
    reply = await fetch(`http://${admin}${path}`, {
      method,
      ...(body === null ? {} : { body: JSON.stringify(body) }),
      headers: token.trim() === "" ? {} : { authorization: `Bearer ${token.trim()}` },
    });
  } catch {
    return fails(`no guard answers on ${admin}; name its admin address with --admin`);
  }
  const text = (await reply.text()).trim();
  if (!reply.ok) return fails(text);
  console.log(text);
  return exitStatus.good;
}
