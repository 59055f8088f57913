/** What a rule does: checks of sense (stage, header names, what can be redacted), and every field filled in. Pure. */
import {
  type Action,
  type DetectKind,
  type HeaderMark,
  type PlaceholderStyle,
  type RedactStyle,
  stableOf,
} from "../../domain/policy.ts";
import type { Stage } from "../../domain/segment.ts";
import type { ActionSource } from "../source/action-source.ts";
import { headerProblem } from "./headers.ts";
import { type Note, within } from "./note.ts";

/** What a rule is, as far as its action must fit it. */
export type ActionFit = { readonly detect: DetectKind; readonly stages: readonly Stage[] };

/** `null` where it is not one action; then a note says so. Other notes may come beside an action. */
export function compileAction(source: ActionSource, { detect, stages }: ActionFit, note: Note): Action | null {
  const action = read(source, note);
  if (action === null) return null;
  if (detect === "size" && (action.kind === "mark" || action.kind === "redact" || action.kind === "replace")) {
    note([], `a size limit has no text to ${action.kind}; use flag or block`);
  }
  if (action.kind === "route" && stages.includes("reply")) {
    note([], "a route is chosen before there is a reply; write stage: prompt");
  }
  const restores = action.kind === "redact" && action.style.kind === "placeholder" && action.style.restore !== null;
  if (restores && stages.includes("reply")) {
    note([], "restore puts back in the reply what a rule of the prompt took out; write stage: prompt, or no restore");
  }
  return action;
}

function read(source: ActionSource, note: Note): Action | null {
  if (typeof source === "string") return plain(source);
  const written = Object.keys(source);
  if (written.length !== 1) {
    const found = written.length === 0 ? "nothing" : written.join(" and ");
    note(
      [],
      `action must hold exactly one of flag, route, mark, redact, replace, block, not ${found}; write one rule for each`,
    );
    return null;
  }
  const { flag, route, mark, redact, replace, block } = source;
  if (flag !== undefined) return { kind: "flag", header: checked(flag.header, within(note, "flag", "header", "name")) };
  if (route !== undefined) {
    const header = { name: route.header, value: route.value };
    return { kind: "route", header: checked(header, within(note, "route", "header")) };
  }
  if (mark !== undefined) {
    const { before = "", after = "" } = typeof mark === "string" ? { after: mark } : mark;
    if (before === "" && after === "") note(["mark"], "a mark without words; write before, after or both");
    return { kind: "mark", before, after };
  }
  if (redact !== undefined) {
    const style = compileStyle(redact, within(note, "redact"));
    return style === null ? null : { kind: "redact", style };
  }
  if (replace !== undefined) {
    if (!replace.isWellFormed()) note(["replace"], "words with half a character (a lone surrogate)");
    return { kind: "replace", text: replace };
  }
  return compileBlock(block ?? "error", within(note, "block"));
}

function plain(word: Extract<ActionSource, string>): Action {
  switch (word) {
    case "allow":
      return { kind: "allow" };
    case "flag":
      return { kind: "flag", header: null };
    case "redact":
      return { kind: "redact", style: { kind: "label" } };
    case "block":
      return { kind: "block", form: "error", status: null, message: null };
  }
}

type RedactSource = NonNullable<Exclude<ActionSource, string>["redact"]>;
type BlockSource = NonNullable<Exclude<ActionSource, string>["block"]>;

function compileStyle(source: RedactSource, note: Note): RedactStyle | null {
  switch (source) {
    case "label":
    case "remove":
    case "hash":
      return { kind: source };
    case "mask":
      return { kind: "mask", keepLast: 0 };
    case "placeholder":
      return { kind: "placeholder", restore: null, stable: null };
    default:
      break;
  }
  const { mask: masked, placeholder } = source;
  if ((masked === undefined) === (placeholder === undefined)) {
    note([], "redact must hold exactly one of mask, placeholder; for the other styles write the word alone");
    return null;
  }
  if (masked !== undefined) return { kind: "mask", keepLast: masked.keepLast ?? 0 };
  return { kind: "placeholder", ...compilePlaceholder(placeholder ?? {}) };
}

type PlaceholderSource = NonNullable<Exclude<RedactSource, string>["placeholder"]>;

function compilePlaceholder({ restore = false, stable }: PlaceholderSource): PlaceholderStyle {
  const { links = false, toolArguments = false } = typeof restore === "boolean" ? {} : restore;
  const header = stable === undefined || stable === "conversation" ? null : stable.conversation.header.toLowerCase();
  return {
    restore: restore === false ? null : { links, toolArguments },
    stable: stable === undefined ? null : { header },
  };
}

/** Lower-case names of the request headers that an action asks for. */
export function headersOf(action: Action): readonly string[] {
  const stable = stableOf(action);
  return stable === null || stable.header === null ? [] : [stable.header];
}

function compileBlock(source: BlockSource, note: Note): Action {
  if (typeof source === "string") return { kind: "block", form: source, status: null, message: null };
  const { form = "error", status = null, message = null } = source;
  if (form === "refusal" && status !== null) {
    note(["status"], "a refusal answers 200 like any reply; write form: error, or no status");
  }
  return { kind: "block", form, status, message };
}

function checked(header: HeaderMark, note: Note): HeaderMark {
  const problem = headerProblem(header.name);
  if (problem !== null) note([], problem);
  return header;
}
