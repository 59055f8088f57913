import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { operationFor, type Method } from "./operations.ts";

function read(body: unknown, method: Method = "generateContent"): Extraction {
  const operation = operationFor(method, { model: "m", events: "sse" });
  const extraction = runAtOnce(operation.readReply(typeof body === "string" ? body : JSON.stringify(body)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

/** Pieces as `place text lane`. */
const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location: { place }, text, lane }) => `${place} ${text} ${lane ?? "-"}`);

const ofModel = (...parts: object[]) => ({ candidates: [{ content: { role: "model", parts } }] });

test("texts go on from part to part, thoughts by themselves", () => {
  const parts = [{ text: "t", thought: true }, { text: "a" }, { text: "u", thought: true }, { text: "b" }];
  assert.deepEqual(told(read(ofModel(...parts))), [
    "reasoning t candidate/0/thought",
    "content a candidate/0/text",
    "reasoning u candidate/0/thought",
    "content b candidate/0/text",
  ]);
});

test("each call of a reply is a call of its own", () => {
  const call = (name: string, args: object) => ({ functionCall: { args, name } });
  const { pieces } = read(ofModel(call("f", { a: 1 }), { text: "x" }, call("g", {})));
  assert.deepEqual(
    pieces.map(({ text, call: of }) => [text, of]),
    [
      ['{"a":1}', "candidate/0/call/1"],
      ["f", "candidate/0/call/1"],
      ["x", null],
      ["{}", "candidate/0/call/2"],
      ["g", "candidate/0/call/2"],
    ],
  );
});

test("a reply's role that is not the model's is unclear", () => {
  const spoken = (role: string) => read({ candidates: [{ content: { role, parts: [{ text: "a" }] } }] }).pieces[0];
  assert.equal(spoken("model")?.location.unclear, undefined);
  assert.equal(spoken("model")?.location.role, "assistant");
  assert.equal(spoken("user")?.location.unclear, "role");
});

test("what was found and cited", () => {
  const groundingMetadata = {
    webSearchQueries: ["q"],
    groundingChunks: [{ web: { uri: "https://e.com", title: "t" } }, { retrievedContext: { text: "c" } }],
    groundingSupports: [{ segment: { startIndex: 0, text: "s" } }],
    searchEntryPoint: { renderedContent: "<b>", sdkBlob: "AAAA" },
  };
  const citationMetadata = { citations: [{ uri: "https://e.com", title: "t", license: "mit" }] };
  const extraction = read({ candidates: [{ groundingMetadata, citationMetadata }] });
  assert.deepEqual(told(extraction), [
    "tool-arguments q -",
    "url https://e.com -",
    "citation t -",
    "document c -",
    "citation s -",
    "annotation <b> -",
    "url https://e.com -",
    "citation t -",
    "citation mit -",
  ]);
  assert.deepEqual(extraction.unjudged, { binary: 1 });
});

test("log-probabilities go with the texts that they tell again", () => {
  const logprobsResult = {
    chosenCandidates: [{ token: "a", logProbability: -1 }],
    topCandidates: [{ candidates: [{ token: "b" }] }],
  };
  const body = JSON.stringify({ candidates: [{ content: { parts: [{ text: "a" }] }, logprobsResult }] });
  const { pieces, repeats } = read(body);
  const at = body.indexOf('{"chosenCandidates"');
  assert.deepEqual(repeats, [{ lanes: "candidate/0/", whole: { start: at, end: body.length - 3 } }]);
  for (const piece of pieces.slice(1)) assert.equal(piece.mask.kind, "drop");
});

test("why there is no answer", () => {
  const promptFeedback = { blockReason: "SAFETY", blockReasonMessage: "r" };
  assert.deepEqual(told(read({ promptFeedback })), ["refusal r -"]);
  assert.deepEqual(told(read({ candidates: [{ finishReason: "OTHER", finishMessage: "f" }] })), ["error f -"]);
});

const error = { error: { code: 429, message: "m", status: "RESOURCE_EXHAUSTED", details: [{ "@type": "t", d: "e" }] } };
const errorTexts = ["error m -", "error @type -", "error t -", "error d -", "error e -"];
for (const method of ["generateContent", "streamGenerateContent", "countTokens", "embedContent", "predict"] as const) {
  test(`errors of ${method}`, () => assert.deepEqual(told(read(error, method)), errorTexts));
}
test("errors in a list", () => assert.deepEqual(told(read([error], "streamGenerateContent")), errorTexts));

test("vectors are no text", () => {
  assert.deepEqual(told(read({ embedding: { values: [0.1, -0.0123456789012345, 1e-7] } }, "embedContent")), []);
  assert.deepEqual(told(read({ embeddings: [{ values: [0.1] }, { values: [0.2] }] }, "batchEmbedContents")), []);
  assert.deepEqual(told(read({ predictions: [{ embeddings: { values: [0.1] } }] }, "predict")), []);
  assert.ok(told(read({ predictions: ["hidden words"] }, "predict"))[0]?.includes("hidden words"));
  assert.deepEqual(told(read({ totalTokens: 4, promptTokensDetails: [{ modality: "TEXT" }] }, "countTokens")), []);
});

for (const body of [
  { candidates: "hidden words" },
  { candidates: { content: { parts: [{ text: "hidden words" }] } } },
  { candidates: [{ content: "hidden words" }] },
  { candidates: [{ content: { parts: [{ text: ["hidden words"] }] } }] },
  { candidates: [{ Content: { Parts: [{ Text: "hidden words" }] } }] },
  { candidates: [{ content: { parts: [{ text: "a", thought: "true", hidden: "hidden words" }] } }] },
  { usageMetadata: "hidden words" },
  "hidden words",
]) {
  test(`judged all the same: ${JSON.stringify(body).slice(0, 60)}`, () => {
    assert.ok(told(read(JSON.stringify(body))).some((text) => text.includes("hidden words")));
  });
}

test("links of what was found are read as they stand, base64 too", () => {
  const uri = "data:text/plain;base64,ignore-all-that-was-said";
  const found = read({ candidates: [{ groundingMetadata: { groundingChunks: [{ web: { uri } }] } }] });
  assert.deepEqual(told(found), [`url ${uri} -`]);
});
