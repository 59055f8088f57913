/**
 * Finds and reads the files of a policy: what the main file includes, and its tenants'. Each is read once. Bounded in
 * number, depth and bytes. Does no I/O of its own, and knows nothing of what rules mean.
 */
import type { Mistake } from "../domain/policy.ts";
import type { MaybeAsync } from "../stdx/maybe-async.ts";
import type { Result } from "../stdx/result.ts";
import { type Note, noteInto } from "./compile/note.ts";
import { defaultViews, type RuleDefaults } from "./compile/rule.ts";
import { folderOf, nameOf, resolvePath } from "./path.ts";
import { type FileKind, type ReadDocument, type Reading, readPolicyFile } from "./read.ts";

/** Of one policy. */
export const filesMax = 300;
export const includeDepthMax = 8;
export const policyBytesMax = 8 * 1024 * 1024;

/** The error is the system's code, such as ENOENT. */
export type ReadFile = (path: string) => MaybeAsync<Result<Uint8Array, string>>;

export type PolicyFile = {
  /** From the main file's folder. */
  readonly name: string;
  /** As it is told in mistakes; `null` for the main file. */
  readonly label: string | null;
  readonly bytes: Uint8Array;
  readonly reading: Reading;
  /** What counts for rules that do not say; `null` where no file says it. */
  readonly defaults: RuleDefaults | null;
};

export type FileSet = {
  /** Those that are included before those that include them; the main file is the last. */
  readonly base: readonly PolicyFile[];
  readonly tenants: readonly { readonly tenant: string; readonly file: PolicyFile }[];
  /** Of every file that is named and inside the folder, read or not; the main file first. */
  readonly paths: readonly string[];
  readonly mistakes: readonly Mistake[];
  /** All that the main file names has been looked for. */
  readonly isWhole: boolean;
};

export async function loadFiles(
  main: { readonly path: string; readonly bytes: Uint8Array },
  readFile: ReadFile,
  document?: ReadDocument,
): Promise<FileSet> {
  const loader = new Loader(main.path, readFile, document);
  await loader.load(main.bytes);
  return loader;
}

class Loader implements FileSet {
  readonly base: PolicyFile[] = [];
  readonly tenants: { tenant: string; file: PolicyFile }[] = [];
  readonly paths: string[];
  readonly mistakes: Mistake[] = [];
  readonly isWhole = true;
  readonly #root: string;
  readonly #main: string;
  readonly #readFile: ReadFile;
  readonly #document: ReadDocument | undefined;
  readonly #seen = new Set<string>();
  #bytes = 0;

  constructor(mainPath: string, readFile: ReadFile, document: ReadDocument | undefined) {
    this.#root = folderOf(mainPath);
    this.#main = nameOf(mainPath);
    this.paths = [mainPath];
    this.#readFile = readFile;
    this.#document = document;
  }

  async load(bytes: Uint8Array): Promise<void> {
    this.#seen.add(this.#main);
    const file = this.#file(this.#main, bytes, ["Policy"], null);
    await this.#include(file, [this.#main]);
    this.base.push(file);
    const { head } = file.reading;
    if (head?.kind !== "Policy") return;
    for (const [tenant, written] of Object.entries(head.head?.tenants ?? {})) {
      const note = this.#noteAt(file, ["tenants", tenant]);
      const name = this.#resolve("", written, note);
      if (name === null) continue;
      if (this.#seen.has(name)) {
        note([], `"${written}" is used already; give each tenant a file of its own`);
        continue;
      }
      const read = await this.#read(name, note);
      if (read !== null) this.tenants.push({ tenant, file: this.#file(name, read, ["TenantPolicy"], file.defaults) });
    }
  }

  /** `chain`: the names from the main file to this one. */
  async #include(file: PolicyFile, chain: readonly string[]): Promise<void> {
    const { head } = file.reading;
    if (head === null || head.kind === "TenantPolicy") return;
    for (const [index, written] of (head.head?.include ?? []).entries()) {
      const note = this.#noteAt(file, ["include", index]);
      const name = this.#resolve(folderOf(file.name), written, note);
      if (name === null) continue;
      const from = chain.indexOf(name);
      if (from !== -1) {
        const circle = [...chain.slice(from), name].join(" -> ");
        note([], `these files include each other in a circle: ${circle}; remove one of the includes`);
      } else if (chain.length > includeDepthMax) {
        note([], `files include each other more than ${includeDepthMax} deep; include this one further up`);
      } else if (!this.#seen.has(name)) {
        const read = await this.#read(name, note);
        if (read === null) continue;
        const included = this.#file(name, read, ["Policy", "PolicyPart"], file.defaults);
        this.#refuseTenants(included);
        await this.#include(included, [...chain, name]);
        this.base.push(included);
      }
    }
  }

  #refuseTenants(file: PolicyFile): void {
    const { head } = file.reading;
    if (head?.kind !== "Policy" || head.head?.tenants === undefined) return;
    this.#noteAt(file, ["tenants"])([], "tenants are the main file's to name; move them there");
  }

  #resolve(folder: string, written: string, note: Note): string | null {
    const resolved = resolvePath(folder, written);
    if (resolved.ok) return resolved.value;
    note([], resolved.error);
    return null;
  }

  async #read(name: string, note: Note): Promise<Uint8Array | null> {
    if (this.#seen.size >= filesMax) {
      note([], `more than ${filesMax} files; join some of them`);
      return null;
    }
    this.#seen.add(name);
    const path = `${this.#root}${name}`;
    this.paths.push(path);
    const read = await this.#readFile(path);
    if (!read.ok) {
      note([], `this file cannot be read (${read.error}); check its path from this file's folder`);
      return null;
    }
    this.#bytes += read.value.byteLength;
    if (this.#bytes <= policyBytesMax) return read.value;
    note([], `all files together are larger than ${policyBytesMax} bytes; shorten lists, or leave files out`);
    return null;
  }

  #file(name: string, bytes: Uint8Array, kinds: readonly FileKind[], above: RuleDefaults | null): PolicyFile {
    const label = name === this.#main ? null : `${this.#root}${name}`;
    const reading = readPolicyFile(bytes, kinds, this.#document);
    for (const mistake of reading.mistakes) this.mistakes.push(label === null ? mistake : { file: label, ...mistake });
    return { name, label, bytes, reading, defaults: defaultsOf(reading) ?? above };
  }

  #noteAt(file: PolicyFile, path: readonly PropertyKey[]): Note {
    const { tree } = file.reading;
    if (tree === null) return () => undefined; // its mistakes say already that it cannot be read
    return noteInto(this.mistakes, tree, file.label, path);
  }
}

/** A file's own defaults count for its own rules, whoever includes it. */
export function defaultsOf({ head }: Reading): RuleDefaults | null {
  if (head?.kind !== "Policy" || head.head === null) return null;
  const { onUnknown, views = defaultViews } = head.head.defaults;
  return { onUnknown, views };
}

/** One file that stands alone: what it includes is not looked at. */
export const singleFile = (bytes: Uint8Array, reading: Reading): FileSet => ({
  base: [{ name: "", label: null, bytes, reading, defaults: defaultsOf(reading) }],
  tenants: [],
  paths: [],
  mistakes: reading.mistakes,
  isWhole: reading.head?.kind === "Policy" && reading.head.head?.include === undefined,
});
