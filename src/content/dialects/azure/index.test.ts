import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { createAzure } from "./index.ts";

const head = {
  method: "POST",
  query: "api-version=2024-10-21",
  contentType: "application/json",
  contentEncoding: null,
};

function match(name: string): Operation {
  const operation = createAzure().match({ ...head, path: `/openai/deployments/gpt-5.eu/${name}` });
  assert.ok(operation !== null);
  return operation;
}

for (const name of ["chat/completions", "completions", "embeddings", "images/generations"]) {
  test(`the deployment is the model, whatever the body says: ${name}`, () => {
    for (const body of ["{}", '{"model":"other","model":"another"}', '{"Model":"other"}']) {
      const read = runAtOnce(match(name).readRequest(body));
      assert.ok(read.ok);
      assert.equal(read.value.model, "gpt-5.eu");
      assert.equal(read.value.modelRepeated, false);
    }
  });
}

test("what stands in the body is read as in OpenAI's form, the sources too", () => {
  const body = {
    messages: [{ role: "user", content: "a" }],
    data_sources: [{ type: "azure_search", parameters: { filter: "b", role_information: "c" } }],
  };
  const read = runAtOnce(match("chat/completions").readRequest(JSON.stringify(body)));
  assert.ok(read.ok);
  assert.deepEqual(
    read.value.pieces.map(({ location: { place, role }, text }) => `${place} ${role} ${text}`),
    ["content user a", "metadata none b", "content system c"],
  );
  assert.deepEqual(read.value.unjudged, { "provider-tool": 1 });
});

test("a deployment is no step to another path", () => {
  for (const name of [".", "..", "...", "a/b", "a%2fb", ""])
    assert.equal(createAzure().match({ ...head, path: `/openai/deployments/${name}/chat/completions` }), null, name);
  assert.ok(createAzure().match({ ...head, path: "/openai/deployments/..a/chat/completions" }) !== null);
});
