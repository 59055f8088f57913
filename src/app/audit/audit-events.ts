/** What happens to the guard itself, as the audit record tells it: names, digests and operators' own words. Pure. */
import type { BreakGlassEvent } from "../break-glass.ts";
import type { ModelEvent } from "../models/model-store.ts";
import { shortDigest } from "../models/store.ts";

export const policyEvent = (policy: string): object => ({ event: "policy-in-force", policy });

/** `null`: nothing changed. */
export function breakGlassFields({ kind, entry }: BreakGlassEvent): object | null {
  if (kind === "still-open") return null;
  const { target, reason, owner, endsS } = entry;
  const ends = new Date(endsS * 1000).toISOString();
  return { event: `break-glass-${kind}`, target: target.kind, name: target.name, reason, owner, ends };
}

/** `null`: no other model answers than before. */
export function modelFields(event: ModelEvent): object | null {
  if (event.kind === "removed") return { event: "model-removed", model: event.name };
  if (event.kind !== "served") return null;
  const { runtime, precision } = event.opened.description;
  const digest = shortDigest(event.opened.bundle.digest);
  const before = event.before === null ? null : shortDigest(event.before);
  return { event: "model-serves", model: event.name, digest, before, runtime, precision };
}
