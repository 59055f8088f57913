// A body of one dialect at a path of another: each text that the body holds is judged there too, in places that may be other ones.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createDialects, findOperation } from "../../src/content/index.ts";
import type { Operation, RequestHead } from "../../src/domain/dialect.ts";
import { runAtOnce } from "../../src/stdx/paced.ts";
import { filled, type Sample, spotsOf } from "../matrix/sample.ts";
import { samples } from "../matrix/samples/index.ts";

const dialects = createDialects();
const operations = dialects.flatMap(({ operations }) => operations);
/** Definitions of tools are judged only where that is asked for, and a dialect may take what another calls a text for one. */
const asked = new Set(["tool-definition"] as const);

type Crossed = { readonly body: string; readonly planted: readonly string[]; readonly isPrompt: boolean };

/** A sample's body with other words in each of its texts; `null`: it is not JSON. */
function crossed(sample: Sample): Crossed | null {
  const { mode, prompt, reply } = sample;
  const isPrompt = mode === "prompt-json";
  if ((isPrompt ? prompt : reply).kind !== "json" || !mode.endsWith("-json")) return null;
  const spots = spotsOf(sample);
  const wordsOf = new Map(spots.map((spot, index) => [`${spot.location}#${spot.name}`, `say planted${index}x now`]));
  const { body } = (isPrompt ? prompt : reply) as { readonly body: unknown };
  const full = filled(body, ({ location, name }) => wordsOf.get(`${location}#${name}`) ?? "fine");
  return { body: JSON.stringify(full), planted: spots.map((_spot, index) => `planted${index}x`), isPrompt };
}

/** What of the planted words no text holds that is judged. A body that nobody can read is refused, so nothing of it is lost. */
function lost({ body, planted, isPrompt }: Crossed, operation: Operation): readonly string[] {
  const read = runAtOnce(isPrompt ? operation.readRequest(body, asked) : operation.readReply(body, asked));
  if (!read.ok) return [];
  const judged = read.value.pieces.map(({ text }) => text).join("\n");
  return planted.filter((word) => !judged.includes(word));
}

test("a body of one dialect at another's path is judged to its last text", () => {
  let pairs = 0;
  const all = samples.flatMap((sample) => {
    const one = crossed(sample);
    if (one === null) return [];
    return operations.flatMap((operation) => {
      pairs += one.planted.length;
      return lost(one, operation).map((word) => `${sample.operation} ${sample.mode} at ${operation.id}: ${word}`);
    });
  });
  assert.ok(pairs > 1_000, `${pairs}`);
  assert.deepEqual(all, []);
});

const headOf = (method: string, path: string): RequestHead => ({
  ...{ method, path, query: "" },
  ...{ contentType: null, contentEncoding: null },
});

/** These have no prompt, and each string of their reply is judged by either dialect. The first of the list answers. */
const isShared = (request: string): boolean => /^(?:GET|HEAD) \/v1\/models(?:\/|$)/.test(request);

test("no path is one of two dialects, but for lists of models", () => {
  const paths = new Set([...samples.map(({ path }) => path.split("?")[0] as string), "/v1/models"]);
  const twice = [...paths].flatMap((path) =>
    ["GET", "HEAD", "POST", "PUT", "DELETE"]
      .filter((method) => dialects.filter((dialect) => dialect.match(headOf(method, path)) !== null).length > 1)
      .map((method) => `${method} ${path}`),
  );
  assert.deepEqual(
    twice.filter((request) => !isShared(request)),
    [],
  );
  assert.ok(twice.includes("GET /v1/models"));
  assert.equal(findOperation(dialects, headOf("GET", "/v1/models"))?.id, "openai/models");
});
