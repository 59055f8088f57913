/** The order of actions. One number for each, so that two can be compared: when rules meet, and when a tenant changes one. Pure. */
import { type Action, actions, type PlaceholderStyle, type RedactStyle, redactStyles } from "../domain/policy.ts";

/** The most letters or digits that a mask may show. */
export const keepLastMax = 16;

/** Higher is stricter: allow, flag, route, mark, redact (by how much of the finding can still be told), replace, block. */
export function strictness(action: Action): number {
  const kind = actions.indexOf(action.kind);
  return action.kind === "redact" ? kind + silence(action.style) : kind;
}

/**
 * In [0, 1): how little a style tells. Of one style, the mask that shows fewer and the placeholder that comes back less; of two that
 * come back alike, the one that is new in each exchange.
 */
function silence(style: RedactStyle): number {
  const shown = style.kind === "mask" ? style.keepLast / (keepLastMax + 1) : 0;
  const lasts = style.kind === "placeholder" ? (2 * comesBack(style) + Number(style.stable !== null)) / 8 : 0;
  const told = redactStyles.indexOf(style.kind) + shown + lasts;
  return 1 - (told + 1) / (redactStyles.length + 1);
}

/** 0 to 3. */
const comesBack = ({ restore }: PlaceholderStyle): number =>
  restore === null ? 0 : 1 + Number(restore.links) + Number(restore.toolArguments);
