// Ordinary text of any length, the same for the same seed: prose with a little code, in which no guard finds anything; and
// the same with things to redact, one in about 2 KB. Anything that looks like a secret is put together from pieces.

import { pick, type Random } from "../../test/helpers/secret-samples.ts";

const who =
  "the night shift|our oldest customer|a colleague from the harbour|the second team|whoever is on duty|the librarian|my sister|the woman who runs the bakery|a visitor|the new apprentice|each of the drivers|nobody in the office|the committee|a careful reader|the person next door".split(
    "|",
  );
const did =
  "has been asking|told us last week|wrote down|would like to know|forgot to mention|noticed early this year|could not explain|had hoped|agreed after a long talk|found out by chance|keeps repeating|suspected from the beginning|was surprised to hear|reported on the phone|learned from the paper".split(
    "|",
  );
const what =
  "why the boxes were left in the rain|that two of the lamps had to be replaced|how the old bridge could carry so much|which of the letters should be answered first|that winter came earlier than anyone expected|where the missing keys might have gone|how little the repair would cost in the end|that the garden needs more water in dry months|whether the train still stops at the small station|what makes a good summary of a long meeting|that most of the chairs are older than the house|how a simple drawing can settle an argument|why the figures for spring look better than those for autumn|who should speak to the landlord about the roof|that bread keeps longer in a wooden box".split(
    "|",
  );
const then =
  "so please look into it|and nobody knows what to do next|but there is no hurry|which explains the noise|and that changes the plan a little|because the weather turned|as far as anyone remembers|although the others disagree|before the shops close|and I would like to hear your opinion|unless something better turns up|while the rest of us waited outside".split(
    "|",
  );
const names = "total count width index limit offset price weight queue result found done left right".split(" ");

const number = (random: Random, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function sentence(random: Random): string {
  const start = `${pick(random, who)} ${pick(random, did)} ${pick(random, what)}`;
  const more = random() < 0.6 ? `, ${pick(random, then)}` : "";
  const figure = random() < 0.12 ? `, about ${number(random, 2, 90)} times in ${number(random, 2, 12)} weeks` : "";
  return `${capital(start)}${figure}${more}.`;
}

const paragraph = (random: Random): string =>
  Array.from({ length: number(random, 3, 6) }, () => sentence(random)).join(" ");

function code(random: Random): string {
  const [a, b, c] = [pick(random, names), pick(random, names), pick(random, names)];
  return [
    "```ts",
    `function ${a}Of(${b}: number, items: readonly number[]): number {`,
    `  // Stops at the first one that is too large for the ${c}.`,
    `  let ${a} = ${number(random, 0, 99)};`,
    `  for (const item of items) {`,
    `    if (item > ${b} * ${number(random, 2, 9)}) break;`,
    `    ${a} += Math.max(0, item - ${b});`,
    "  }",
    `  return ${a};`,
    "}",
    "```",
  ].join("\n");
}

/** Of about that many UTF-16 code units, and not more; ends with a whole paragraph where one fits. */
export function ordinaryText(random: Random, units: number): string {
  const parts: string[] = [];
  for (let length = 0; length < units; ) {
    const part = random() < 0.12 ? code(random) : paragraph(random);
    parts.push(part);
    length += part.length + 2;
  }
  return parts.join("\n\n").slice(0, units);
}

/** What a rule of every-kind.yaml redacts, and a part of each that must not come through. */
export const planted: readonly { readonly text: string; readonly gone: string }[] = [
  { text: "write to anna.berg@mail.example.com today", gone: "anna.berg@mail" },
  { text: "call +1 415 555 2671 after six", gone: "555 2671" },
  { text: "the card is 4111 1111 1111 1111, ask first", gone: "4111 1111" },
  { text: `the key is AK${"IA"}Z7QK4XW2MPLD5TRV, turn it off`, gone: "Z7QK4XW2MPLD5TRV" },
  { text: "it belongs to project bluebird, as you know", gone: "project bluebird" },
  { text: "see TCK-482913 for the rest", gone: "TCK-482913" },
  { text: "the re\u200bport was ch\u200banged", gone: "\u200b" },
  { text: "![chart](https://pictures.example.com/c.png?d=1)", gone: "pictures.example.com" },
  {
    text: `it says ${Buffer.from("mail bo.lind@mail.example.com now").toString("base64")} there`,
    gone: "bGluZEBtYWls",
  },
];

const unitsBetweenFindings = 2048;

/** As `ordinaryText`, with each of `planted` in turn. */
export function textWithFindings(random: Random, units: number): string {
  let text = "";
  for (let n = 0; text.length < units; n++) {
    const { text: finding } = planted[n % planted.length] as (typeof planted)[number];
    text += `${paragraph(random).slice(0, 300)}\n\nBy the way, ${finding}. ${ordinaryText(random, unitsBetweenFindings - 400)}\n\n`;
  }
  return text.slice(0, units);
}
