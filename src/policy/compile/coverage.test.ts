import assert from "node:assert/strict";
import { test } from "node:test";
import { type Cell, cellName, type CellState } from "../../domain/coverage.ts";
import { compileFiles } from "../../../test/helpers/policy.ts";
import { knownOperations } from "../../content/index.ts";

const head = "kind: Policy\nversion: 1\n";
const defaults = (more = ""): string => `defaults: { onUnknown: closed, onUnreadable: block${more} }\n`;
const rules = (...lines: readonly string[]): string =>
  lines.length === 0 ? "rules: []\n" : `rules:\n${lines.map((line) => `  - ${line}\n`).join("")}`;
const rule = (when: string, action: string, stage = "[prompt, reply]"): string =>
  `{ id: r, stage: ${stage}, when: { ${when} }, detect: { keywords: { list: [w] } }, action: ${action} }`;

async function mistakesOf(text: string): Promise<readonly string[]> {
  const result = await compileFiles({ "policy.yaml": text });
  return result.ok ? [] : result.error.mistakes.map(({ line, message }) => `${line}: ${message}`);
}

const needing = (...names: readonly string[]): string =>
  `coverage: { require: [${names.map((name) => `"${name}"`).join(", ")}] }\n`;
const image = "openai/chat-completions image prompt-json";

test("what must be judged and is not stops the policy, by the cell's name, with the ways to mend it", async () => {
  const [told] = await mistakesOf(head + defaults() + needing(image) + rules());
  assert.match(told ?? "", /^4: "openai\/chat-completions image prompt-json" is not judged/);
  assert.match(
    told ?? "",
    /onUnjudged: \{ block: \[image\] \}.*accept: \["openai\/chat-completions image prompt-json"\]/,
  );
  assert.equal((await mistakesOf(head + defaults() + needing("image") + rules())).length, 1);
});

test("a cell is honoured where it is judged, refused, or accepted by name", async () => {
  const accept = (name: string): string => `coverage: { require: [image], accept: ["${name}"] }\n`;
  assert.deepEqual(
    await mistakesOf(head + defaults() + needing("user-text", "tool-arguments", "logprob") + rules()),
    [],
  );
  assert.deepEqual(
    await mistakesOf(head + defaults(", onUnjudged: block") + needing("image", "remote-url") + rules()),
    [],
  );
  assert.deepEqual(
    await mistakesOf(head + defaults(", onUnjudged: { block: [image] }") + needing("image") + rules()),
    [],
  );
  assert.deepEqual(await mistakesOf(head + defaults() + accept("* image *") + rules()), []);
  assert.equal(
    (await mistakesOf(head + defaults() + accept(image) + rules())).length,
    1,
    "the others are still missing",
  );
});

test("tool definitions are judged where a rule names their place, and only then", async () => {
  const needed = needing("tool-definition");
  assert.equal((await mistakesOf(head + defaults(", onUnjudged: block") + needed + rules())).length, 1);
  assert.deepEqual(await mistakesOf(head + defaults() + needed + rules(rule("place: tool-definition", "flag"))), []);
});

test("token ids are unreadable, so onUnreadable decides", async () => {
  const needed = needing("openai/embeddings token-ids prompt-json");
  assert.deepEqual(await mistakesOf(head + defaults() + needed + rules()), []);
  const passing = "defaults: { onUnknown: closed, onUnreadable: pass }\n";
  assert.match((await mistakesOf(head + passing + needed + rules()))[0] ?? "", /onUnreadable lets pass/);
});

test("a rule that writes into what can only be taken away whole, or looks where nothing stands, stops the policy", async () => {
  assert.match(
    (await mistakesOf(head + defaults() + rules(rule("place: logprob", "{ replace: x }", "reply"))))[0] ?? "",
    /^5: .*logprob reply-json.*taken away whole/,
  );
  assert.deepEqual(await mistakesOf(head + defaults() + rules(rule("place: logprob", "redact", "reply"))), []);
  assert.match(
    (await mistakesOf(head + defaults() + rules(rule("place: suffix", "block", "reply"))))[0] ?? "",
    /^5: no body/,
  );
  assert.match(
    (
      await mistakesOf(
        head + defaults() + rules(rule("place: suffix, operation: openai/embeddings", "block", "prompt")),
      )
    )[0] ?? "",
    /no body/,
  );
  assert.deepEqual(await mistakesOf(head + defaults() + rules(rule("place: suffix", "block", "prompt"))), []);
});

test("names that no cell has are told, with the one that was meant", async () => {
  assert.match((await mistakesOf(head + defaults() + needing("imagee") + rules()))[0] ?? "", /did you mean "image"/);
  const dialects = "coverage: { dialects: [openia] }\n";
  assert.match((await mistakesOf(head + defaults() + dialects + rules()))[0] ?? "", /did you mean "openai"/);
  const accept = 'coverage: { accept: ["openai/chat-completions imge prompt-json"] }\n';
  assert.match((await mistakesOf(head + defaults() + accept + rules()))[0] ?? "", /there is no cell/);
});

test("cells have one name each, and a reason exactly where they are not judged", () => {
  const { cells } = knownOperations();
  assert.ok(cells.length > 50);
  assert.equal(new Set(cells.map(cellName)).size, cells.length);
  const isJudged = ({ state }: Cell): boolean =>
    (["judged", "editable"] satisfies CellState[] as CellState[]).includes(state);
  for (const cell of cells) {
    assert.equal(cell.reason === null, isJudged(cell), cellName(cell));
    assert.equal(cell.blockable, isJudged(cell), cellName(cell));
  }
});
