/** What the policy's compiler asks for: the digest, the linear engine, and the formats that there are. */
import { checkPattern, createLinearMatcher } from "../detectors/index.ts";
import type { KnownModel, PolicyTools } from "../policy/compile.ts";
import { createDescribed } from "../content/described/index.ts";
import { knownOperations } from "../content/index.ts";
import { sha256Hex } from "./plan.ts";

export const policyTools: PolicyTools = {
  sha256Hex,
  checkPattern: ({ pattern, caseSensitive }, longest) => checkPattern({ pattern, caseSensitive, longest }),
  linearMatcher: createLinearMatcher,
  known: knownOperations(),
  cellsOf: (dialect) => createDescribed(dialect).operations.flatMap(({ cells }) => cells),
  models: null,
};

/** `models`: what policies may ask; `null`: not checked. */
export const policyToolsFor = (models: readonly KnownModel[] | null): PolicyTools => ({ ...policyTools, models });
