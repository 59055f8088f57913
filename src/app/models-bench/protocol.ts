/** What a measuring process is asked, and what it tells. Plain data. */
import type { OpenVinoLibraries } from "../../inference/openvino-libraries.ts";
import type { Cell, CellFigures, Loading } from "./cells.ts";

export type Ask = {
  /** The bundle's folder. */
  readonly folder: string;
  readonly loading: Loading;
  /** In which OpenVINO is loaded; `null` for ONNX Runtime. */
  readonly libraries: OpenVinoLibraries | null;
  readonly device: string;
  readonly cells: readonly Cell[];
  /** Each cell runs at least so long, and at least three batches. */
  readonly cellMs: number;
};

export type Told =
  | { readonly kind: "loaded"; readonly runsAs: string; readonly loadMs: number; readonly memoryBytes: number }
  /** What the model says of the same windows each time: probabilities, or vectors of length 1. */
  | { readonly kind: "scores"; readonly heads: readonly HeadScores[]; readonly memoryBytes: number }
  | { readonly kind: "cell"; readonly figures: CellFigures }
  | { readonly kind: "failed"; readonly message: string };

/** One row a window. */
export type HeadScores = { readonly kind: "probability" | "direction"; readonly rows: readonly (readonly number[])[] };
