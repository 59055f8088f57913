/** Rules on what Sallyport is shown: body, header and trailer modes, overrides, observability. */
import type { BodyMode } from "../api.ts";
import type { Model } from "../model.ts";
import { at, durationMs, flag, isSet, items } from "../parts.ts";
import { guardFilters, type Modes } from "../passages.ts";
import { guarded, type Hit, hitIf, once, type Rule, type View } from "../rule.ts";

/** Sallyport's own time for a prompt or a whole reply where its configuration says nothing else. */
const promptBudgetMs = 2_000;
/** Envoy's, where message_timeout is absent. */
const messageTimeoutMs = 200;
/** Listeners with less hold few prompts; Envoy's own default is 1 MiB. */
const bufferBytesMin = 1_048_576;

const directions = [
  { name: "prompt", body: "requestBody", headers: "requestHeaders", trailers: "requestTrailers" },
  { name: "reply", body: "replyBody", headers: "replyHeaders", trailers: "replyTrailers" },
] as const;

type Direction = (typeof directions)[number];

/** Hits at the place that sets the modes, one for each direction. */
const byMode = (view: View, isBad: (modes: Modes, direction: Direction) => boolean): readonly Hit[] =>
  once(
    guarded(view).flatMap(({ guard: { modes } }) =>
      directions.flatMap((direction) => hitIf(isBad(modes.value, direction), modes.spot, direction.name)),
    ),
  );

const hasMode =
  (...wanted: readonly (BodyMode | null)[]) =>
  (view: View): readonly Hit[] =>
    byMode(view, (modes, { body }) => wanted.includes(modes[body]));

/** Whether the mode times each message and holds it in Envoy's buffers. */
const isFullDuplex = (mode: BodyMode | null): boolean => mode === "FULL_DUPLEX_STREAMED";

const field =
  (name: string) =>
  (model: Model): readonly Hit[] =>
    guardFilters(model).flatMap(({ place, config }) => {
      const part = at(config, name);
      return hitIf(flag(part), { place, part });
    });

export const modeRules: readonly Rule[] = [
  {
    id: "body-none",
    severity: "error",
    what: "bodies are not shown to Sallyport",
    why: "with body mode NONE, which is the default and also what an override leaves out, nothing is judged",
    mend: "set request_body_mode and response_body_mode to FULL_DUPLEX_STREAMED, trailer modes to SEND",
    find: hasMode("NONE", "GRPC", null),
  },
  {
    id: "body-partial",
    severity: "error",
    what: "bodies are shown only up to the buffer limit",
    why: "with BUFFERED_PARTIAL what lies above the limit passes unseen",
    mend: "set the body mode to FULL_DUPLEX_STREAMED, the trailer mode to SEND",
    find: hasMode("BUFFERED_PARTIAL"),
  },
  {
    id: "body-streamed",
    severity: "warning",
    what: "heads go on before their bodies were judged",
    why: "with STREAMED a blocked reply keeps its status, and a body that ends in trailers fails",
    mend: "set the body mode to FULL_DUPLEX_STREAMED, the trailer mode to SEND",
    find: hasMode("STREAMED"),
  },
  {
    id: "body-buffered",
    severity: "note",
    what: "bodies must fit Envoy's buffer",
    why: "with BUFFERED larger ones get 413 (prompt) or 500 (reply), and a streamed reply arrives at its end",
    mend: "set the body mode to FULL_DUPLEX_STREAMED, the trailer mode to SEND",
    find: hasMode("BUFFERED"),
  },
  {
    id: "buffer-small",
    severity: "warning",
    what: "the listener's buffer is small for bodies that are buffered",
    why: "prompts above per_connection_buffer_limit_bytes get 413",
    mend: `set per_connection_buffer_limit_bytes to at least ${bufferBytesMin}, or stream the bodies`,
    find: (model) =>
      once(
        guarded(model).flatMap(({ guard, listener }) => {
          const isBuffered = [guard.modes.value.requestBody, guard.modes.value.replyBody].includes("BUFFERED");
          return hitIf(isBuffered && (listener.bufferBytes ?? bufferBytesMin) < bufferBytesMin, listener);
        }),
      ),
  },
  {
    id: "headers-skipped",
    severity: "error",
    what: "heads are not shown to Sallyport",
    why: "without path and content type it cannot tell what a body is, and judges it by the policy's onUnreadable",
    mend: "set request_header_mode and response_header_mode to SEND",
    find: (model) => byMode(model, (modes, { headers }) => !modes[headers]),
  },
  {
    id: "trailers-skipped",
    severity: "warning",
    what: "trailers are not shown to Sallyport",
    why: "full duplex needs them, and with STREAMED a body that ends in trailers loses what is held",
    mend: "set request_trailer_mode and response_trailer_mode to SEND",
    find: (model) =>
      byMode(
        model,
        (modes, { body, trailers }) => (modes[body] === "STREAMED" || isFullDuplex(modes[body])) && !modes[trailers],
      ),
  },
  {
    id: "observability-mode",
    severity: "error",
    what: "observability_mode takes no answer from Sallyport",
    why: "everything passes while it is judged",
    mend: "remove observability_mode; to try rules on live traffic use shadow: true in the policy",
    find: field("observability_mode"),
  },
  {
    id: "http-service",
    severity: "error",
    what: "the filter asks by http_service",
    why: "it shows headers only; bodies are never judged",
    mend: "use grpc_service",
    find: (model) =>
      guardFilters(model).flatMap(({ place, config }) => {
        const part = at(config, "http_service");
        return hitIf(isSet(part), { place, part });
      }),
  },
  {
    id: "mode-override",
    severity: "warning",
    what: "answers may change the body modes",
    why: "Sallyport never asks for it, and an override that names one mode switches the other off",
    mend: "set allow_mode_override: false",
    find: (model) =>
      guardFilters(model).flatMap(({ place, config }) => {
        const part = at(config, "allow_mode_override");
        const allowed = items(at(config, "allowed_override_modes")).length;
        return hitIf(flag(part), { place, part }, allowed > 0 ? `${allowed} allowed_override_modes` : undefined);
      }),
  },
  {
    id: "body-before-answer",
    severity: "warning",
    what: "bodies are sent without waiting for the answer on the head",
    why: "send_body_without_waiting_for_header_response is not what Sallyport was tried with",
    mend: "remove it",
    find: field("send_body_without_waiting_for_header_response"),
  },
  {
    id: "message-timeout",
    severity: "warning",
    what: "message_timeout is shorter than Sallyport may judge",
    why: `outside full duplex a later answer is 504, or passes with failure_mode_allow; the default is ${messageTimeoutMs} ms`,
    mend: `set message_timeout above promptBudgetMs (${promptBudgetMs} ms where not changed), or use FULL_DUPLEX_STREAMED`,
    find: (model) =>
      once(
        guarded(model).flatMap(({ guard: { modes, filter } }) => {
          const part = at(filter.config, "message_timeout");
          const isTimed = !isFullDuplex(modes.value.requestBody) || !isFullDuplex(modes.value.replyBody);
          const milliseconds = isSet(part) ? durationMs(part) : messageTimeoutMs;
          return hitIf(isTimed && (milliseconds ?? 0) <= promptBudgetMs, { place: filter.place, part });
        }),
      ),
  },
];
