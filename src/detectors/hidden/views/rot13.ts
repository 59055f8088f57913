/** The rot13 view: Latin letters moved by 13, everything else as it is. Offsets are those of the text; keeps nothing. */
import type { TextView, ViewSource } from "../../../domain/view.ts";

/** Letters moved at a time. */
const batchUnits = 1024;
const batch = new RegExp(`[A-Za-z]{1,${batchUnits}}`, "g");

export const rot13View: ViewSource = { kind: "rot13", firstChange: null, open: (base) => openRot13(base) };

function openRot13(_base: number): TextView {
  return {
    append: rot13,
    end: () => "",
    rawSpan: (view) => view,
    rawSettled: (viewOffset) => viewOffset,
    forget: () => {},
    takeUnknown: () => null,
  };
}

function rot13(text: string): string {
  return text.replaceAll(batch, (letters) => {
    const units = new Uint16Array(letters.length);
    for (let at = 0; at < letters.length; at++) {
      const unit = letters.charCodeAt(at);
      units[at] = (unit & 0x1f) <= 13 ? unit + 13 : unit - 13;
    }
    return String.fromCharCode(...units);
  });
}
