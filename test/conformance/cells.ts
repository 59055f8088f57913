// The table: which shape, client, bodies, ends and fault a cell has. Made by crossing the axes; nothing here says what
// must happen (rules.ts does).

import type { RequestHead } from "../helpers/client.ts";
import type { Form, Prompt, Reply } from "./bodies.ts";
import { type Shape, shapes } from "./shapes.ts";

const clients = ["1.1", "2"] as const;
export type Http = (typeof clients)[number];
/** How a message ends: with its head, with its last piece, apart from it (an empty piece), or by trailers. */
export type Ends = RequestHead["ends"];

/** What goes wrong, or who leaves first. `asking`: half of the prompt is sent. `replying`: half of the reply is. */
export const faults = [
  "none",
  "client leaves asking",
  "client leaves replying",
  "upstream cuts unanswered",
  "upstream cuts replying",
  "guard killed asking",
  "guard killed replying",
  "guard stopped asking",
  "guard stopped replying",
  "guard dead",
] as const;
export type Fault = (typeof faults)[number];

export interface Cell {
  readonly id: string;
  readonly shape: Shape;
  readonly http: Http;
  readonly prompt: Prompt;
  readonly requestEnds: Ends;
  readonly reply: Reply;
  readonly form: Form;
  readonly replyEnds: Ends;
  readonly fault: Fault;
}

type Axes = Omit<Cell, "id" | "shape" | "http">;

const plain: Axes = {
  prompt: "clean",
  requestEnds: "apart",
  reply: "clean",
  form: "json",
  replyEnds: "apart",
  fault: "none",
};

/** What is said, on every shape. */
const contents: readonly Partial<Axes>[] = [
  {},
  { form: "sse" },
  { prompt: "secret" },
  { prompt: "banned" },
  { prompt: "malformed" },
  { reply: "personal" },
  { reply: "card" },
  { reply: "malformed" },
  { reply: "personal", form: "sse" },
  { reply: "card", form: "sse" },
  { reply: "malformed", form: "sse" },
];

/** How messages end, crossed: on every shape. */
const ends: readonly Partial<Axes>[] = [
  { prompt: "empty", requestEnds: "head", reply: "empty", replyEnds: "head" },
  { prompt: "empty", requestEnds: "head", reply: "personal" },
  { prompt: "secret", reply: "empty", replyEnds: "head" },
  { prompt: "secret", requestEnds: "last-piece", reply: "personal", replyEnds: "last-piece" },
  { prompt: "secret", requestEnds: "last-piece", reply: "personal", replyEnds: "trailers" },
  { prompt: "secret", requestEnds: "trailers", reply: "personal", replyEnds: "last-piece" },
  { prompt: "banned", requestEnds: "trailers" },
  { prompt: "secret", requestEnds: "apart", reply: "personal", form: "sse", replyEnds: "trailers" },
];

const large: readonly Partial<Axes>[] = [{ prompt: "oversize" }];

/** Who leaves first and what breaks: on every shape, with a whole and a streamed reply where the reply is under way. */
const broken: readonly Partial<Axes>[] = faults
  .filter((fault) => fault !== "none")
  .flatMap((fault): Partial<Axes>[] => {
    const bodies = { prompt: "secret", reply: "personal" } as const;
    return fault.endsWith(" replying")
      ? [
          { ...bodies, fault, form: "json" },
          { ...bodies, fault, form: "sse" },
        ]
      : [{ ...bodies, fault }];
  });

/** Where a shape shows nothing and the policy is closed, the answer is out at the head: nothing is left to break. */
const isOverAtHead = ({ shape, fault }: Omit<Cell, "id">): boolean =>
  shape.request === "NONE" && shape.policy === "closed" && !shape.observe && /asking|replying|unanswered/.test(fault);

export const cells: readonly Cell[] = shapes
  .flatMap((shape) => clients.flatMap((http) => axesFor(http).map((axes) => ({ ...plain, ...axes, shape, http }))))
  .filter((cell) => !isOverAtHead(cell))
  .map((cell, index) => ({ id: `c${index}`, ...cell }));

function axesFor(http: Http): readonly Partial<Axes>[] {
  return [...contents, ...ends, ...(http === "1.1" ? large : []), ...broken];
}

/** A cell in words, for the table. */
export function describeCell(cell: Cell): string {
  const asked = `${cell.prompt}, ${cell.requestEnds}`;
  const told = `${cell.form} ${cell.reply}, ${cell.replyEnds}`;
  return [cell.shape.name, `HTTP/${cell.http}`, asked, told, cell.fault === "none" ? "" : cell.fault].join(" | ");
}
