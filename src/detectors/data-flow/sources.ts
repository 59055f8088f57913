/**
 * What tools and documents told, as words to look for in the reply, and what of it the user, the system or the developer
 * named too. The latter is worked out when first asked for: most replies never ask.
 */
import type { ExchangeMemory, UnknownCause } from "../../domain/detector.ts";
import { Once, type Steps } from "../../stdx/paced.ts";
import type { FlowKind } from "../../domain/policy.ts";
import type { Role } from "../../domain/segment.ts";
import { viewSources } from "../hidden/views/index.ts";
import { type Match, WordSearch } from "../letters/word-search.ts";
import { missingOf } from "../memory.ts";
import { type Address, addressesIn } from "./hosts.ts";
import { emailsIn, identifiersIn, type Key, phonesIn } from "./keys.ts";
import { createReadings, type Reading } from "./readers.ts";

/** Different words of one exchange. With more, what is not found is not known to be absent. */
export const wordsMax = 20_000;
/** Of an identifier; the rest of a longer one does not matter. In letters. */
export const keyLettersMax = 64;
const bareLettersMin = 8;

/** `address`: what a link names, for a word of the kind `url`. */
export type Word = { readonly kind: FlowKind; readonly text: string; readonly address: Address | null };
export type Found = Match & { readonly source: Word };

/** What any of them may have. In letters: an address with its path is the longest. */
export const longestWord = 1_024;

type Search = { readonly words: readonly Word[]; readonly search: WordSearch };

const namingRoles: readonly Role[] = ["user", "system", "developer"];

/** Between two breaths: of text, in UTF-16 code units; of words. */
const blockUnits = 2_048;
const blockWords = 64;

export class Sources {
  /** Why more may have been told than is looked for. */
  readonly missing: UnknownCause | null;
  /** What others than tools named. */
  readonly named: Once<Named>;
  readonly #searches: readonly Search[];

  private constructor(searches: readonly Search[], memory: ExchangeMemory, missing: UnknownCause | null) {
    this.missing = missing;
    this.#searches = searches;
    const naming = memory.segments.filter(({ location }) => namingRoles.includes(location.role));
    this.named = new Once(
      namedIn(
        naming.map(({ text }) => text),
        this,
      ),
    );
  }

  /** `null`: tools and documents told nothing of these kinds. */
  static *of(memory: ExchangeMemory, kinds: ReadonlySet<FlowKind>): Steps<Sources | null> {
    const readings = createReadings();
    const spelled = new WordList(readings.spelled);
    const bare = new WordList(readings.bare);
    for (const { location, text } of memory.segments) {
      if (location.role !== "tool" && location.role !== "function" && location.place !== "tool-result") continue;
      for (const reading of yield* readingsOf(text)) yield* collect(reading, kinds, spelled, bare);
    }
    const missing = missingOf(memory) ?? (spelled.isFull || bare.isFull ? "too-long" : null);
    if (spelled.size + bare.size === 0 && missing === null) return null;
    return new Sources([yield* spelled.search(), yield* bare.search()], memory, missing);
  }

  /** All that begin in [from, to), named or not. */
  find(text: string, from: number, to: number): readonly Found[] {
    return this.#searches.flatMap(({ words, search }) =>
      search.find(text, from, to).map((match) => ({ ...match, source: words[match.word] as Word })),
    );
  }

  /** The first offset from `from` on at which one may stand that more text decides. */
  openFrom(text: string, from: number, beyond: number): number {
    return Math.min(...this.#searches.map(({ search }) => search.openFrom(text, from, beyond)));
  }
}

