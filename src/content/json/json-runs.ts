/**
 * JSON text in pieces -> runs of one kind, with the escapes in its strings decoded. A lenient reader: what is wrong in
 * it is passed as it stands, and text that does not begin like JSON is one verbatim run.
 *
 * Invariant: runs joined are the view; their raw lengths joined are the raw text, but for an escape not complete yet.
 */
import { type NumberState, stepNumber } from "./number.ts";

/** `mark`: brackets, separators, quotes and white space. `key`: a string that names a member. `word`: any other token outside strings. */
export type Part = "mark" | "key" | "string" | "number" | "word" | "verbatim";

export type Run = {
  readonly part: Part;
  /** Offsets of its beginning. */
  readonly view: number;
  readonly raw: number;
  readonly text: string;
  /** Differs from the text's length for an escape, which is a run of its own. */
  readonly rawLength: number;
  /** View offset at which its number or word begins. */
  readonly token: number;
  /** Of the number it continues. */
  readonly number: NumberState;
};

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

const isSpace = (char: string): boolean => char === " " || char === "\n" || char === "\r" || char === "\t";
const isMark = (char: string): boolean => isSpace(char) || "{}[],:".includes(char);
const beginsJson = (char: string): boolean => /[{["\-0-9]/.test(char);

export class JsonRunReader {
  #state: "before" | "outside" | "string" | "number" | "word" | "verbatim" = "before";
  /** An escape that is not complete. */
  #escape = "";
  #view = 0;
  #raw = 0;
  #token = 0;
  #number: NumberState = "start";
  /** Brackets that are open, and whether a member's name may come now. */
  readonly #open: ("{" | "[")[] = [];
  #mayBeKey = false;
  #runs: Run[] = [];

  get viewEnd(): number {
    return this.#view;
  }

  get rawEnd(): number {
    return this.#raw;
  }

  /** True while more text could belong to the same number or word. */
  get inToken(): boolean {
    return this.#state === "number" || this.#state === "word";
  }

  read(raw: string): readonly Run[] {
    const text = this.#escape + raw;
    this.#escape = "";
    let at = 0;
    while (at < text.length) at = this.#readFrom(text, at);
    return this.#given();
  }

  end(): readonly Run[] {
    if (this.#escape !== "") this.#add(this.#stringPart, this.#escape);
    this.#escape = "";
    return this.#given();
  }

  #given(): readonly Run[] {
    const runs = this.#runs;
    this.#runs = [];
    return runs;
  }

  /** Reads one run at least; gives where to go on. */
  #readFrom(text: string, at: number): number {
    const char = text[at] as string;
    if (this.#state === "before" && !isSpace(char)) this.#state = beginsJson(char) ? "outside" : "verbatim";
    if (this.#state === "verbatim") return this.#addUntil("verbatim", text, at, () => false);
    if (this.#state === "string") return this.#readString(text, at, char);
    if (char === '"') {
      this.#state = "string";
      return this.#addUntil("mark", text, at, (_char, offset) => offset > at);
    }
    if (isMark(char)) {
      if (this.#state !== "before") this.#state = "outside";
      const stop = this.#state === "before" ? (next: string) => !isSpace(next) : (next: string) => !isMark(next);
      const end = this.#addUntil("mark", text, at, stop);
      this.#noteMarks(text.slice(at, end));
      return end;
    }
    return this.#readToken(text, at, char);
  }

  #readToken(text: string, at: number, char: string): number {
    if (!this.inToken) {
      this.#state = /[-0-9]/.test(char) ? "number" : "word";
      this.#token = this.#view;
      this.#number = "start";
    }
    const part = this.#state === "number" ? "number" : "word";
    const end = this.#addUntil(part, text, at, (next) => next === '"' || isMark(next));
    if (part === "number") {
      for (let offset = at; offset < end; offset++) this.#number = stepNumber(this.#number, text[offset] as string);
    }
    return end;
  }

  #readString(text: string, at: number, char: string): number {
    if (char === '"') {
      this.#state = "outside";
      return this.#addUntil("mark", text, at, (_char, offset) => offset > at);
    }
    if (char === "\\") return this.#readEscape(text, at);
    return this.#addUntil(this.#stringPart, text, at, (next) => next === '"' || next === "\\");
  }

  get #stringPart(): Part {
    return this.#mayBeKey ? "key" : "string";
  }

  #readEscape(text: string, at: number): number {
    const escape = /^\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])/.exec(text.slice(at, at + 6))?.[0];
    if (escape !== undefined) {
      const simple = simpleEscapes.get(escape[1] as string);
      this.#add(this.#stringPart, simple ?? String.fromCharCode(Number.parseInt(escape.slice(2), 16)), escape.length);
      return at + escape.length;
    }
    if (/^\\(?:u[0-9a-fA-F]{0,3})?$/.test(text.slice(at))) {
      this.#escape = text.slice(at);
      return text.length;
    }
    // Malformed: the backslash stands for itself.
    this.#add(this.#stringPart, "\\");
    return at + 1;
  }

  #noteMarks(marks: string): void {
    for (const char of marks) {
      if (char === "{" || char === "[") this.#open.push(char);
      else if (char === "}" || char === "]") this.#open.pop();
      if (char === "{" || char === ",") this.#mayBeKey = this.#open.at(-1) === "{";
      else if (char === "[" || char === ":" || char === "}" || char === "]") this.#mayBeKey = false;
    }
  }

  #addUntil(part: Part, text: string, at: number, stop: (char: string, offset: number) => boolean): number {
    let end = at;
    while (end < text.length && !stop(text[end] as string, end)) end += 1;
    this.#add(part, text.slice(at, end));
    return end;
  }

  #add(part: Part, text: string, rawLength: number = text.length): void {
    const { view, raw, token, number } = { view: this.#view, raw: this.#raw, token: this.#token, number: this.#number };
    this.#runs.push({ part, view, raw, text, rawLength, token, number });
    this.#view += text.length;
    this.#raw += rawLength;
  }
}
