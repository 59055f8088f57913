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
 * How a piece stands in its body, and what an edit writes in place of its literal.
 * - `json-string`: a JSON string.
 * - `raw`: the text itself.
 * - `bytes`: the same, in a body that was read one code unit a byte: its UTF-8 bytes.
 * - `quoted-bytes`: so in a header: a quoted string.
 */
export type Writing = "json-string" | "raw" | "bytes" | "quoted-bytes";

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
 * log-probabilities, token ids), or its length. Where anything of a lane whose name begins with `lanes` is masked in this body or
 * event, the value at `whole` must become `null`, or go (`gone`). `recalls`: so also where anything at all of an earlier event was.
 */
export type Repeat = {
  readonly lanes: string;
  readonly whole: Span;
  readonly gone?: true;
  readonly recalls?: true;
};

/** Content that is judged only where the policy asks for it, and does. */
export type Asked = ReadonlySet<UnjudgedKind>;

/** What a body holds. Pieces stand in the order of the body; their literals do not overlap. */
export type Extraction = {
  readonly pieces: readonly Piece[];
  readonly repeats: readonly Repeat[];
  /** Of a request: texts, in order, that readers may take for one, since they are parts of one message. None is empty. */
  readonly joined?: readonly (readonly Piece[])[];
  /** Of an event: beginnings of the names of lanes that get no more text after it. All others end with the stream. */
  readonly ends?: readonly string[];
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

/** `text` takes the place of `range` (UTF-16 code units of the text that holds it). */
export type Edit = { readonly range: Span; readonly text: string };

/** Of our own, to be written in a stream's form. `name`: SSE's `event`, `:event-type` of AWS; "" where there is none. */
export type StreamMessage = { readonly name: string; readonly data: string };

/** One frame of a stream, read. */
export type StreamEvent = {
  readonly name: string;
  /** The payload; `null`: it carries none. */
  readonly data: string | null;
  /** Text outside the payload (comments, ids, unknown fields, odd headers). All of it is `raw`. */
  readonly pieces: readonly Piece[];
  /** Nothing in it can carry text: it may overtake what is held. */
  readonly isKeepAlive: boolean;
  /** The form is complete with it: neither an event nor messages of our own can follow. */
  readonly isEnd: boolean;
  /** The frame with another payload (`null`: as it is) and edits of ranges outside of it. Other bytes stay as they came. */
  rewrite(data: string | null, edits: readonly Edit[]): Uint8Array;
};

/** `frames` are complete even where `failure` is set; they may share memory with the chunk. */
export type Framed = { readonly frames: readonly Uint8Array[]; readonly failure: Unreadable | null };

/**
 * Bytes of a stream -> frames, each one event. Frames and the rest, joined, are exactly the bytes that came, and where they
 * are divided does not depend on how the bytes were cut, but for what `splitsLineEnds` allows.
 */
export type Framer = {
  /** After a failure nothing more is given out. */
  push(chunk: Uint8Array): Framed;
  /** The stream is over: what came after the last frame. */
  flush(): Framed;
  /** After a failure: the bytes that came in no frame. */
  rest(): Uint8Array;
};

/** How a stream's bytes are divided into events. */
export type StreamFormat = {
  readonly id: "sse" | "json-lines" | "json-array" | "event-stream";
  /** Of what is written by ourselves. */
  readonly contentType: string;
  /** Frames may end in a "\r" whose "\n" comes later (SSE alone). */
  readonly splitsLineEnds: boolean;
  /** A larger frame is `event-too-large`. */
  openFramer(maxFrameBytes: number): Framer;
  /** `first`: the stream begins with this frame. */
  parse(frame: Uint8Array, first: boolean): Result<StreamEvent, Unreadable>;
  /** The end of a stream: messages of our own, and what the form asks for after them. `begun`: frames went out before these. */
  encode(messages: readonly StreamMessage[], begun: boolean): Uint8Array;
};

/** Kinds of `content-type` whose bodies may come event by event. `event-stream` is SSE's, `aws-event-stream` the binary one. */
export const streamMediaKinds = ["json", "event-stream", "json-lines", "aws-event-stream"] as const;
export type StreamMediaKind = (typeof streamMediaKinds)[number];

/** Reads one reply stream; keeps what a well-formed end of it needs. */
export type StreamReader = {
  /** Reads the data of one event, in steps. To be called for each event in order, the terminator too. */
  read(eventName: string, data: string): Steps<Result<Extraction, Unreadable>>;
  /** An event that was read ended the stream, as `[DONE]` does: no text will follow. */
  readonly isOver: boolean;
  /**
   * Messages and terminator that end the stream for the client here, as a refusal. `released` is how many of the events
   * read so far the client has got (in order); it may be fewer than were read. Empty when the terminator was one.
   */
  cut(facts: AnswerFacts, released: number): readonly StreamMessage[];
};

export type Operation = {
  /** `dialect/operation`, from a closed list: safe as label and metadata. */
  readonly id: string;
  readonly dialect: string;
  /** Its replies answer the prompt of an earlier request, which nobody here remembers: one that is not known, not one that is empty. */
  readonly answersEarlier?: true;
  /** What is judged of its bodies, place by place. */
  readonly cells: readonly Cell[];
  /** In steps: a body may be long. */
  readRequest(body: string, asked?: Asked): Steps<Result<Extraction, Unreadable>>;
  readReply(body: string, asked?: Asked): Steps<Result<Extraction, Unreadable>>;
  /**
   * Reads a whole body of multipart/form-data, given as one code unit a byte; `boundary` as the content type names it. Absent: the
   * operation takes no forms.
   */
  readonly readForm?: (body: string, boundary: string, asked?: Asked) => Steps<Result<Extraction, Unreadable>>;
  /** What form a reply of that media kind streams in; where none is named, that of a dialect of which nothing is known. */
  readonly streams: Readonly<Partial<Record<StreamMediaKind, StreamFormat>>>;
  /** The form in which a refused prompt that asked for a stream is answered. */
  readonly streamFormat: StreamFormat;
  openStream(asked?: Asked): StreamReader;
  /** JSON text in the dialect's error form. */
  error(facts: AnswerFacts): string;
  /** What goes with it where that is not the facts' status alone: JSON-RPC's 200, a header of AWS. */
  readonly errorHead?: (facts: AnswerFacts) => {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
  };
  /** JSON text in the dialect's reply form; `null` where it has none (embeddings): use the error form. */
  refusal(facts: AnswerFacts): string | null;
  /** A whole refusal as a stream; `null` where the operation does not stream. */
  refusalStream(facts: AnswerFacts): readonly StreamMessage[] | null;
};

export type Dialect = {
  readonly id: string;
  /** All of them, each once. */
  readonly operations: readonly Operation[];
  /** The operation that this request is for; `null` when it is none of this dialect's. */
  match(head: RequestHead): Operation | null;
};
