// The Envoy configurations that cells run on: body modes and trailers of both directions, and observation. Each is
// envoy/gateway.yaml with only that changed, and one more log key to find a cell's record by.

import { isMap, parseDocument } from "yaml";
import type { PolicyName } from "./policies.ts";

export const modes = ["FULL_DUPLEX_STREAMED", "BUFFERED", "STREAMED", "BUFFERED_PARTIAL", "NONE"] as const;
export type Mode = (typeof modes)[number];

export interface Shape {
  readonly name: string;
  readonly request: Mode;
  readonly response: Mode;
  readonly trailers: "SEND" | "SKIP";
  readonly policy: PolicyName;
  readonly observe: boolean;
  /** What the upstream speaks. */
  readonly upstream: "1.1" | "2";
}

const short: Readonly<Record<Mode, string>> = {
  FULL_DUPLEX_STREAMED: "duplex",
  BUFFERED: "buffered",
  STREAMED: "streamed",
  BUFFERED_PARTIAL: "partial",
  NONE: "none",
};

function shape(request: Mode, response: Mode, more: Partial<Omit<Shape, "name">> = {}): Shape {
  const full = {
    request,
    response,
    trailers: "SEND",
    policy: "closed",
    observe: false,
    upstream: "1.1",
    ...more,
  } as const;
  const words = [`${short[request]}/${short[response]}`];
  if (full.trailers === "SKIP") words.push("skip");
  if (full.policy === "open") words.push("open");
  if (full.observe) words.push("observe");
  if (full.upstream === "2") words.push("to HTTP/2");
  return { name: words.join(" "), ...full };
}

const [DUPLEX, BUFFERED, STREAMED, PARTIAL, NONE] = modes;

export const shapes: readonly Shape[] = [
  shape(DUPLEX, DUPLEX),
  shape(DUPLEX, DUPLEX, { upstream: "2" }),
  shape(BUFFERED, BUFFERED),
  shape(STREAMED, STREAMED),
  shape(PARTIAL, PARTIAL),
  shape(NONE, NONE),
  shape(DUPLEX, BUFFERED),
  shape(DUPLEX, STREAMED),
  shape(BUFFERED, DUPLEX),
  shape(BUFFERED, STREAMED),
  shape(STREAMED, DUPLEX),
  shape(STREAMED, BUFFERED),
  shape(PARTIAL, DUPLEX),
  shape(DUPLEX, PARTIAL),
  shape(NONE, DUPLEX, { policy: "open" }),
  shape(DUPLEX, NONE, { policy: "open" }),
  shape(NONE, NONE, { policy: "open" }),
  shape(BUFFERED, BUFFERED, { trailers: "SKIP" }),
  shape(STREAMED, STREAMED, { trailers: "SKIP" }),
  shape(PARTIAL, PARTIAL, { trailers: "SKIP", policy: "open" }),
  shape(STREAMED, STREAMED, { observe: true }),
  shape(NONE, NONE, { observe: true }),
];

const MANAGER = ["static_resources", "listeners", 0, "filter_chains", 0, "filters", 0, "typed_config"];

/** Changes the rendered configuration of envoy/gateway.yaml into that of a shape. */
export function shapeConfig(yaml: string, shape: Shape): string {
  const document = parseDocument(yaml);
  const filters = document.getIn([...MANAGER, "http_filters"]) as { items: unknown[] };
  const index = filters.items.findIndex(
    (filter) => isMap(filter) && filter.get("name") === "envoy.filters.http.ext_proc",
  );
  if (index < 0) throw new Error("no ext_proc filter in the configuration");
  const extProc = [...MANAGER, "http_filters", index, "typed_config"];
  const mode = {
    request_header_mode: "SEND",
    request_body_mode: shape.request,
    request_trailer_mode: shape.trailers,
    response_header_mode: "SEND",
    response_body_mode: shape.response,
    response_trailer_mode: shape.trailers,
  };
  document.setIn([...extProc, "processing_mode"], document.createNode(mode));
  if (shape.observe) {
    document.setIn([...extProc, "observability_mode"], true);
    document.setIn([...extProc, "failure_mode_allow"], true); // without it Envoy still answers 500 when the guard is dead
  }
  document.setIn([...MANAGER, "access_log", 0, "typed_config", "log_format", "json_format", "cell"], "%REQ(X-CELL)%");
  return document.toString({ lineWidth: 0 });
}
