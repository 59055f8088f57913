// Judges and writes what stateful.ts measured. Pure.

import { type Aim, aimsTable, factsList, fixed, percent, table, whole } from "../page.ts";
import type { StatefulRaw } from "../stateful.ts";
import { quantilesOf, spreadOf } from "../stats.ts";
import type { ConversationRaw, ConversationWay, Turn } from "./conversation.ts";
import type { Held, MemoryRaw } from "./memory.ts";
import { type StreamRaw, type Streamed, type WayName, ways } from "./stream.ts";

const delayAimsMs = { p50: 40, p99: 120 };
/** What a stream may take over the same one unguarded. */
const slowerMax = 0.02;
const turnShareMax = 0.2;
/** Of other programs: above it, times say little. */
const othersMax = 0.1;

export function statefulPage(raw: StatefulRaw): string {
  const { facts, pairModel, stream, conversation, memory } = raw;
  const isAmx = facts.flags.includes("amx_tile");
  const runtime = stream.runtime === "openvino" ? "OpenVINO" : "ONNX Runtime";
  return `${[
    "# What it costs that a guard remembers",
    "",
    ...aimsTable([...streamAims(stream, isAmx), ...turnAims(conversation), memoryAim(memory)]),
    "",
    ...(isAmx ? [] : ["This CPU has no AMX: with a model, milliseconds are told, and none are wanted.", ""]),
    ...busyLines(raw),
    ...streamLines(
      stream,
      `${pairModel.name}@${pairModel.digest.slice(7, 19)}, head ${pairModel.head}, on ${runtime} with one thread`,
    ),
    ...conversationLines(conversation),
    ...memoryLines(memory),
    ...factsList(facts, raw.command, [
      `other programs had ${shareOf(stream.others)} of the machine during the streams, ${shareOf(conversation.others)} during the conversations`,
      `${stream.rounds.length} rounds of streams, ${stream.rounds.length * stream.settings.sentences} claims a gateway`,
    ]),
  ].join("\n")}\n`;
}

const shareOf = (others: number | null): string => (others === null ? "an unknown share" : percent(others));

function busyLines({ stream, conversation }: StatefulRaw): readonly string[] {
  const most = Math.max(stream.others ?? 0, conversation.others ?? 0);
  if (most <= othersMax) return [];
  return [
    "**The machine was busy with other programs**: counts and ratios hold, milliseconds are more than they need be.",
    "",
  ];
}

const names: Readonly<Record<WayName, string>> = {
  bare: "Envoy alone",
  pass: "a guard without rules",
  rules: "groundedness, no model",
  model: "groundedness with a model",
};
const guarded = ways.filter((way) => way !== "bare");

/** Of each claim: what this gateway adds to Envoy alone, for the same claim in the same round. */
const addedOf = ({ rounds }: StreamRaw, way: WayName): readonly number[] =>
  rounds.flatMap((round) => round[way].delayMs.map((delay, at) => delay - (round.bare.delayMs[at] ?? Number.NaN)));

/** The same without the wait for the next token. */
const scoringOf = ({ rounds }: StreamRaw, way: WayName): readonly number[] =>
  rounds.flatMap((round) =>
    round[way].delayMs.map(
      (delay, at) => delay - (round[way].waitedMs[at] ?? 0) - (round.bare.delayMs[at] ?? Number.NaN),
    ),
  );

const medianOf = ({ rounds }: StreamRaw, of: (round: StreamRaw["rounds"][number]) => number): number =>
  spreadOf(rounds.map(of)).median;
const slowerOf = (stream: StreamRaw, way: WayName): number =>
  medianOf(stream, (round) => round[way].totalMs / round.bare.totalMs - 1);

function streamAims(stream: StreamRaw, isAmx: boolean): readonly Aim[] {
  return (["rules", "model"] as const).flatMap((way) => {
    const [p50 = Number.NaN, p99 = Number.NaN] = quantilesOf(addedOf(stream, way), [0.5, 0.99]);
    const isAimed = way === "rules" || isAmx;
    const delay = (name: "p50" | "p99", ms: number): Aim => ({
      what: `${names[way]}: delay of a claim, ${name}`,
      measured: `${fixed(ms, 1)} ms`,
      aim: isAimed ? `under ${delayAimsMs[name]} ms` : "none without AMX",
      met: !isAimed || ms < delayAimsMs[name],
    });
    const slower = slowerOf(stream, way);
    const total: Aim = {
      what: `${names[way]}: how much longer the stream takes`,
      measured: percent(slower),
      aim: `at most ${percent(slowerMax)}`,
      met: slower <= slowerMax,
    };
    return [delay("p50", p50), delay("p99", p99), total];
  });
}

