/**
 * What tools and documents told, as words to look for in the reply, and whether the user, the system or the developer
 * named the same. The latter is worked out when first asked for: most replies never ask.
 */
import type { ExchangeMemory } from "../../domain/detector.ts";
import type { FlowKind } from "../../domain/policy.ts";
import type { Role } from "../../domain/segment.ts";
import { viewSources } from "../hidden/views/index.ts";
import { type Match, WordSearch } from "../letters/word-search.ts";
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

export class Sources {
  /** More was told than is looked for. */
  readonly isPartial: boolean;
  readonly #named: readonly string[];
  readonly #searches: readonly Search[];
  #namedWords: ReadonlySet<Word> | null = null;
  #namedHosts: ReadonlyMap<string, ReadonlySet<string>> | null = null;

  private constructor(spelled: WordList, bare: WordList, memory: ExchangeMemory, isPartial: boolean) {
    this.isPartial = isPartial;
    this.#named = memory.segments.filter(({ location }) => namingRoles.includes(location.role)).map(({ text }) => text);
    this.#searches = [spelled, bare].map((list) => list.search());
  }

  /** `null`: tools and documents told nothing of these kinds. */
  static of(memory: ExchangeMemory, kinds: ReadonlySet<FlowKind>): Sources | null {
    const readings = createReadings();
    const spelled = new WordList(readings.spelled);
    const bare = new WordList(readings.bare);
    for (const { location, text } of memory.segments) {
      if (location.role !== "tool" && location.role !== "function" && location.place !== "tool-result") continue;
      for (const reading of readingsOf(text)) collect(reading, kinds, spelled, bare);
    }
    const isPartial = memory.left > 0 || spelled.isFull || bare.isFull;
    if (spelled.size + bare.size === 0 && !isPartial) return null;
    return new Sources(spelled, bare, memory, isPartial);
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

  /** Someone other than a tool named the same. */
  isNamed(word: Word): boolean {
    if (word.address !== null) return this.#isNamedAddress(word.address);
    this.#namedWords ??= new Set(
      this.#named.flatMap((text) => this.find(text, 0, text.length).map(({ source }) => source)),
    );
    return this.#namedWords.has(word);
  }

  /** A host without a path is named by any address there; a path by one that it lies below. */
  #isNamedAddress({ host, path }: Address): boolean {
    this.#namedHosts ??= pathsByHost(this.#named);
    const paths = this.#namedHosts.get(host);
    if (paths !== undefined && (path === "" || pathsAbove(path).some((above) => paths.has(above)))) return true;
    return parentsOf(host).some((parent) => this.#namedHosts?.get(parent)?.has("") === true);
  }
}

/** The text as it is, and as a careful reader takes it where that differs. */
function readingsOf(text: string): readonly string[] {
  const plain = text.replaceAll("\\/", "/");
  if ((viewSources.clear.firstChange?.(plain, 0) ?? 0) < 0) return [plain];
  const view = viewSources.clear.open(0);
  return [plain, view.append(plain) + view.end()];
}

function collect(text: string, kinds: ReadonlySet<FlowKind>, spelled: WordList, bare: WordList): void {
  const keysOf = (kind: Key["kind"], keys: (text: string) => readonly Key[]): readonly Key[] =>
    kinds.has(kind) ? keys(text) : [];
  for (const key of keysOf("email", emailsIn)) spelled.add(key.text, key.kind, null);
  if (kinds.has("url")) {
    for (const address of addressesIn(text)) {
      spelled.add(address.host, "url", { ...address, path: "" });
      if (address.path !== "") spelled.add(address.host + address.path, "url", address);
    }
  }
  for (const key of [...keysOf("phone", phonesIn), ...keysOf("identifier", identifiersIn)])
    bare.add(key.text, key.kind, null);
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

  search(): Search {
    return { words: [...this.#words.values()], search: new WordSearch([...this.#words.keys()], this.#reading) };
  }
}

function pathsByHost(texts: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const hosts = new Map<string, Set<string>>();
  for (const { host, path } of texts.flatMap(addressesIn)) {
    const paths = hosts.get(host);
    if (paths === undefined) hosts.set(host, new Set([path]));
    else paths.add(path);
  }
  return hosts;
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
