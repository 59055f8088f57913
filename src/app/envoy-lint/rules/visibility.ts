/** Rules on what Sallyport is told beside the bodies, what it may write, and whether what nobody judged can be seen. */
import type { HttpFilter, Model } from "../model.ts";
import { at, flag, isSet, items, mentions, type Part, text } from "../parts.ts";
import { guardFilters, guardsIn, managersOf } from "../passages.ts";
import { guarded, type Hit, hitIf, once, type Rule } from "../rule.ts";

/** The metadata namespace of verdicts. */
const namespace = "sallyport";
/** What Sallyport reads of heads to know what a body is. */
const neededHeaders = [":path", ":method", ":status", "content-type", "content-encoding"];
const credentials = ["authorization", "proxy-authorization", "cookie", "set-cookie", "api-key", "x-api-key"];

/** Whether a string matcher takes the header. Regular expressions are not run: `otherwise` stands for them. */
function matches(pattern: Part, header: string, otherwise: boolean): boolean {
  const ignoreCase = flag(at(pattern, "ignore_case"));
  const fold = (word: string): string => (ignoreCase ? word.toLowerCase() : word);
  const kinds = {
    exact: (wanted: string) => header === wanted,
    prefix: (wanted: string) => header.startsWith(wanted),
    suffix: (wanted: string) => header.endsWith(wanted),
    contains: (wanted: string) => header.includes(wanted),
  };
  for (const [kind, test] of Object.entries(kinds)) {
    const wanted = text(at(pattern, kind));
    if (wanted !== "") return test(fold(wanted));
  }
  return otherwise;
}

/** Headers of `names` that the forward rules show to Sallyport. */
function shown({ config }: HttpFilter, names: readonly string[]): readonly string[] {
  const allowed = items(at(config, "forward_rules", "allowed_headers", "patterns"));
  const disallowed = items(at(config, "forward_rules", "disallowed_headers", "patterns"));
  return names.filter(
    (header) =>
      (allowed.length === 0 || allowed.some((pattern) => matches(pattern, header, true))) &&
      !disallowed.some((pattern) => matches(pattern, header, false)),
  );
}

const forwardRules = (filter: HttpFilter): Hit["spot"] => ({
  place: filter.place,
  part: isSet(at(filter.config, "forward_rules")) ? at(filter.config, "forward_rules") : filter.part,
});

const withGuard = (model: Model) => managersOf(model).filter(([{ filters }]) => guardsIn(filters, model).length > 0);

export const visibilityRules: readonly Rule[] = [
  {
    id: "headers-hidden",
    severity: "error",
    what: "headers that Sallyport reads are kept from it",
    why: "without them it cannot tell what a body is, and judges it by the policy's onUnreadable",
    mend: `let forward_rules show ${neededHeaders.join(", ")}`,
    find: (model) =>
      guardFilters(model).flatMap((filter) => {
        const hidden = neededHeaders.filter((header) => !shown(filter, [header]).includes(header));
        return hitIf(hidden.length > 0, forwardRules(filter), hidden.join(", "));
      }),
  },
  {
    id: "credentials-shown",
    severity: "note",
    what: "Sallyport is shown credentials",
    why: "it needs none; what it does not get it cannot lose",
    mend: "list them in forward_rules.disallowed_headers",
    find: (model) =>
      guardFilters(model).flatMap((filter) => {
        const seen = shown(filter, credentials);
        return hitIf(seen.length > 0, forwardRules(filter), seen.join(", "));
      }),
  },
  {
    id: "namespace-missing",
    severity: "warning",
    what: "Sallyport may not write its verdicts",
    why: "no verdict in the access log, and no exact content-length for the model server",
    mend: `set metadata_options: { receiving_namespaces: { untyped: [${namespace}] } }`,
    find: (model) =>
      once(
        guarded(model).flatMap(({ guard: { receives } }) => hitIf(!receives.value.includes(namespace), receives.spot)),
      ),
  },
  {
    id: "namespace-wide",
    severity: "note",
    what: "Sallyport may write metadata of others",
    why: "it writes only its own namespace",
    mend: `leave only ${namespace} in receiving_namespaces`,
    find: (model) =>
      once(
        guarded(model).flatMap(({ guard: { receives } }) =>
          hitIf(
            receives.value.some((each) => each !== namespace),
            receives.spot,
          ),
        ),
      ),
  },
  {
    id: "code-details-missing",
    severity: "warning",
    what: "Envoy's own answers cannot be told from the model's",
    why: "without response.code_details they are judged as replies, and a 503 can become a block",
    mend: "set response_attributes: [response.code_details]",
    find: (model) =>
      guardFilters(model).flatMap(({ place, part, config }) => {
        const attributes = at(config, "response_attributes");
        return hitIf(
          !items(attributes).map(text).includes("response.code_details"),
          isSet(attributes) ? { place, part: attributes } : { place, part },
        );
      }),
  },
  {
    id: "pending-missing",
    severity: "note",
    what: "what nobody judged does not show in the log",
    why: "no set_metadata filter ahead of Sallyport writes a verdict of pending",
    mend: "copy the filter set_metadata from envoy/gateway.yaml",
    find: (model) =>
      withGuard(model).flatMap(([{ filters }]) => {
        const guard = guardsIn(filters, model)[0];
        if (guard === undefined) return [];
        const ahead = filters.slice(0, filters.indexOf(guard)).filter(({ kind }) => kind === "set_metadata");
        return hitIf(!ahead.some(({ config }) => mentions(config, namespace)), guard);
      }),
  },
  {
    id: "content-length-missing",
    severity: "note",
    what: "prompts go to the model server without content-length",
    why: "in full duplex Envoy takes it off, and some model servers refuse chunked bodies",
    mend: "copy the filter sallyport.content_length from envoy/gateway.yaml, behind ext_proc",
    find: (model) =>
      withGuard(model).flatMap(([{ filters }]) => {
        const guard = guardsIn(filters, model)[0];
        if (guard === undefined) return [];
        const behind = filters.slice(filters.indexOf(guard) + 1).filter(({ kind }) => kind === "header_mutation");
        return hitIf(!behind.some(({ config }) => mentions(config, "content_length")), guard);
      }),
  },
];