function streamLines(stream: StreamRaw, model: string): readonly string[] {
  const { settings, rounds } = stream;
  const evidence = settings.evidenceTokens;
  const row = (way: WayName): readonly string[] => {
    const first = medianOf(stream, (round) => round[way].firstTextMs - round.bare.firstTextMs);
    const delays = quantilesOf(addedOf(stream, way), [0.5, 0.99]);
    const scoring = quantilesOf(scoringOf(stream, way), [0.5, 0.99]);
    const sum = (of: (streamed: Streamed) => number): number =>
      rounds.reduce((total, round) => total + of(round[way]), 0);
    const judges = way === "rules" || way === "model";
    return [
      names[way],
      fixed(first, 1),
      ...delays.map((ms) => fixed(ms, 1)),
      ...scoring.map((ms) => fixed(ms, 1)),
      percent(slowerOf(stream, way)),
      judges ? `${sum(({ caught }) => caught)} of ${rounds.length * settings.madeUp}` : "",
      judges ? `${sum(({ mistaken }) => mistaken)} of ${rounds.length * (settings.sentences - settings.madeUp)}` : "",
    ];
  };
  const tokenMs = 1000 / settings.tokensASecond;
  const { rows, tokens, runMs, claims } = stream.model;
  return [
    "## A streamed reply",
    "",
    `A reply of ${settings.sentences} sentences and ${settings.tokens} tokens at ${settings.tokensASecond} tokens a second, about ${evidence[0] === evidence[1] ? evidence[0] : evidence.join(" to ")} tokens of`,
    `evidence in the prompt; ${settings.madeUp} of the sentences tell another number than it. The rule acts (\`${settings.action}\`), so each claim is held until`,
    `it is judged. The model: ${model}. Its weights may be random: then what it takes is measured, and its answers are chance.`,
    "",
    "In ms beside Envoy alone, the same reply in the same round. `first text`: later by so much; a guard that acts on claims lets the",
    "first token go with the whole first sentence, and the evidence is prepared by then. `delay`: of a claim, from when the upstream",
    "wrote its last token to when that token reached the client.",
    `\`scoring\`: the same without the wait for the next token, which shows that the sentence is over: ${fixed(tokenMs, 0)} ms at this pace, no work.`,
    "`longer`: the whole stream. `found`: made-up sentences that did not pass as they were; `mistaken`: others that did not.",
    "",
    ...table(
      ["", "first text", "delay p50", "p99", "scoring p50", "p99", "longer", "found", "mistaken"],
      guarded.map(row),
    ),
    "",
    `The model was run on ${rows} rows for ${claims} claims, ${fixed(tokens / rows, 0)} tokens a row, ${fixed(runMs / rows, 1)} ms a row in the runtime itself.`,
    "",
  ];
}

/** Of a turn (from 1) the median over conversations. */
const turnOf = (conversations: readonly (readonly Turn[])[], turn: number, of: (turn: Turn) => number): number =>
  spreadOf(conversations.map((turns) => of(turns[turn - 1] as Turn))).median;

const remembering = ({ remembers, userTokens }: ConversationWay): string =>
  `${remembers ? "with" : "without"} the memory of scores, ${userTokens} tokens`;

function turnAims({ settings, ways: all }: ConversationRaw): readonly Aim[] {
  return all
    .filter(({ remembers }) => remembers)
    .map(({ conversations, ...way }) => {
      const tokensOf = (turn: number): number => turnOf(conversations, turn, ({ tokens }) => tokens);
      const later = Array.from({ length: settings.turns - 2 }, (_, at) => at + 3);
      const [worst = 2] = later.toSorted((a, b) => tokensOf(b) - tokensOf(a));
      const more = tokensOf(worst) / tokensOf(2) - 1;
      return {
        what: `${remembering(way)}: what the model is run on in a turn, over turn 2 (most: turn ${worst})`,
        measured: percent(more),
        aim: `at most ${percent(turnShareMax)}`,
        met: more <= turnShareMax,
      };
    });
}

