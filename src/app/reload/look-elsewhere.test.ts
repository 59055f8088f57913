import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { openTempDir } from "../../../test/helpers/temp-dir.ts";
import { someFacts } from "../../../test/helpers/rules.ts";
import type { Policy } from "../../domain/policy.ts";
import { explainScope } from "../../policy/explain-scope.ts";
import { type Look, lookHere } from "./look.ts";
import { lookElsewhere } from "./look-elsewhere.ts";

const head = "kind: Policy\nversion: 1\ndefaults: { onUnknown: closed, onUnreadable: block }\n";
const good = `${head}include: [more/a.yaml]
tenants: { acme: acme.yaml }
rules:
  - id: own
    stage: prompt
    when: { condition: 'request.path.matches("^/v1/c") && tenant != "x"', header: { x-team: red } }
    detect: { patterns: { list: [{ id: ticket, pattern: 'T-[0-9]+' }] } }
    action: { redact: { mask: { keepLast: 2 } } }
exceptions:
  - { id: old, reason: r, owner: o, expires: 2020-01-01, category: pii/* }
`;
const more =
  "kind: PolicyPart\nversion: 1\nrules:\n  - { id: a, stage: prompt, detect: { secrets: {} }, action: flag }\n";
const tenant = "kind: TenantPolicy\nversion: 1\noverride: { a: { action: block } }\n";

const noModels = { known: () => [], shippedFolder: null, load: () => Promise.resolve([]) };

/** Without what cannot be compared: a scope's tests are functions, and say what they say. */
const plain = ({ rules, exceptions, ...rest }: Policy): unknown => ({
  ...rest,
  rules: rules.map(({ scope, ...rule }) => ({
    ...rule,
    scope: scope === null ? null : [scope.roles, scope.places],
    told: explainScope({ scope }, { ...someFacts, path: "/v1/chat" }, null),
  })),
  exceptions: exceptions.map(({ id, expiresS }) => [id, expiresS]),
});

function assertSame(one: Look, other: Look): void {
  const { set, ...seen } = one;
  const { set: otherSet, ...otherSeen } = other;
  assert.deepEqual(seen, otherSeen);
  if (!set.ok || !otherSet.ok) return assert.deepEqual(set, otherSet);
  assert.deepEqual(plain(set.value.policy), plain(otherSet.value.policy));
  assert.deepEqual(set.value.notices, otherSet.value.notices);
}

test("a worker's look is that of this thread: good, with notices, bad, and nothing there", async () => {
  await using dir = await openTempDir();
  const file = dir.join("policy.yaml");
  await mkdir(dir.join("more"));
  await writeFile(dir.join("more/a.yaml"), more);
  await writeFile(dir.join("acme.yaml"), tenant);
  const kinds: string[] = [];
  for (const text of [good, good.replace("ticket", "TICKET"), `${head}rules: [`, "", null]) {
    if (text !== null) await writeFile(file, text);
    const path = text === null ? dir.join("none.yaml") : file;
    for (const expired of ["skip", "mistake"] as const) {
      const [here, elsewhere] = await Promise.all([lookHere(path, expired), lookElsewhere(noModels)(path, expired)]);
      assertSame(elsewhere, here);
      kinds.push(here.set.ok ? `good, ${here.set.value.notices.length} notices` : here.set.error.kind);
    }
  }
  assert.deepEqual(new Set(kinds), new Set(["good, 1 notices", "bad", "unreadable"]));
});
