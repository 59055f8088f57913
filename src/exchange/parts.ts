/** What an exchange is given: its bounds, its surroundings, and what is known of who asks. */
import type { Restorer } from "../domain/detector.ts";
import type { ExchangeFacts } from "../domain/facts.ts";
import type { Clock, Holdings, Pace } from "../domain/ports.ts";
import type { TraceParent, Tracing } from "../domain/trace.ts";
import type { PlaceholderVault } from "../domain/vault.ts";
import type { ScoreMemories } from "../domain/score-memory.ts";
import type { IssuedPlaceholder } from "../guard/ledger.ts";
import type { Plan } from "../guard/plan.ts";
import type { Gate } from "./gate.ts";
import type { Formats } from "./reading.ts";

/** Bounds of one exchange. Bytes are of the body as it came; milliseconds are of one verdict. */
export type ExchangeLimits = {
  readonly requestBytesMax: number;
  readonly replyBytesMax: number;
  readonly unpackedBytesMax: number;
  readonly eventBytesMax: number;
  readonly heldBytesMax: number;
  readonly promptBudgetMs: number;
  readonly windowBudgetMs: number;
  readonly memoryCharactersMax: number;
};

export type ExchangeParts = {
  readonly plan: Plan;
  readonly formats: Formats;
  readonly limits: ExchangeLimits;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly holdings: Holdings;
  /** Some characters of [a-z2-9] that nobody can guess. */
  readonly drawTail: () => string;
  /** Keeps what texts are called from turn to turn; `null`: nothing does. */
  readonly vault: PlaceholderVault | null;
  /** How texts of prompts were judged before; `null`: nothing is remembered. */
  readonly scores: ScoreMemories | null;
  /** Lower-case hex, the same for the same text, keyed. */
  readonly pseudonym: (text: string) => string;
  /** Finds the placeholders of this exchange in its reply, where they may be put back. */
  readonly openRestorer: (issued: ReadonlyMap<string, IssuedPlaceholder>) => Restorer;
  readonly tracing: Tracing;
};

/** What the transport vouches for, and the headers that the policy asks for. */
export type RequestContext = Pick<ExchangeFacts, "headers" | "route" | "cluster" | "tenant" | "principal"> & {
  /** For the log only. It names nothing, since a client may have chosen it. */
  readonly requestId: string | null;
  readonly trace: { readonly envoy: TraceParent | null; readonly request: TraceParent | null };
};
export const noContext: RequestContext = {
  headers: new Map(),
  route: null,
  cluster: null,
  tenant: null,
  principal: null,
  requestId: null,
  trace: { envoy: null, request: null },
};

export type ReplyOpening = {
  readonly gate: Gate;
  /** The body leaves without its content coding: the header must go. */
  readonly plain: boolean;
  /** The gate may release some of the body before it has all. */
  readonly streams: boolean;
  /** The end of the reply waits for what is judged beside it: what was pushed before need not. */
  readonly hasAside: () => boolean;
};

export const nothingAside: ReplyOpening["hasAside"] = () => false;
