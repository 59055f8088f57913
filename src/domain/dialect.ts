/**
 * The port for wire formats: what a body means and how an answer is told in it. `content/` implements it, one folder
 * a dialect; `exchange/` consumes it. All functions are pure; bodies come decoded (plain UTF-8 text, no content coding).
 *
 * Ranges are half-open and in UTF-16 code units of the body (or event data) that was read.
 */
import type { Steps } from "../stdx/paced.ts";
import type { Result } from "../stdx/result.ts";
import type { Cell } from "./coverage.ts";
import type { Location, Span, UnjudgedKind } from "./segment.ts";
import type { Unreadable } from "./verdict.ts";

/** What is known of a request before its body. Header names are lower case. */
export type RequestHead = {
  readonly method: string;
  /** Without query and fragment. */
  readonly path: string;
  /** What follows the path, without its `?`; a fragment with its `#`. "" where there is none. May hold keys: never logged. */
  readonly query: string;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
};

export type ReplyHead = {
  readonly status: number;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
};

/**
 * How a mask is written into a piece.
 * - `text`: the placeholder stands in the decoded string.
 * - `json`: the string holds JSON text (tool-call arguments): the placeholder must leave it valid JSON.
 * - `drop`: nothing can be masked in part; the value at `whole` becomes `null`.
 */
export type MaskStyle =
  | { readonly kind: "text" }
  | { readonly kind: "json" }
  | { readonly kind: "drop"; readonly whole: Span };

/**
 * How a piece stands in its body: as a JSON string (an edit replaces the literal by a JSON string), or as itself (an
 * edit replaces the range by the text).
 */
export type Writing = "json-string" | "raw";

/** One literal of a body that holds text to judge. */
export type Piece = {
  readonly location: Location;
  /** The decoded text. */
  readonly text: string;
  /** The literal in the body, quotes included where it has them. */
  readonly literal: Span;
  readonly writing: Writing;
  readonly mask: MaskStyle;
  /**
   * Pieces with the same lane continue one another, in order, also from event to event. `null`: the piece is a text
   * of its own, complete as it stands.
   */
  readonly lane: string | null;
  /** Names the tool call of a reply that this is the name or the arguments of; `null` for all other text. */
  readonly call: string | null;
};

/** A tool that a request offers. `schema`: the JSON text of what its arguments must meet; `null` where it names none. */
export type DeclaredTool = { readonly name: string; readonly schema: string | null };

/** What a request says of the reply that it wants. */
export type Declared = {
  readonly tools: readonly DeclaredTool[];
  /** The request offers tools that this program cannot name (the provider's own). */
  readonly otherTools: boolean;
  /** The JSON text of the schema that the reply must meet; `{}` where any JSON will do; `null` where none is asked for. */
  readonly replySchema: string | null;
};

export const nothingDeclared: Declared = { tools: [], otherTools: false, replySchema: null };

/**
 * A value that tells the text of some lanes once more in a form that is not judged piece by piece (token
 * log-probabilities, token ids). Where anything of a lane whose name begins with `lanes` is masked in this body or event,
 * the value at `whole` must become `null`.
 */
export type Repeat = { readonly lanes: string; readonly whole: Span };

/** Content that is judged only where the policy asks for it, and does. */
export type Asked = ReadonlySet<UnjudgedKind>;

/** What a body holds. Pieces stand in the order of the body; their literals do not overlap. */
export type Extraction = {
  readonly pieces: readonly Piece[];
  readonly repeats: readonly Repeat[];
  readonly unjudged: Readonly<Partial<Record<UnjudgedKind, number>>>;
  /** Messages (or inputs) counted, for size limits. */
  readonly messages: number;
  /** For requests: the client asked for a stream. */
  readonly stream: boolean;
  /** For requests: the model's name as the client wrote it. At most 256 code units; `null` where there is none. */
  readonly model: string | null;
  /** The model is named more than once, also by keys that differ in case alone: upstreams may read another than we. */
  readonly modelRepeated: boolean;
  /** For requests. */
  readonly declared: Declared;
  /** For requests: what an answer must name, as JSON text made of numbers and short tokens alone (the ids of JSON-RPC). */
  readonly echo: string | null;
  /** How deep values stand in each other; 1 for a flat object. */
  readonly depth: number;
};

/** What an answer may say. Nothing of it comes from judged text. */
export type AnswerFacts = {
  /** Opaque, for the operator to find the exchange in the logs. */
  readonly reference: string;
  readonly createdS: number;
  readonly model: string | null;
  /** As the request's extraction has it. */
  readonly echo: string | null;
  /** `content_filter`, `guard_overloaded`, ...: a stable token. */
  readonly code: string;
  /** One sentence for the person at the client. */
  readonly message: string;
  /** HTTP status that carries an error form, for dialects that repeat it in the body. */
  readonly status: number;
};

/** Reads one reply stream; keeps what a well-formed end of it needs. */
export type StreamReader = {
  /** Reads the data of one event, in steps. To be called for each event in order, the terminator too. */
  read(eventName: string, data: string): Steps<Result<Extraction, Unreadable>>;
  /** True for the data that ends a stream, such as `[DONE]`. */
  isTerminator(data: string): boolean;
  /**
   * Events and terminator that end the stream for the client here, as a refusal. `released` is how many of the events
   * read so far the client has got (in order); it may be fewer than were read. Empty when the terminator was one.
   */
  cut(facts: AnswerFacts, released: number): string;
};

export type Operation = {
  /** `dialect/operation`, from a closed list: safe as label and metadata. */
  readonly id: string;
  readonly dialect: string;
  /** What is judged of its bodies, place by place. */
  readonly cells: readonly Cell[];
  /** In steps: a body may be long. */
  readRequest(body: string, asked?: Asked): Steps<Result<Extraction, Unreadable>>;
  readReply(body: string, asked?: Asked): Steps<Result<Extraction, Unreadable>>;
  openStream(asked?: Asked): StreamReader;
  /** JSON text in the dialect's error form. */
  error(facts: AnswerFacts): string;
  /** JSON text in the dialect's reply form; `null` where it has none (embeddings): use the error form. */
  refusal(facts: AnswerFacts): string | null;
  /** A whole refusal as a stream; `null` where the operation does not stream. */
  refusalStream(facts: AnswerFacts): string | null;
};

export type Dialect = {
  readonly id: string;
  /** Ids of all its operations. */
  readonly operations: readonly string[];
  /** The operation that this request is for; `null` when it is none of this dialect's. */
  match(head: RequestHead): Operation | null;
};
