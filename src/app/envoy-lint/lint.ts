/** Runs the rules over a configuration and sorts what they find. Pure; it neither reads files nor prints. */
import { nearest } from "../../policy/nearest.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { Place } from "../envoy-yaml.ts";
import { managersOf, passagesOf } from "./passages.ts";
import { guardWords, readModel } from "./read-model.ts";
import type { Severity } from "./rule.ts";
import { rules } from "./rules.ts";
import type { Source } from "./source.ts";

export type Finding = {
  readonly id: string;
  readonly severity: Severity;
  /** In words, from the listener down. */
  readonly place: string;
  /** In the file; `null` where the source has no lines (a live Envoy, a very large file). */
  readonly at: Place | null;
  readonly what: string;
  readonly why: string;
  readonly mend: string;
};

/** `id`, or `id` at a place and everything below it. */
export type Acceptance = { readonly id: string; readonly place: string | null };

export type LintOptions = {
  /** Sallyport's cluster; `null`: found by read-model.ts. */
  readonly cluster: string | null;
  readonly accept: readonly Acceptance[];
};

export type Report = {
  readonly label: string;
  /** Errors first, each kind in the order of the source. */
  readonly findings: readonly Finding[];
  readonly accepted: readonly Finding[];
  /** Acceptances that met nothing. */
  readonly unused: readonly Acceptance[];
  readonly guard: string;
  /** What was looked at. */
  readonly seen: { readonly listeners: number; readonly managers: number; readonly passages: number };
};

const order: readonly Severity[] = ["error", "warning", "note"];

/** The error says why the source is no configuration of Envoy. */
export function lintEnvoy(source: Source, { cluster, accept }: LintOptions): Result<Report, string> {
  const read = readModel(source.value, cluster);
  if (!read.ok) return err(`${source.label}: ${read.error}`);
  const model = { ...read.value, passages: passagesOf(read.value) };
  const all = rules.flatMap(({ id, severity, what, why, mend, find }) =>
    find(model).map(({ spot, detail }): Finding => {
      const words = detail === undefined ? what : `${what}: ${detail}`;
      return { id, severity, place: spot.place, at: source.placeOf(spot.part.path), what: words, why, mend };
    }),
  );
  const findings = all.toSorted(
    (a, b) =>
      order.indexOf(a.severity) - order.indexOf(b.severity) ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
  const isAccepted = (finding: Finding): boolean => accept.some((each) => accepts(each, finding));
  return ok({
    label: source.label,
    findings: findings.filter((finding) => !isAccepted(finding)),
    accepted: findings.filter(isAccepted),
    unused: accept.filter((each) => !findings.some((finding) => accepts(each, finding))),
    guard: guardWords(model),
    seen: {
      listeners: model.listeners.length,
      managers: managersOf(model).length,
      passages: model.passages.length,
    },
  });
}

const accepts = ({ id, place }: Acceptance, finding: Finding): boolean =>
  id === finding.id && (place === null || place === finding.place || finding.place.startsWith(`${place} > `));

/** `ID` or `ID@PLACE`. The error completes a sentence that begins with what was written. */
export function parseAcceptance(written: string): Result<Acceptance, string> {
  const split = written.indexOf("@");
  const id = split === -1 ? written : written.slice(0, split);
  const ids = rules.map((rule) => rule.id);
  if (ids.includes(id)) return ok({ id, place: split === -1 ? null : written.slice(split + 1) });
  const meant = nearest(id, ids);
  return err(meant === null ? "is no rule of envoy lint" : `is no rule of envoy lint; did you mean "${meant}"?`);
}

export const countOf = ({ findings }: Report, severity: Severity): number =>
  findings.filter((finding) => finding.severity === severity).length;
