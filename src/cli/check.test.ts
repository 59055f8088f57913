import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openTempDir } from "../../test/helpers/temp-dir.ts";
import { defaultPolicySource } from "../policy/default-policy.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** The program as its own process, in `cwd`. */
async function sallyport(cwd: string, ...args: string[]): Promise<Outcome> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [main, ...args], { cwd })) };
  } catch (error) {
    const { code, stdout, stderr } = error as Outcome;
    return { code, stdout, stderr };
  }
}

test("check tells policies from configurations and prints every mistake", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("policy.yaml"), defaultPolicySource);
  await writeFile(dir.join("config.yaml"), "kind: Config\nversion: 1\nlog: { level: debug }\n");
  await writeFile(
    dir.join("bad.yaml"),
    `${defaultPolicySource}  - { id: secrets-stay-home, stage: prompt, detect: { secret: {} }, action: flag }\n`,
  );
  await writeFile(dir.join("off.yaml"), "kind: Config\nversion: 1\nlisten: 10.0.0.1:9000\n");
  await writeFile(dir.join("kind.yaml"), "version: 1\nkind: Polcy\n");
  await writeFile(dir.join("none.yaml"), "version: 1\n");

  assert.deepEqual(await sallyport(dir.path, "check", "policy.yaml", "config.yaml"), {
    code: 0,
    stdout: "policy.yaml: ok\nconfig.yaml: ok\n",
    stderr: "",
  });
  const line = defaultPolicySource.split("\n").length;
  const bad = await sallyport(
    dir.path,
    "check",
    "bad.yaml",
    "off.yaml",
    "kind.yaml",
    "none.yaml",
    "missing.yaml",
    "policy.yaml",
  );
  assert.equal(bad.code, 1);
  assert.deepEqual(bad.stdout.trimEnd().split("\n"), [
    `bad.yaml:${line}:11: the id "secrets-stay-home" stands already on line 12; give this rule its own`,
    `bad.yaml:${line}:55: unknown key "secret"; did you mean "secrets"?`,
    "off.yaml:3:9: 10.0.0.1 is not loopback: write tls with certFile, keyFile, clientCaFile, clientName, or listen on a UNIX socket",
    'kind.yaml:2:7: unknown kind "Polcy"; did you mean "Policy"?',
    "none.yaml:1:1: kind is missing; begin the file with kind: Policy or kind: Config",
    "missing.yaml: cannot be read (ENOENT)",
    "policy.yaml: ok",
  ]);
});

test("check follows what a policy includes, reads its expressions, and knows what day it is", async () => {
  await using dir = await openTempDir();
  const head = "kind: Policy\nversion: 1\ndefaults: { onUnknown: closed, onUnreadable: block }\n";
  await writeFile(
    dir.join("policy.yaml"),
    `${head}include: [part.yaml, gone.yaml]
rules:
  - { id: a, stage: prompt, when: { condition: 'route.matches("(")' }, detect: { secrets: {} }, action: flag }
exceptions:
  - { id: e, reason: r, owner: o, expires: 2020-01-01, category: pii/* }
`,
  );
  await writeFile(dir.join("part.yaml"), "kind: PolicyPart\nversion: 1\nrules:\n  - { id: a }\n");
  const { code, stdout } = await sallyport(dir.path, "check", "policy.yaml");
  assert.equal(code, 1);
  assert.deepEqual(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.slice(0, line.indexOf(": "))),
    [
      "policy.yaml:4:22",
      "policy.yaml:6:11",
      "policy.yaml:6:63",
      "policy.yaml:8:44",
      "part.yaml:4:5",
      "part.yaml:4:5",
      "part.yaml:4:5",
    ],
    stdout,
  );
});

test("usage errors are 2 and point to the help; --version is 0", async () => {
  await using dir = await openTempDir();
  for (const args of [["check"], ["chekc", "x"], ["check", "--loud", "x"], ["envoy", "prnt"], []]) {
    const { code, stderr } = await sallyport(dir.path, ...args);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, /--help|Usage:/, args.join(" "));
  }
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  assert.deepEqual(await sallyport(dir.path, "--version"), { code: 0, stdout: `${version}\n`, stderr: "" });
});
