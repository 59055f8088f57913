/** `sallyport log-level`: says how much a running guard's log tells, or asks it to tell more or less for a while. */
import { Argument, type Command } from "commander";
import { logLevelMinutesMax, type SettableLogLevel, settableLogLevels } from "../domain/log-level.ts";
import { adminOption, askGuard, type GuardFlags, minutesOf, type Question, tokenOption } from "./ask-guard.ts";
import { exitStatus } from "./exit-status.ts";

type Flags = GuardFlags & { readonly minutes?: number; readonly owner?: string };

const reset = "reset";

export function registerLogLevel(program: Command, exit: (status: number) => void): void {
  const level = new Argument("[level]", `what to set, or ${reset}; left out: only say what it is`);
  program
    .command("log-level")
    .description("tell more or less in a running guard's log for a while; it goes back by itself")
    .addArgument(level.choices([...settableLogLevels, reset]))
    .option("--minutes <n>", `for how long, at most ${logLevelMinutesMax}`, minutesOf)
    .option("--owner <name>", "who wants it; it stands in the guard's log")
    .option(...tokenOption)
    .option(...adminOption)
    .addHelpText("after", "\nExample: sallyport log-level debug --minutes 10 --token-file token")
    .action(async (wanted: SettableLogLevel | typeof reset | undefined, flags: Flags) =>
      exit(await run(wanted, flags)),
    );
}

async function run(wanted: SettableLogLevel | typeof reset | undefined, flags: Flags): Promise<number> {
  const { minutes, owner, ...guard } = flags;
  if (wanted === undefined) return ask("GET", guard, null);
  if (wanted === reset) return ask("DELETE", guard, null);
  if (minutes === undefined) {
    console.error("sallyport log-level: say for how long, with --minutes");
    return exitStatus.usage;
  }
  return ask("PUT", guard, { level: wanted, minutes, owner });
}

const ask = (method: Question["method"], flags: GuardFlags, body: object | null): Promise<number> =>
  askGuard(flags, { command: "log-level", path: "/log-level", method, body });
