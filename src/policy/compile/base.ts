/** The rules and exceptions of a policy's base files, compiled one by one, with where each stands. Pure. */
import type { Mistake } from "../../domain/policy.ts";
import type { PolicyFile } from "../files.ts";
import type { ExceptionSource } from "../source/exception-source.ts";
import type { RuleSource } from "../source/rule-source.ts";
import type { PolicyTools } from "../tools.ts";
import { type CompiledException, compileException } from "./exception.ts";
import { type Note, noteInto } from "./note.ts";
import { type CompiledRule, compileRule, defaultViews, type RuleDefaults } from "./rule.ts";

export type PlacedRule = CompiledRule & {
  readonly source: RuleSource;
  /** Notes on it, into whichever list. */
  readonly noteInto: (list: Mistake[]) => Note;
};
export type PlacedException = CompiledException & {
  readonly source: ExceptionSource;
  /** Notes on it, into whichever list. */
  readonly noteInto: (list: Mistake[]) => Note;
};
export type Compiled = { readonly rules: readonly PlacedRule[]; readonly exceptions: readonly PlacedException[] };

/** Where an id stands, to tell whoever uses it again. */
export type Ids = Map<string, { readonly label: string | null; readonly line: number }>;

/** Only to find mistakes with, where the defaults themselves are one. */
const noDefaults: RuleDefaults = { onUnknown: "closed", views: defaultViews };

/** `ids`: those in use before this file, and after it its own too. */
export function compileFile(
  file: PolicyFile,
  tools: PolicyTools,
  ids: { readonly rules: Ids; readonly exceptions: Ids },
  mistakes: Mistake[],
): Compiled {
  const { tree, rules, exceptions } = file.reading;
  if (tree === null) return { rules: [], exceptions: [] };
  repeatedIds(file, "rules", ids.rules, mistakes);
  repeatedIds(file, "exceptions", ids.exceptions, mistakes);
  const defaults = file.defaults ?? noDefaults;
  return {
    rules: rules.flatMap((source, index) => {
      if (source === null) return [];
      const into = (list: Mistake[]): Note => noteInto(list, tree, file.label, ["rules", index]);
      const compiled = compileRule(source, defaults, tools, into(mistakes));
      return compiled === null ? [] : [{ ...compiled, source, noteInto: into }];
    }),
    exceptions: exceptions.flatMap((source, index) => {
      if (source === null) return [];
      const into = (list: Mistake[]): Note => noteInto(list, tree, file.label, ["exceptions", index]);
      const compiled = compileException(source, tools, into(mistakes));
      return compiled === null ? [] : [{ ...compiled, source, noteInto: into }];
    }),
  };
}

/** Looks at ids wherever they are text, also of parts whose form is wrong. */
function repeatedIds(file: PolicyFile, key: "rules" | "exceptions", ids: Ids, mistakes: Mistake[]): void {
  const { tree, [key]: parts } = file.reading;
  const written = (tree?.value as Record<string, unknown> | null)?.[key];
  if (tree === null || !Array.isArray(written)) return;
  for (let index = 0; index < parts.length; index++) {
    const part: unknown = written[index];
    const id = typeof part === "object" && part !== null && "id" in part ? part.id : null;
    if (typeof id !== "string") continue;
    const { line } = tree.placeOf([key, index, "id"]);
    const before = ids.get(id);
    if (before === undefined) {
      ids.set(id, { label: file.label, line });
      continue;
    }
    const elsewhere = before.label === file.label ? "" : ` of ${before.label ?? "the main file"}`;
    const noun = key === "rules" ? "rule" : "exception";
    noteInto(mistakes, tree, file.label, [key, index, "id"])(
      [],
      `the id "${id.slice(0, 64)}" stands already on line ${before.line}${elsewhere}; give this ${noun} its own`,
    );
  }
}
