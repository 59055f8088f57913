import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import * as z from "zod";
import { defaultPolicySource } from "../policy/default-policy.ts";
import { publishedSchemas } from "./schemas.ts";

const folder = fileURLToPath(new URL("../../docs/schemas/", import.meta.url));

test("docs/schemas is what the program checks with", async () => {
  const schemas = publishedSchemas();
  assert.deepEqual((await readdir(folder)).sort(), [...schemas.keys()].sort());
  for (const [name, wanted] of schemas) {
    const written = await readFile(`${folder}${name}`, "utf8");
    assert.equal(written, wanted, `${name} is out of date: node scripts/run.mjs scripts/schemas.mjs`);
  }
});

test("the policy's JSON Schema takes the built-in policy and refuses what the compiler refuses", async () => {
  const schema = z.fromJSONSchema(JSON.parse(await readFile(`${folder}policy-v1.json`, "utf8")));
  const policy = parse(defaultPolicySource) as { defaults: object; rules: readonly object[] };
  assert.ok(schema.safeParse(policy).success);
  const [rule] = policy.rules;
  const bad: readonly object[] = [
    { ...policy, defaults: { onUnknown: "open" } },
    { ...policy, extra: 1 },
    { ...policy, rules: [{ ...rule, action: "blok" }] },
    { ...policy, rules: [{ ...rule, id: "Upper" }] },
  ];
  for (const each of bad) assert.ok(!schema.safeParse(each).success, JSON.stringify(each));
});
