// One policy for all cases: each rule counts for its own case alone, told apart by a request header.

import type { GuardCase } from "./case.ts";

export const caseHeader = "x-case";

const stageOf = (stage: unknown): unknown =>
  typeof stage === "string" && stage.startsWith("[") ? stage.slice(1, -1).split(", ") : stage;

const scoped = ({ name }: GuardCase, when: unknown): object => ({
  ...(typeof when === "object" ? when : {}),
  header: { [caseHeader]: name },
});

export function policyOfCases(cases: readonly GuardCase[]): object {
  return {
    kind: "Policy",
    version: 1,
    name: "guards",
    defaults: { onUnknown: "closed", onUnreadable: "block" },
    rules: cases.flatMap((each) =>
      each.rules.map((rule, index) => ({
        id: `${each.name}-${index}`,
        ...rule,
        stage: stageOf(rule["stage"]),
        when: scoped(each, rule["when"]),
      })),
    ),
    exceptions: cases.flatMap((each) =>
      (each.exceptions ?? []).map((exception, index) => ({
        id: `${each.name}-exception-${index}`,
        reason: "a case of the test",
        owner: "the test",
        expires: "2999-01-01",
        ...exception,
        when: scoped(each, exception["when"]),
      })),
    ),
  };
}
