/**
 * What is to be known of an ONNX file before a runtime sees it. Which other files it wants: weights too large for it stand beside
 * it, under names that it chooses, and a runtime would follow such a name out of the folder. And whether it works out scales from
 * all that is in a batch. Reads the protobuf form just as far as that lies (onnx.proto, IR version 10); what it does not know it
 * steps over.
 */
import { err, ok, type Result } from "../../stdx/result.ts";

/** Field numbers, by message: those that lead on to a tensor. */
const messages = {
  model: { 7: "graph", 20: "training", 25: "function" },
  training: { 1: "graph", 2: "graph" },
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  function: { 7: "node", 11: "attribute" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse" },
  sparse: { 1: "tensor", 2: "tensor" },
  tensor: { 13: "entry" },
  entry: {},
} as const satisfies Record<string, Readonly<Record<number, string>>>;
type Message = keyof typeof messages;

const depthMax = 64;
const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

export type OnnxFacts = {
  /** Names of other files as this one writes them. */
  readonly external: readonly string[];
  /** Dynamic INT8: `DynamicQuantizeLinear` and its kin look at a whole batch. */
  readonly hasBatchScales: boolean;
  /** What flows between its layers is quantised by fixed scales (QDQ). Not where weights alone are. */
  readonly quantisesFlow: boolean;
};

/** The error says that it is no ONNX file. */
export function readOnnx(bytes: Buffer): Result<OnnxFacts, string> {
  try {
    const walker = new Walker(bytes);
    walker.walk("model", 0, bytes.length, 0);
    if (!walker.sawGraph) return err("it holds no graph");
    const { names, hasBatchScales, quantisesFlow } = walker;
    return ok({ external: [...names], hasBatchScales, quantisesFlow });
  } catch (error) {
    if (error instanceof NotOnnx) return err(error.message);
    throw error;
  }
}

/** A node's field that names its operator; those of ONNX Runtime's own begin so, too. */
const operatorField = 4;
const batchScaled = "DynamicQuantize";
const quantising = "QuantizeLinear";

class NotOnnx extends Error {}

class Walker {
  readonly #bytes: Buffer;
  readonly names = new Set<string>();
  #at = 0;
  sawGraph = false;
  hasBatchScales = false;
  quantisesFlow = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  walk(message: Message, from: number, to: number, depth: number): void {
    if (depth > depthMax) throw new NotOnnx("its graphs lie in each other too deeply");
    // Fields may stand in any order, and more than once.
    const keys: string[] = [];
    const values: string[] = [];
    this.#at = from;
    while (this.#at < to) {
      const tag = this.#varint(to);
      // Readers drop what is above 32 bits: a field that looks unknown here would be another there.
      if (tag >= 2 ** 32) throw new NotOnnx("it is not in ONNX's form");
      const field = Math.floor(tag / 8);
      switch (tag % 8) {
        case wire.varint:
          this.#varint(to);
          break;
        case wire.fixed64:
          this.#at += 8;
          break;
        case wire.fixed32:
          this.#at += 4;
          break;
        case wire.bytes: {
          const end = this.#varint(to) + this.#at;
          if (end > to) throw new NotOnnx("it ends too early");
          if (message === "entry" && field === 1) keys.push(this.#bytes.toString("utf8", this.#at, end));
          if (message === "entry" && field === 2) values.push(this.#bytes.toString("utf8", this.#at, end));
          if (message === "node" && field === operatorField)
            this.#readOperator(this.#bytes.toString("latin1", this.#at, end));
          const next = (messages[message] as Readonly<Record<number, Message>>)[field];
          if (next === "graph") this.sawGraph = true;
          if (next !== undefined) this.walk(next, this.#at, end, depth + 1);
          this.#at = end;
          break;
        }
        default:
          throw new NotOnnx("it is not in ONNX's form");
      }
    }
    if (this.#at > to) throw new NotOnnx("it ends too early");
    if (keys.includes("location")) for (const value of values) this.names.add(value);
  }

  #readOperator(name: string): void {
    this.hasBatchScales ||= name.startsWith(batchScaled);
    this.quantisesFlow ||= name === quantising;
  }

  /** Numbers above 2^53 are only stepped over. */
  #varint(to: number): number {
    let value = 0;
    for (let shift = 1; this.#at < to; shift *= 128) {
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
      if (shift > 2 ** 63) break;
    }
    throw new NotOnnx("it is not in ONNX's form");
  }
}