export class Named {
  readonly #words: ReadonlySet<Word>;
  readonly #hosts: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(words: ReadonlySet<Word>, hosts: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#words = words;
    this.#hosts = hosts;
  }

  has(word: Word): boolean {
    return word.address === null ? this.#words.has(word) : this.#hasAddress(word.address);
  }

  /** A host without a path is named by any address there; a path by one that it lies below. */
  #hasAddress({ host, path }: Address): boolean {
    const paths = this.#hosts.get(host);
    if (paths !== undefined && (path === "" || pathsAbove(path).some((above) => paths.has(above)))) return true;
    return parentsOf(host).some((parent) => this.#hosts.get(parent)?.has("") === true);
  }
}

function* namedIn(texts: readonly string[], sources: Sources): Steps<Named> {
  const words = new Set<Word>();
  const hosts = new Map<string, Set<string>>();
  for (const text of texts) {
    for (let at = 0; at < text.length; at += blockUnits) {
      for (const { source } of sources.find(text, at, at + blockUnits)) words.add(source);
      yield;
    }
    for (const { host, path } of yield* addressesIn(text)) {
      const paths = hosts.get(host);
      if (paths === undefined) hosts.set(host, new Set([path]));
      else paths.add(path);
    }
  }
  return new Named(words, hosts);
}

/** The text as it is, and as a careful reader takes it where that differs. */
function* readingsOf(text: string): Steps<readonly string[]> {
  const plain = text.replaceAll("\\/", "/");
  if ((viewSources.clear.firstChange?.(plain, 0) ?? 0) < 0) return [plain];
  const view = viewSources.clear.open(0);
  let shown = "";
  for (let at = 0; at < plain.length; at += blockUnits) {
    shown += view.append(plain.slice(at, at + blockUnits));
    yield;
  }
  return [plain, shown + view.end()];
}

function* collect(text: string, kinds: ReadonlySet<FlowKind>, spelled: WordList, bare: WordList): Steps<void> {
  if (kinds.has("email")) yield* addKeys(spelled, yield* emailsIn(text));
  if (kinds.has("url")) {
    for (const [index, address] of (yield* addressesIn(text)).entries()) {
      spelled.add(address.host, "url", { ...address, path: "" });
      if (address.path !== "") spelled.add(address.host + address.path, "url", address);
      if (index % blockWords === blockWords - 1) yield;
    }
  }
  if (kinds.has("phone")) yield* addKeys(bare, yield* phonesIn(text));
  if (kinds.has("identifier")) yield* addKeys(bare, yield* identifiersIn(text));
}

function* addKeys(list: WordList, keys: readonly Key[]): Steps<void> {
  for (const [index, key] of keys.entries()) {
    list.add(key.text, key.kind, null);
    if (index % blockWords === blockWords - 1) yield;
  }
}

/** Words as a reading gives them, each once. */
class WordList {
  readonly #reading: Reading;
  readonly #shortest: number;
  readonly #words = new Map<string, Word>();
  isFull = false;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#shortest = reading.gapMax > 0 ? bareLettersMin : 1;
  }

  get size(): number {
    return this.#words.size;
  }

  add(written: string, kind: FlowKind, address: Address | null): void {
    const letters = this.#reading.join(written);
    const text = kind === "identifier" ? letters.slice(0, keyLettersMax) : letters;
    if (text.length < this.#shortest || text.length > longestWord) return;
    const known = this.#words.get(text);
    // An address with slashes says more than the bare name.
    if (known !== undefined && (address?.isUrl !== true || known.address?.isUrl === true)) return;
    if (known === undefined && this.#words.size >= wordsMax) this.isFull = true;
    else this.#words.set(text, { kind, text, address });
  }

  *search(): Steps<Search> {
    return { words: [...this.#words.values()], search: yield* WordSearch.of([...this.#words.keys()], this.#reading) };
  }
}

/** The path itself and all that it lies below, the empty one too. */
function pathsAbove(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("/"));
}

/** The names above a host that have two labels or more: all that lies below a host that was named without a path is named. */
function parentsOf(host: string): readonly string[] {
  const labels = host.split(".");
  return labels.slice(1, -1).map((_, index) => labels.slice(index + 1).join("."));
}
