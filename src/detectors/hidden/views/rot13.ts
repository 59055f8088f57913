/** The rot13 view: Latin letters moved by 13, everything else as it is. Offsets are those of the text; keeps nothing. */
import type { TextView, ViewSource } from "../../../domain/view.ts";

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
  const isNarrow = !/[^\0-\u00ff]/.test(text);
  const bytes = Buffer.from(text, isNarrow ? "latin1" : "utf16le");
  const units = isNarrow ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, text.length);
  for (let at = 0; at < units.length; at++) {
    const unit = units[at] as number;
    const lower = unit | 0x20;
    if (lower >= 0x61 && lower <= 0x7a && unit < 0x80) units[at] = lower < 0x6e ? unit + 13 : unit - 13;
  }
  return bytes.toString(isNarrow ? "latin1" : "utf16le");
}
