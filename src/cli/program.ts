/** The command `sallyport`: its subcommands, one file each, and what their exit statuses mean. */
import { Command, CommanderError } from "commander";
import { registerAudit } from "./audit.ts";
import { registerBreakGlass } from "./break-glass.ts";
import { registerCheck } from "./check.ts";
import { registerDemo } from "./demo.ts";
import { registerEnvoy } from "./envoy.ts";
import { registerEval } from "./eval.ts";
import { exitStatus } from "./exit-status.ts";
import { registerLogLevel } from "./log-level.ts";
import { registerModels } from "./models.ts";
import { registerModelsBench } from "./models-bench.ts";
import { registerPolicy } from "./policy.ts";
import { registerScan } from "./scan.ts";
import { registerServe } from "./serve.ts";

/** Runs one command line (without the program's own name) and gives the exit status. */
export async function runProgram(args: readonly string[], version: string): Promise<number> {
  let status: number = exitStatus.good;
  const exit = (wanted: number): void => {
    status = wanted;
  };
  const program = new Command("sallyport")
    .description("Guards AI traffic in place, as Envoy's external processor.")
    .version(version)
    .showHelpAfterError("(sallyport --help tells more)")
    .exitOverride();
  for (const register of [
    registerServe,
    registerCheck,
    registerScan,
    registerEval,
    registerPolicy,
    registerEnvoy,
    registerBreakGlass,
    registerLogLevel,
    registerAudit,
    registerDemo,
    registerModels,
    registerModelsBench,
  ])
    register(program, exit);
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitStatus.good : exitStatus.usage;
  }
  return status;
}
