/** Rules on what happens without a verdict, and on what Sallyport may change. */
import { routeCacheActions } from "../api.ts";
import type { Model } from "../model.ts";
import { at, choice, durationMs, flag, isSet, items, member, type Part } from "../parts.ts";
import { guardFilters } from "../passages.ts";
import { guarded, type Hit, hitIf, once, type Rule } from "../rule.ts";

/** Hits at one field of Sallyport's filter; `isBad` sees the field and the whole configuration. */
const atField =
  (path: readonly string[], isBad: (part: Part, config: Part) => boolean) =>
  (model: Model): readonly Hit[] =>
    guardFilters(model).flatMap(({ place, config }) => {
      const part = at(config, ...path);
      return hitIf(isBad(part, config), { place, part });
    });

const runtimeGuards = {
  graceful: "envoy.reloadable_features.ext_proc_graceful_grpc_close",
  spurious: "envoy.reloadable_features.ext_proc_fail_close_spurious_resp",
} as const;

/** The last layer that says it wins. Only layers that stand in the configuration are seen. */
function runtimeOf({ bootstrap }: Model, key: string): Part | null {
  const layers = items(at(bootstrap, "layered_runtime", "layers")).map((layer) => at(layer, "static_layer"));
  return layers.map((layer) => member(layer, key)).findLast(isSet) ?? null;
}

const runtimePlace = (model: Model): { readonly place: string; readonly part: Part } => ({
  place: "layered_runtime",
  part: at(model.bootstrap, "layered_runtime"),
});

export const failureRules: readonly Rule[] = [
  {
    id: "fails-open",
    severity: "error",
    what: "without an answer everything passes",
    why: "with failure_mode_allow a dead or overloaded Sallyport lets bytes by unjudged (in full duplex: requests without a body, and every reply to them)",
    mend: "set failure_mode_allow: false",
    find: (model) => once(guarded(model).flatMap(({ guard: { failsOpen } }) => hitIf(failsOpen.value, failsOpen.spot))),
  },
  {
    id: "spurious-open",
    severity: "error",
    what: "an answer that Envoy did not expect lets the exchange pass",
    why: `${runtimeGuards.spurious} is false`,
    mend: "remove it from layered_runtime",
    find: (model) => {
      const part = runtimeOf(model, runtimeGuards.spurious);
      return part === null ? [] : hitIf(!flag(part), { place: "layered_runtime", part });
    },
  },
  {
    id: "no-immediate-response",
    severity: "error",
    what: "Sallyport cannot answer a client itself",
    why: "with disable_immediate_response no block can be told; it counts as an answer out of place",
    mend: "set disable_immediate_response: false",
    find: atField(["disable_immediate_response"], flag),
  },
  {
    id: "stream-timeout",
    severity: "warning",
    what: "the filter's gRPC stream has a timeout",
    why: "every exchange that lives longer ends with it, streamed replies too",
    mend: "remove timeout from grpc_service",
    find: atField(["grpc_service", "timeout"], (part) => (durationMs(part) ?? 0) > 0),
  },
  {
    id: "mutations-forbidden",
    severity: "warning",
    what: "Sallyport may change no header",
    why: "a body that it changes keeps headers that describe the old one, or the exchange fails",
    mend: "allow content-length, content-type, content-encoding and digests by mutation_rules.allow_expression",
    find: atField(
      ["mutation_rules"],
      (rules) => flag(at(rules, "disallow_all")) && !isSet(at(rules, "allow_expression")),
    ),
  },
  {
    id: "mutations-wide",
    severity: "note",
    what: "answers may change headers that route",
    why: "Sallyport never does; another server in its place could",
    mend: "remove allow_all_routing and allow_envoy from mutation_rules",
    find: atField(
      ["mutation_rules"],
      (rules) => flag(at(rules, "allow_all_routing")) || flag(at(rules, "allow_envoy")),
    ),
  },
  {
    id: "route-chosen-again",
    severity: "warning",
    what: "the route is chosen again after the answer",
    why: "with route_cache_action CLEAR a request can leave by another route than it was judged for, without being told to",
    mend: "set route_cache_action: DEFAULT: then Sallyport asks for it where the policy says route",
    find: atField(["route_cache_action"], (part) => choice(part, routeCacheActions) === "CLEAR"),
  },
  {
    id: "route-kept",
    severity: "note",
    what: "rules of the policy that say route do nothing",
    why: "with route_cache_action RETAIN Envoy keeps the route it chose first",
    mend: "if the policy has such rules set route_cache_action: DEFAULT",
    find: atField(["route_cache_action"], (part) => choice(part, routeCacheActions) === "RETAIN"),
  },
  {
    id: "content-length-kept",
    severity: "warning",
    what: "Envoy keeps the client's content-length on a body that may change",
    why: "with allow_content_length_header a wrong length lets a body reach into the next request",
    mend: "remove it; the filter sallyport.content_length sets the exact length",
    find: atField(["allow_content_length_header"], flag),
  },
  {
    id: "graceful-close",
    severity: "note",
    what: "finished streams are reset, not ended",
    why: `${runtimeGuards.graceful} is not true; a server that counts resets could take them for an attack`,
    mend: "set it to true in layered_runtime",
    find: (model) => {
      const part = runtimeOf(model, runtimeGuards.graceful);
      return hitIf(
        guardFilters(model).length > 0 && !(part !== null && flag(part)),
        part === null ? runtimePlace(model) : { place: "layered_runtime", part },
      );
    },
  },
];
