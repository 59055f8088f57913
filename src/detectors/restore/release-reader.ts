/**
 * Reads what a lane releases and says where what a placeholder stands for may be put back: not inside a link that masks
 * have made. Keeps only the end of the text. Invariant: how the text was cut changes no answer.
 */
import type { ReleaseReader } from "../../domain/detector.ts";
import { PlaceScan, stepContext } from "../link-places/place-scan.ts";
import type { Issued } from "./issued.ts";

export function openReleaseReader(issued: Issued, isJson: boolean): ReleaseReader {
  const scan = new PlaceScan(0, isJson);
  /** The last units read, and where they begin. */
  let kept = "";
  let base = 0;
  return {
    read(released) {
      const text = kept + released;
      for (let index = kept.length; index < text.length; index++) scan.step(text, index, base);
      const from = Math.max(0, text.length - stepContext);
      kept = text.slice(from);
      base += from;
    },
    mayPutBack(placeholder) {
      const known = issued.at(placeholder, 0);
      const at = base + kept.length;
      if (known === null) return false;
      if (known.links || !scan.isInLink(at)) return true;
      // It stays, and reads like a part of the word that it stands in.
      scan.placeholder(at, known.isLink, known.endsHost);
      base = at + placeholder.length;
      kept = "";
      return false;
    },
  };
}
