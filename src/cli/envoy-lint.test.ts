import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Child } from "../../test/helpers/child.ts";
import { sallyport } from "../../test/helpers/sallyport.ts";
import { openTempDir, type TempDir } from "../../test/helpers/temp-dir.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const gateway = await readFile(new URL("../../envoy/gateway.yaml", import.meta.url), "utf8");

/** good.yaml, warned.yaml (no request_timeout), open.yaml (fails open). */
async function openFolder(): Promise<TempDir> {
  const dir = await openTempDir();
  await writeFile(dir.join("good.yaml"), gateway);
  await writeFile(dir.join("warned.yaml"), gateway.replace("request_timeout: 300s", "request_timeout: 0s"));
  await writeFile(dir.join("open.yaml"), gateway.replace("failure_mode_allow: false", "failure_mode_allow: true"));
  await writeFile(dir.join("broken.yaml"), "static_resources: [\n");
  return dir;
}

test("exit status, and what is printed where", async () => {
  await using dir = await openFolder();
  const cases: readonly (readonly [args: readonly string[], status: number, wanted: RegExp])[] = [
    [["good.yaml"], 0, /^good\.yaml: 0 errors, 0 warnings, 0 notes \(1 listener, /],
    [
      ["warned.yaml"],
      0,
      /^warned\.yaml:\d+:\d+: warning request-timeout: .*\n {2}at {4}listener "proxy" > filter chain 0\n/,
    ],
    [["warned.yaml", "--strict"], 1, /1 warning/],
    [["warned.yaml", "--strict", "--allow", "request-timeout"], 0, /0 warnings, 0 notes, 1 accepted/],
    [["good.yaml", "--strict", "--allow", "request-timeout"], 1, /accepted, but not found: request-timeout/],
    [["good.yaml", "--allow", 'fails-open@listener "x"'], 0, /accepted, but not found: fails-open@listener "x"/],
    [["open.yaml"], 1, /error fails-open/],
    [["open.yaml", "--allow", "fails-open", "--allow", "tcp-proxy"], 0, /1 accepted/],
    [["good.yaml", "--cluster", "other"], 1, /error filter-missing/],
    [["good.yaml", "--allow", "fails-opn"], 2, /did you mean "fails-open"\?/],
    [["none.yaml"], 2, /^sallyport envoy: none\.yaml: cannot be read \(ENOENT\)/],
    [["broken.yaml"], 2, /broken\.yaml:2:1: /],
    [["http://u:" + "p@127.0.0.1:9/"], 2, /http:\/\/127\.0\.0\.1:9: an address with a password/],
    [[], 2, /missing required argument/],
  ];
  const outcomes = await Promise.all(cases.map(([args]) => sallyport(["envoy", "lint", ...args], { cwd: dir.path })));
  for (const [index, [args, status, wanted]] of cases.entries()) {
    const { code, stdout = "", stderr = "" } = outcomes[index] ?? {};
    assert.equal(code, status, `${args.join(" ")}\n${stdout}${stderr}`);
    assert.match(status === 2 ? stderr : stdout, wanted);
  }
});

test("--json is one document", async () => {
  await using dir = await openFolder();
  const { code, stdout } = await sallyport(["envoy", "lint", "open.yaml", "--json"], { cwd: dir.path });
  assert.equal(code, 1);
  const told = JSON.parse(stdout) as { source: string; findings: object[]; seen: object };
  assert.equal(told.source, "open.yaml");
  assert.deepEqual(told.seen, { listeners: 1, managers: 1, passages: 1 });
  assert.deepEqual(Object.keys(told.findings[0] ?? {}), ["id", "severity", "place", "at", "what", "why", "mend"]);
});

test("an admin page: what is asked, and answers that are none", async (t) => {
  await using dir = await openTempDir();
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    if (request.url === "/moved") response.writeHead(302, { location: "/config_dump" });
    else if (request.url === "/html") response.end("<html>");
    else response.writeHead(404);
    response.end();
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lint = async (path: string): Promise<string> => {
    const { code, stderr } = await sallyport(["envoy", "lint", at + path], { cwd: dir.path });
    assert.equal(code, 2);
    return stderr;
  };
  assert.match(await lint(""), /answered 404; is it Envoy's admin page\?/);
  assert.match(await lint("/config_dump?mask=x"), /answered 404/);
  assert.match(await lint("/html"), /something else than JSON/);
  assert.match(await lint("/moved"), /cannot be read/);
  assert.deepEqual(asked, ["/config_dump?include_eds", "/config_dump?mask=x", "/html", "/moved"]);
});

test("serve --bootstrap: errors keep it from starting, warnings are logged", async () => {
  await using dir = await openFolder();
  const where = ["--listen", `unix:${dir.join("s")}`, "--admin", "127.0.0.1:0"];
  const refused = await sallyport(["serve", ...where, "--bootstrap", "open.yaml"], { cwd: dir.path });
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /^sallyport serve: open\.yaml:\d+:\d+: error fails-open: .*; set failure_mode_allow: false$/m,
  );
  const missing = await sallyport(["serve", ...where], { cwd: dir.path, env: { SALLYPORT_BOOTSTRAP: "none.yaml" } });
  assert.deepEqual([missing.code, missing.stderr], [1, "sallyport serve: none.yaml: cannot be read (ENOENT)\n"]);
  const allowed = ["--bootstrap", dir.join("open.yaml"), "--bootstrap-allow", "fails-open"];
  for (const more of [["--bootstrap", dir.join("warned.yaml")], allowed]) {
    await using child = new Child(process.execPath, [main, "serve", ...where, ...more]);
    await child.line(/^sallyport: serving on /);
    assert.equal(/"rule":"request-timeout"/.test(child.lastLines), more !== allowed);
  }
});