function conversationLines({ settings, model, ways: all }: ConversationRaw): readonly string[] {
  const turns = [1, 2, 3, 5, 10, 20, 30].filter((turn) => turn < settings.turns).concat(settings.turns);
  const rows = all.flatMap(({ conversations, ...way }) =>
    turns.map((turn) => {
      const tokens = turnOf(conversations, turn, (each) => each.tokens);
      return [
        remembering(way),
        whole(turn),
        fixed(
          turnOf(conversations, turn, (each) => each.rows),
          0,
        ),
        whole(tokens),
        fixed(
          turnOf(conversations, turn, ({ runMs }) => runMs),
          0,
        ),
        fixed(tokens / turnOf(conversations, 2, (each) => each.tokens), 2),
      ];
    }),
  );
  return [
    "## A conversation",
    "",
    `${settings.turns} turns of as many new tokens of the user and ${settings.replyTokens} of the reply, all of it sent again each turn, under the built-in policy. What its`,
    `model (${model}) was run on in a turn, prompt and reply, by the guard's own metrics; ${settings.conversations === 1 ? "one conversation" : `medians of ${settings.conversations} conversations`}.`,
    "`run`: ms in the runtime itself, one thread. `times`: tokens beside turn 2. Without the memory: `rememberedBytesMax: 0`. A new text is",
    "also judged together with those before it, up to 1,024 characters: where messages are short, turn 2 has less before it than turn 3.",
    "",
    ...table(["", "turn", "rows", "tokens", "run", "times"], rows),
    "",
  ];
}

const KiB = 1024;
const cellNames: Readonly<Record<MemoryRaw["cells"][number]["cell"], string>> = {
  pass: "a guard without rules",
  rules: "groundedness",
  long: "longer evidence",
  limited: "longer evidence, lower limit",
};

/** Bytes that each exchange of the second half added. */
function growthOf(held: readonly Held[], of: (held: Held) => number): number {
  const [, half, all] = held;
  if (half === undefined || all === undefined) return Number.NaN;
  return (of(all) - of(half)) / (all.open - half.open);
}
const accountOf = ({ held }: MemoryRaw["cells"][number]): number => growthOf(held, ({ heldBytes }) => heldBytes);
const residentOf = ({ held }: MemoryRaw["cells"][number]): number =>
  growthOf(held, ({ residentBytes }) => residentBytes);

const bytesACharacter = 2;
/** Beside the prompt's texts: events of the open sentence. */
const besideBytes = 64 * KiB;

function memoryAim({ cells }: MemoryRaw): Aim {
  const within = (cell: MemoryRaw["cells"][number]): boolean =>
    accountOf(cell) <= cell.memoryCharactersMax * bytesACharacter + besideBytes;
  const worst = cells.toSorted(
    (a, b) => accountOf(b) / b.memoryCharactersMax - accountOf(a) / a.memoryCharactersMax,
  )[0];
  return {
    what: `what an exchange holds by the guard's account (nearest to its limit: ${worst === undefined ? "" : cellNames[worst.cell]})`,
    measured: worst === undefined ? "" : `${fixed(accountOf(worst) / KiB, 0)} KiB`,
    aim: `\`memoryCharactersMax\` of ${bytesACharacter} bytes, and ${fixed(besideBytes / KiB, 0)} KiB`,
    met: cells.every(within),
  };
}

function memoryLines({ settings, cells }: MemoryRaw): readonly string[] {
  return [
    "## Memory of an exchange",
    "",
    `${settings.open} exchanges open at once, each in the middle of its reply: what each of the second half of them added. \`account\`: what the`,
    "guard counts against `heldBytesTotalMax` (texts of the prompt, of which `memoryCharactersMax` is the limit of one exchange; events held).",
    "`resident`: the process's memory, with the index over the evidence, connections, and what the collector has not yet",
    "taken back. `unknown`: replies of which a rule could not judge a part, since the evidence did not fit.",
    "",
    ...table(
      ["", "tokens", "characters", "memoryCharactersMax", "account, KiB", "resident, KiB", "unknown"],
      cells.map((cell) => [
        cellNames[cell.cell],
        whole(cell.evidenceTokens),
        whole(cell.evidenceCharacters),
        whole(cell.memoryCharactersMax),
        fixed(accountOf(cell) / KiB, 0),
        fixed(residentOf(cell) / KiB, 0),
        whole(cell.unknown),
      ]),
    ),
    "",
  ];
}
