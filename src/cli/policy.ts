/** `sallyport policy test DIR` and `sallyport policy explain`: what a policy does, without Envoy. Prints; decides nothing. */
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { buffer } from "node:stream/consumers";
import { styleText } from "node:util";
import type { Command } from "commander";
import { explainLines, explainPolicy } from "../app/policy-explain.ts";
import { testPolicies } from "../app/policy-test.ts";
import { modelsFlag, readModelSettings } from "./model-settings.ts";
import { exitStatus } from "./exit-status.ts";
import { noContext } from "../exchange/parts.ts";

type TestFlags = { readonly policy?: string; readonly cuts: string; readonly models?: string };

export function registerPolicy(program: Command, exit: (status: number) => void): void {
  const command = program.command("policy").description("try a policy: cases as files, or one exchange explained");
  command
    .command("test")
    .description("run the cases (*.case.yaml) of folders or files: whole, and cut at random")
    .argument("<path...>", "folders, looked through, or files")
    .option("--policy <file>", "for cases that name none")
    .option("--cuts <n>", "how often each runs cut at random", "8")
    .option(...modelsFlag)
    .addHelpText(
      "after",
      "\nExit status: 0 all pass, 1 some do not or cannot be read, 2 usage.\nExample: sallyport policy test docs/examples",
    )
    .action(async (paths: readonly string[], flags: TestFlags) => exit(await runTest(paths, flags)));
  command
    .command("explain")
    .description("say which rules of a policy match an exchange, where, and why")
    .option("--policy <file>", "the policy (default: the built-in one)")
    .option("--request <file>", "the request's JSON body; - is stdin")
    .option("--reply <file>", "the reply's body; one that begins with data: is a stream")
    .option("--path <path>", "what the request is for", "/v1/chat/completions")
    .option("--header <name=value...>", "request headers that rules ask for")
    .option("--tenant <name>", "what Envoy would vouch for; also --principal, --route, --cluster")
    .option("--principal <name>")
    .option("--route <name>")
    .option("--cluster <name>")
    .option(...modelsFlag)
    .option("--json", "one JSON document")
    .addHelpText(
      "after",
      "\nPrints no text of the exchange.\nExit status: 0 explained, 1 bad input, 2 usage.\nExample: sallyport policy explain --policy policy.yaml --request prompt.json --tenant blue",
    )
    .action(async (flags: ExplainFlags) => exit(await runExplain(flags)));
}

const paint = (good: boolean, text: string): string =>
  styleText(good ? "green" : "red", text, { stream: process.stdout });

async function runTest(paths: readonly string[], { policy, cuts, models: folder }: TestFlags): Promise<number> {
  const count = Number(cuts);
  if (!Number.isInteger(count) || count < 0 || count > 1000) {
    console.error("sallyport policy test: --cuts is a whole number from 0 to 1000");
    return exitStatus.usage;
  }
  const models = readModelSettings(folder);
  if (!models.ok) return bad("policy test", models.error);
  let passed = 0;
  let failed = 0;
  for await (const { file, differences } of testPolicies(paths, policy ?? null, count, models.value)) {
    const name = relative(process.cwd(), file);
    if (differences.length === 0) passed += 1;
    else failed += 1;
    console.log(`${paint(differences.length === 0, differences.length === 0 ? "ok    " : "not ok")} ${name}`);
    for (const difference of differences) console.log(`         ${difference}`);
  }
  if (passed + failed === 0) {
    console.error("sallyport policy test: no case was found; a case is a file whose name ends in .case.yaml");
    return exitStatus.bad;
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? exitStatus.good : exitStatus.bad;
}

type ExplainFlags = {
  readonly policy?: string;
  readonly request?: string;
  readonly reply?: string;
  readonly path: string;
  readonly header?: readonly string[];
  readonly tenant?: string;
  readonly principal?: string;
  readonly route?: string;
  readonly cluster?: string;
  readonly models?: string;
  readonly json?: true;
};

async function runExplain(flags: ExplainFlags): Promise<number> {
  const { request, reply, path, header = [], json } = flags;
  if (request === undefined && reply === undefined) return refuse("name a --request, a --reply, or both");
  const headers = new Map<string, string>();
  for (const each of header) {
    const at = each.indexOf("=");
    if (at < 1) return refuse("--header is NAME=VALUE");
    headers.set(each.slice(0, at).toLowerCase(), each.slice(at + 1));
  }
  const { tenant = null, principal = null, route = null, cluster = null } = flags;
  const models = readModelSettings(flags.models);
  if (!models.ok) return bad("policy explain", models.error);
  let explained: Awaited<ReturnType<typeof explainPolicy>>;
  try {
    explained = await explainPolicy({
      policyFile: flags.policy ?? null,
      path,
      request: request === undefined ? null : await read(request),
      reply: reply === undefined ? null : await read(reply),
      context: { ...noContext, headers, tenant, principal, route, cluster },
      models: models.value,
    });
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    console.error(`sallyport policy explain: ${"path" in error ? String(error.path) : "a file"}: cannot be read`);
    return exitStatus.bad;
  }
  if (!explained.ok) {
    for (const line of explained.error) console.error(line);
    return exitStatus.bad;
  }
  if (json === true) console.log(JSON.stringify(explained.value, null, 1));
  else
    for (const line of explainLines(explained.value, (style, text) =>
      styleText(style, text, { stream: process.stdout }),
    ))
      console.log(line);
  return exitStatus.good;
}

const read = (file: string): Promise<Uint8Array> => (file === "-" ? buffer(process.stdin) : readFile(file));

function bad(command: string, lines: readonly string[]): number {
  for (const line of lines) console.error(`sallyport ${command}: ${line}`);
  return exitStatus.bad;
}

function refuse(message: string): number {
  console.error(`sallyport policy explain: ${message}`);
  return exitStatus.usage;
}
