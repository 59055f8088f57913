// One case of a guard or an action: a few rules, a request, a reply, and what must come of them.

export type Call = { readonly name: string; readonly args: string };

/** The dialect's own words of refusal, or an error. */
export type Refused = { readonly refused: true } | { readonly status: number; readonly code: string };

export type GuardCase = {
  /** Lower case and dashes: it names the cell of the test's model server, and scopes the rules to this case. */
  readonly name: string;
  readonly rules: readonly Readonly<Record<string, unknown>>[];
  readonly exceptions?: readonly Readonly<Record<string, unknown>>[];
  /** The user's words, or all messages. */
  readonly prompt: string | readonly Readonly<Record<string, unknown>>[];
  /** More members of the request's body. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** `{N}` stands for the Nth placeholder that the model got. */
  readonly reply: string | readonly Call[];
  readonly want: {
    /** The last message's content as the model got it; `null`: nothing got there. Left out: as it was sent. */
    readonly model?: string | RegExp | null;
    /** What the client reads; a list of calls as `name(arguments)`. Left out: as the model said it. */
    readonly client?: string | RegExp | Refused;
    /** Of headers that the model got; `undefined`: it got none. */
    readonly headers?: Readonly<Record<string, string | undefined>>;
    /** Of headers that the client got (JSON replies). */
    readonly replyHeaders?: Readonly<Record<string, string>>;
    /** Of the record in the access log. */
    readonly record?: Readonly<Record<string, unknown>>;
    /** Streams differ: what was cleared before the end is out. A refusal here has nothing of the model's text before it. */
    readonly stream?: { readonly client: string | RegExp | Refused };
  };
};

/** A rule; `stage` as it stands in YAML. */
export const on = (stage: string, detect: object, action: unknown, more: object = {}) => ({
  stage,
  detect,
  action,
  ...more,
});
export const refusal = { refused: true } as const;
