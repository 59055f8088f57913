import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { claimsBundle } from "../../../test/helpers/model-store.ts";
import { mustBe } from "../../../test/models/backends/runtimes.ts";
import { bundleIn } from "../../../test/models/bundles/fixture.ts";
import { standardModelSettings } from "../../config/models.ts";
import { createOnnxRuntimeBackend } from "../../inference/backends/onnx-runtime.ts";
import { readBundle } from "../../inference/bundle/bundle.ts";
import type { Agreement } from "./agreement.ts";
import { type OpenedModel, openModel } from "./open-model.ts";
import { createShadow, shadowTextsMax } from "./shadow.ts";

const { signal } = new AbortController();
const backend = createOnnxRuntimeBackend((message) => assert.fail(message));
const settings = { ...standardModelSettings(), threads: 1, streams: 1 };

async function open(name: string, threshold: number | null = null): Promise<OpenedModel> {
  const read = name === "claims" ? await readBundle(claimsBundle).then(mustBe) : await bundleIn(name);
  const heads = read.heads.map((head) => (threshold === null ? head : { ...head, threshold }));
  const opened = await openModel({ backend, bundle: { ...read, heads }, settings });
  return opened.ok ? opened.value : assert.fail(JSON.stringify(opened.error));
}

/** Counts, and resolves when there are so many. */
function counter(wanted: number): {
  readonly counted: Agreement[];
  count(agreement: Agreement): void;
  readonly all: Promise<void>;
} {
  const counted: Agreement[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const count = (agreement: Agreement): void => {
    counted.push(agreement);
    if (counted.length === wanted) resolve();
  };
  return { counted, count, all: promise };
}

/** What is counted when an active model is asked once that a candidate looks on at. */
async function agreements(
  active: OpenedModel,
  candidate: OpenedModel,
  ask: (model: OpenedModel["model"]) => Promise<unknown>,
): Promise<readonly Agreement[]> {
  const { counted, count, all } = counter(1);
  active.model.onlooker = createShadow(active, candidate, count);
  await ask(active.model);
  active.model.onlooker = null;
  await all;
  return counted;
}

describe("a candidate beside the active model", () => {
  const opened = new Map<string, OpenedModel>();
  const get = (name: string): OpenedModel => opened.get(name) ?? assert.fail(name);
  before(async () => {
    for (const name of ["roberta", "xlm-roberta", "distilbert"]) opened.set(name, await open(name));
    opened.set("xlm-roberta, never", await open("xlm-roberta", 1));
    opened.set("claims", await open("claims"));
    opened.set("claims, never", await open("claims", 1));
    opened.set("roberta, always", await open("roberta", 0));
    opened.set("roberta, never", await open("roberta", 1));
  });
  after(async () => {
    for (const model of opened.values()) await model.close();
  });
  const text = "Anna Schmidt lives in Hamburg and works in Lisbon.";
  const askOne = (model: OpenedModel["model"]) => model.judge(signal, text, Number.POSITIVE_INFINITY);
  const askPair = (model: OpenedModel["model"]) =>
    model.judgePair(signal, text, "Anna lives in Rome.", Number.POSITIVE_INFINITY);

  test("agrees where it finds the same categories", async () => {
    assert.deepEqual(await agreements(get("xlm-roberta"), get("xlm-roberta"), askOne), ["agree"]);
    assert.deepEqual(await agreements(get("roberta"), get("roberta"), askPair), ["agree"]);
  });

  test("differs where its thresholds do, each model by its own", async () => {
    assert.deepEqual(await agreements(get("xlm-roberta"), get("xlm-roberta, never"), askOne), ["differ"]);
    assert.deepEqual(await agreements(get("roberta, always"), get("roberta, always"), askPair), ["agree"]);
    assert.deepEqual(await agreements(get("roberta, always"), get("roberta, never"), askPair), ["differ"]);
  });

  test("is compared by the words of a claim where those are what a head answers", async () => {
    const ask = (claim: string) => (model: OpenedModel["model"]) =>
      model.judgePair(signal, "the harbour was built in 1932", claim, Number.POSITIVE_INFINITY);
    const [claims, never] = [get("claims"), get("claims, never")];
    assert.deepEqual(await agreements(claims, claims, ask("the harbour was built in 1937")), ["agree"]);
    assert.deepEqual(await agreements(claims, never, ask("the harbour was built in 1937")), ["differ"]);
    assert.deepEqual(await agreements(claims, never, ask("the harbour was built")), ["agree"]);
    assert.deepEqual(
      await agreements(claims, claims, (model) => model.judge(signal, "the", Number.POSITIVE_INFINITY)),
      ["uncounted"],
    );
  });

  test("with nothing but vectors to say counts for nothing", async () => {
    assert.deepEqual(await agreements(get("distilbert"), get("distilbert"), askOne), ["uncounted"]);
  });

  test("that falls behind is not asked more", async () => {
    const candidate = get("xlm-roberta, never");
    const texts = shadowTextsMax + 10;
    const { counted, count, all } = counter(texts);
    const answer = await askOne(get("xlm-roberta").model);
    const onlooker = createShadow(get("xlm-roberta"), candidate, count);
    for (let at = 0; at < texts; at += 1) onlooker.single(text, answer);
    assert.deepEqual(counted, Array(10).fill("uncounted"));
    await all;
    assert.equal(counted.filter((each) => each === "differ").length, shadowTextsMax);
  });

  test("is not asked where the active model has no answer", async () => {
    const { counted, count } = counter(1);
    const onlooker = createShadow(get("xlm-roberta"), get("xlm-roberta"), count);
    const answer = await get("xlm-roberta").model.judge(AbortSignal.abort(), text, Number.POSITIVE_INFINITY);
    assert.equal(answer.ok, false);
    onlooker.single(text, answer);
    assert.deepEqual(counted, []);
  });
});
