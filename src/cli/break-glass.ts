/** `sallyport break-glass`: asks a running guard, by its admin address, to take a rule or route out of force for a while. */
import type { Command } from "commander";
import { breakGlassMinutesMax } from "../domain/break-glass.ts";
import { adminOption, askGuard, type GuardFlags, minutesOf, type Question, tokenOption } from "./ask-guard.ts";

type Flags = GuardFlags & {
  readonly rule?: string;
  readonly route?: string;
  readonly minutes?: number;
  readonly reason?: string;
  readonly owner?: string;
};

export function registerBreakGlass(program: Command, exit: (status: number) => void): void {
  const command = program
    .command("break-glass")
    .description("put a rule, or all rules on a route, in shadow for a while; it comes back by itself");
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
    .requiredOption(...tokenOption)
    .option(...adminOption)
    .action(async ({ rule: id, route: name, minutes, reason, owner, ...flags }: Flags) =>
      exit(await ask("POST", flags, { rule: id, route: name, minutes, reason, owner })),
    );
  command
    .command("close")
    .description("bring it back now")
    .option(...rule)
    .option(...route)
    .requiredOption(...tokenOption)
    .option(...adminOption)
    .action(async ({ rule: id, route: name, ...flags }: Flags) =>
      exit(await ask("DELETE", flags, { rule: id, route: name })),
    );
  command
    .command("list")
    .description("what is out of force, and until when")
    .option(...adminOption)
    .action(async (flags: Flags) => exit(await ask("GET", flags, null)));
}

const ask = (method: Question["method"], flags: GuardFlags, body: object | null): Promise<number> =>
  askGuard(flags, { command: "break-glass", path: "/break-glass", method, body });
