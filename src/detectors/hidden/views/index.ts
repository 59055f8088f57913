/** The views by their names. The only door of this folder. */
import type { ViewKind, ViewSource } from "../../../domain/view.ts";
import { clearView } from "./clear.ts";
import { payloadsView } from "./payloads.ts";
import { rot13View } from "./rot13.ts";

export const viewSources: Readonly<Record<ViewKind, ViewSource>> = {
  clear: clearView,
  payloads: payloadsView,
  rot13: rot13View,
};
