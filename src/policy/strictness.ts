/** The order of actions. One number for each, so that two can be compared: when rules meet, and when a tenant changes one. Pure. */
import { type Action, actions, type RedactStyle, redactStyles } from "../domain/policy.ts";

/** The most letters or digits that a mask may show. */
export const keepLastMax = 16;

/** Higher is stricter: allow, flag, route, redact (by how much of the finding can still be told), replace, block. */
export function strictness(action: Action): number {
  const kind = actions.indexOf(action.kind);
  return action.kind === "redact" ? kind + silence(action.style) : kind;
}

/** In [0, 1): how little a style tells. Of one style, the mask that shows fewer and the placeholder that comes back less. */
function silence(style: RedactStyle): number {
  const shown = style.kind === "mask" ? style.keepLast / (keepLastMax + 1) : 0;
  const comesBack =
    style.kind === "placeholder" && style.restore !== null
      ? (1 + Number(style.restore.links) + Number(style.restore.toolArguments)) / 4
      : 0;
  const told = redactStyles.indexOf(style.kind) + shown + comesBack;
  return 1 - (told + 1) / (redactStyles.length + 1);
}
