/** Finds what is wrong with a policy or a configuration, told apart by their `kind`. Pure. */
import { checkConfig } from "../config/config.ts";
import type { Mistake } from "../domain/policy.ts";
import { checkPolicy } from "../policy/compile.ts";
import { readDocument, shorten, type SourceTree } from "../policy/document.ts";
import { suggestion } from "../policy/nearest.ts";

const checks: ReadonlyMap<string, (tree: SourceTree) => readonly Mistake[]> = new Map<
  string,
  (tree: SourceTree) => readonly Mistake[]
>([
  ["Policy", checkPolicy],
  ["PolicyPart", checkPolicy],
  ["TenantPolicy", checkPolicy],
  ["Config", checkConfig],
]);
const kinds = [...checks.keys()];
const wanted = "kind: Policy or kind: Config";

/** Every mistake in reading order; none for a good file. */
export function checkFile(source: Uint8Array): readonly Mistake[] {
  const document = readDocument(source);
  if (!document.ok) return document.error;
  const { value, placeOf } = document.value;
  const kind: unknown = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
  if (typeof kind !== "string")
    return [{ ...placeOf(["kind"]), message: `kind is missing; begin the file with ${wanted}` }];
  const check = checks.get(kind);
  if (check !== undefined) return check(document.value);
  return [
    {
      ...placeOf(["kind"]),
      message: `unknown kind "${shorten(kind)}"${suggestion(kind, kinds) || `; write ${wanted}`}`,
    },
  ];
}
