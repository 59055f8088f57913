/** `sallyport break-glass`: asks a running guard, by its admin address, to take a rule or route out of force for a while. */
import { readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import { breakGlassMinutesMax } from "../domain/break-glass.ts";
import { exitStatus } from "./exit-status.ts";

type Flags = {
  readonly admin: string;
  readonly tokenFile?: string;
  readonly rule?: string;
  readonly route?: string;
  readonly minutes?: number;
  readonly reason?: string;
  readonly owner?: string;
};

const standardAdmin = "127.0.0.1:9464";

export function registerBreakGlass(program: Command, exit: (status: number) => void): void {
  const command = program
    .command("break-glass")
    .description("put a rule, or all rules on a route, in shadow for a while; it comes back by itself");
  const admin = ["--admin <host:port>", "the guard's admin address", standardAdmin] as const;
  const token = ["--token-file <file>", "the token; the configuration's breakGlassTokenFile names the same"] as const;
  const rule = ["--rule <id>", "the rule"] as const;
  const route = ["--route <name>", "the route, as Envoy names it"] as const;
  command
    .command("open")
    .description("take it out of force")
    .option(...rule)
    .option(...route)
    .requiredOption("--minutes <n>", `for how long, at most ${breakGlassMinutesMax}`, minutesOf)
    .requiredOption("--reason <words>", "why; it stands in the guard's log")
    .requiredOption("--owner <name>", "who answers for it")
    .requiredOption(...token)
    .option(...admin)
    .action(async ({ rule: id, route: name, minutes, reason, owner, ...flags }: Flags) =>
      exit(await ask("POST", flags, { rule: id, route: name, minutes, reason, owner })),
    );
  command
    .command("close")
    .description("bring it back now")
    .option(...rule)
    .option(...route)
    .requiredOption(...token)
    .option(...admin)
    .action(async ({ rule: id, route: name, ...flags }: Flags) =>
      exit(await ask("DELETE", flags, { rule: id, route: name })),
    );
  command
    .command("list")
    .description("what is out of force, and until when")
    .option(...admin)
    .action(async (flags: Flags) => exit(await ask("GET", flags, null)));
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (!Number.isFinite(minutes) || minutes <= 0) throw new InvalidArgumentError("a number above 0");
  return minutes;
}

async function ask(method: string, { admin, tokenFile }: Flags, body: object | null): Promise<number> {
  let token = "";
  if (tokenFile !== undefined) {
    try {
      token = (await readFile(tokenFile, "utf8")).trim();
    } catch {
      console.error(`sallyport break-glass: ${tokenFile}: cannot be read`);
      return exitStatus.bad;
    }
  }
  let reply: Response;
  try {
    reply = await fetch(`http://${admin}/break-glass`, {
      method,
      ...(body === null ? {} : { body: JSON.stringify(body) }),
      headers: token === "" ? {} : { authorization: `Bearer ${token}` },
    });
  } catch {
    console.error(`sallyport break-glass: no guard answers on ${admin}; name its admin address with --admin`);
    return exitStatus.bad;
  }
  const text = (await reply.text()).trim();
  if (reply.ok) console.log(text);
  else console.error(`sallyport break-glass: ${text}`);
  return reply.ok ? exitStatus.good : exitStatus.bad;
}
