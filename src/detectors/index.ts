/** Builds the detectors that a policy's rules name. The only door of this folder. */
import { createHash } from "node:crypto";
import type { Detector } from "../domain/detector.ts";
import type { DetectSpec } from "../domain/policy.ts";
import { unreachable } from "../stdx/assert.ts";
import { createKeywordDetector } from "./keywords/index.ts";
import { createPiiDetector } from "./pii/index.ts";
import { createSecretsDetector } from "./secrets/index.ts";
import { createSizeDetector } from "./size/index.ts";

export { placeholderFor } from "./placeholder.ts";

/**
 * `spec` is as a compiled policy has it: kinds and lists not empty, a region that numbering plans know; anything else
 * throws InvariantError. Equal specs, in whatever order they name their parts, give detectors with equal ids.
 */
export function createDetector(spec: DetectSpec): Detector {
  const id = detectorId(spec);
  switch (spec.kind) {
    case "pii":
      return createPiiDetector(id, spec.kinds, spec.region);
    case "secrets":
      return createSecretsDetector(id, spec.kinds);
    case "keywords":
      return createKeywordDetector(id, spec);
    case "size":
      return createSizeDetector(id, spec);
    default:
      return unreachable(spec);
  }
}

/** Holds no word of a keyword list, only a digest of it: ids may be written to logs. */
export function detectorId(spec: DetectSpec): string {
  switch (spec.kind) {
    case "pii":
      return `pii(${inOrder(spec.kinds)}${spec.kinds.includes("phone") ? `;${spec.region.toUpperCase()}` : ""})`;
    case "secrets":
      return `secrets(${inOrder(spec.kinds)})`;
    case "keywords": {
      const words = JSON.stringify([...new Set(spec.list)].sort());
      const digest = createHash("sha256").update(words).digest("hex").slice(0, 32);
      return `keywords(${digest};${spec.caseSensitive ? "case" : "nocase"};${spec.wholeWords ? "words" : "anywhere"})`;
    }
    case "size":
      return `size(${spec.maxBytes ?? "-"};${spec.maxCharacters ?? "-"};${spec.maxMessages ?? "-"})`;
    default:
      return unreachable(spec);
  }
}

function inOrder(kinds: readonly string[]): string {
  return [...new Set(kinds)].sort().join(",");
}
