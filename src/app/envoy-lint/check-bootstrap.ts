/** What `serve` asks before it starts: whether the Envoy in front of it would let bytes pass unjudged. Reads one file. */
import { err, ok, type Result } from "../../stdx/result.ts";
import { type Acceptance, type Finding, lintEnvoy } from "./lint.ts";
import { findingLine } from "./report.ts";
import { loadSource } from "./source.ts";

/** Warnings on success. The error's lines say what lets bytes pass, or why the file cannot be read. */
export async function checkBootstrap(
  path: string,
  accept: readonly Acceptance[],
): Promise<Result<readonly Finding[], readonly string[]>> {
  const source = await loadSource(path);
  const linted = source.ok ? lintEnvoy(source.value, { cluster: null, accept }) : source;
  if (!linted.ok) return err([linted.error]);
  const { findings, label } = linted.value;
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) return err(errors.map((finding) => findingLine(label, finding)));
  return ok(findings.filter(({ severity }) => severity === "warning"));
}
