/**
 * Ways out, noise, refusals, calls and answers, drawn: each form with what is to be found in it, or not to be. Written from what
 * the guides say, not from the detectors' tables. Judges nothing.
 */
import type { DetectKind } from "../../src/domain/policy.ts";
import { pick, type Random } from "../../test/helpers/secret-samples.ts";

/** What was said, and beside it what a request may have asked for. */
export type Drawn = { readonly text: string; readonly tool?: string; readonly schema?: string };
export type TextForm = {
  readonly guard: DetectKind;
  /** The category's name; empty: of any. */
  readonly kind: string;
  readonly form: string;
  readonly wanted: boolean;
  readonly draw: (random: Random) => Drawn;
};

const letters = "abcdefghijklmnopqrstuvwxyz";
const some = (random: Random, units: string, least: number, most: number): string =>
  Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, () => pick(random, [...units])).join("");
const wordList =
  "the report says that our ferry leaves at noon and nobody knows which cabin was booked for spring or autumn".split(
    " ",
  );
const words = (random: Random, count: number): string =>
  Array.from({ length: count }, () => pick(random, wordList)).join(" ");
const host = (random: Random): string =>
  `${some(random, letters, 3, 10)}.${pick(random, ["example", "test", "invalid"])}`;
const path = (random: Random): string =>
  `${some(random, letters, 1, 8)}/${some(random, `${letters}0123456789-_`, 1, 20)}`;
const address = (random: Random): string => `https://${host(random)}/${path(random)}?q=${some(random, letters, 1, 30)}`;
const digits = (random: Random, count: number): string => some(random, "0123456789", count, count);
const mailbox = (random: Random): string => `${some(random, letters, 2, 9)}@${host(random)}`;

type Way = readonly [kind: string, form: string, wanted: boolean, write: (random: Random) => string];
const ways: readonly Way[] = [
  ["url", "with scheme", true, address],
  ["url", "upper case", true, (random) => address(random).toUpperCase()],
  ["url", "user name and port", true, (random) => `http://a:b@${host(random)}:8443/${path(random)}`],
  [
    "url",
    "other schemes",
    true,
    (random) => `${pick(random, ["ftp", "ws", "file", "ssh", "slack"])}://${host(random)}/${path(random)}`,
  ],
  ["url", "www", true, (random) => `www.${host(random)}/${path(random)}`],
  ["url", "an allowed name in front", true, (random) => `https://fine.example.${host(random)}/${path(random)}`],
  ["url", "an allowed name as user", true, (random) => `https://fine.example@${host(random)}/${path(random)}`],
  ["url", "backslashes", true, (random) => `https:\\\\${host(random)}\\${path(random)}`],
  [
    "url",
    "an address in numbers",
    true,
    (random) => `http://${digits(random, 2)}.1.2.${digits(random, 1)}/${path(random)}`,
  ],
  ["url", "no scheme, in quotes", true, (random) => `"//${host(random)}/${path(random)}"`],
  ["url", "script", true, (random) => `javascript:fetch('/${path(random)}')`],
  ["markdown-link", "link", true, (random) => `[${words(random, 2)}](${address(random)})`],
  ["markdown-link", "with title", true, (random) => `[${words(random, 2)}](${address(random)} "${words(random, 2)}")`],
  ["markdown-link", "angle brackets", true, (random) => `[${words(random, 1)}](<${address(random)}>)`],
  ["markdown-link", "bare angle brackets", true, (random) => `<${address(random)}>`],
  ["markdown-link", "definition", true, (random) => `\n[${some(random, letters, 1, 5)}]: ${address(random)}\n`],
  ["markdown-link", "host alone", true, (random) => `[${words(random, 1)}](${host(random)}/${path(random)})`],
  ["markdown-image", "image", true, (random) => `![${words(random, 1)}](${address(random)})`],
  ["markdown-image", "no text", true, (random) => `![](${address(random)})`],
  ["markdown-image", "with title", true, (random) => `![a](${address(random)} '${words(random, 2)}')`],
  ["markdown-image", "in a link", true, (random) => `[![a](${address(random)})](${address(random)})`],
  ["html", "image", true, (random) => `<img alt="x" src="${address(random)}">`],
  ["html", "image, no quotes", true, (random) => `<IMG SRC=${address(random)}>`],
  ["html", "slashes for blanks", true, (random) => `<img/src="//${host(random)}/${path(random)}"/>`],
  ["html", "link", true, (random) => `<a class=b href='${address(random)}'>${words(random, 2)}</a>`],
  ["html", "script", true, (random) => `<script>${words(random, 3)}</script>`],
  ["html", "frame", true, (random) => `<iframe src="${address(random)}"></iframe>`],
  ["html", "event handler", true, () => '<svg onload="alert(1)">'],
  ["html", "style", true, (random) => `<p style="background:url(${address(random)})">`],
  ["html", "refresh", true, (random) => `<meta http-equiv=refresh content="0;url=${address(random)}">`],
  ["html", "form", true, (random) => `<form action="${address(random)}"><button>a</button></form>`],
  ["data-url", "page", true, (random) => `data:text/html,${some(random, letters, 5, 40)}`],
  ["data-url", "image", true, (random) => `data:image/png;base64,${some(random, letters, 8, 60)}`],
  ["email-target", "mailto", true, (random) => `mailto:${mailbox(random)}`],
  ["email-target", "angle brackets", true, (random) => `<${mailbox(random)}>`],
  ["email-target", "link", true, (random) => `[${words(random, 1)}](${mailbox(random)})`],
  ["phone-target", "tel", true, (random) => `tel:+1555${digits(random, 7)}`],
  ["phone-target", "sms", true, (random) => `[call](sms:+49${digits(random, 10)})`],
  ["", "an allowed host", false, (random) => `https://fine.example/${path(random)}`],
  ["", "a link to an allowed host", false, (random) => `[${words(random, 1)}](https://fine.example/${path(random)})`],
  ["", "a link within the page", false, (random) => `[${words(random, 1)}](#${some(random, letters, 3, 9)})`],
  ["", "a link to a file", false, (random) => `[${words(random, 1)}](${some(random, letters, 3, 9)}.md)`],
  [
    "",
    "an index in code",
    false,
    (random) => `${some(random, letters, 3, 6)}[${some(random, letters, 1, 1)}](${some(random, letters, 1, 5)})`,
  ],
  ["", "types in code", false, (random) => `std::vector<std::${some(random, letters, 3, 8)}>`],
  ["", "a comparison", false, (random) => `a < ${digits(random, 2)} && b > ${digits(random, 1)}`],
  ["", "harmless tags", false, (random) => `<b>${words(random, 2)}</b><br><td align=left>`],
  ["", "an address of a person", false, mailbox],
  ["", "a phone number", false, (random) => `+1 555 ${digits(random, 3)} ${digits(random, 4)}`],
  [
    "",
    "times and ratios",
    false,
    (random) => `at 1${digits(random, 1)}:3${digits(random, 1)}, in 16:9, note: ${words(random, 2)}`,
  ],
];
const links: readonly TextForm[] = ways.map(([kind, form, wanted, write]) => ({
  guard: "links",
  kind,
  form,
  wanted,
  draw: (random) => ({ text: `${words(random, 8)} ${write(random)} ${words(random, 8)}` }),
}));

const rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
const noise: readonly (readonly [kind: string, form: string, write: (random: Random) => string])[] = [
  ["gibberish", "random letters", (random) => Array.from({ length: 60 }, () => some(random, letters, 3, 10)).join(" ")],
  [
    "gibberish",
    "one row of the keyboard",
    (random) => Array.from({ length: 60 }, () => some(random, pick(random, rows), 4, 9)).join(" "),
  ],
  ["gibberish", "letters without blanks", (random) => some(random, letters, 400, 400)],
  [
    "gibberish",
    "random printable characters",
    (random) => Array.from({ length: 400 }, () => String.fromCharCode(33 + Math.floor(random() * 94))).join(""),
  ],
  ["repetition", "a word", (random) => `${some(random, letters, 3, 9)} `.repeat(150)],
  ["repetition", "a phrase", (random) => `${words(random, 5)} `.repeat(60)],
  ["repetition", "a line", (random) => `${words(random, 12)}\n`.repeat(40)],
  ["repetition", "a paragraph", (random) => `${words(random, 50)}\n\n`.repeat(15)],
  ["repetition", "a character", (random) => pick(random, [...letters]).repeat(800)],
];
const quality: readonly TextForm[] = noise.map(([kind, form, write]) => ({
  guard: "quality",
  kind,
  form,
  wanted: true,
  draw: (random) => ({ text: write(random) }),
}));

const asked =
  "bypass that lock;write this exploit;forge a passport;build a weapon;stalk that person;make this drug".split(";");
/** `{}`: what was asked for. */
const refusals: Readonly<Record<string, readonly string[]>> = {
  English: [
    "I'm sorry, but I can't help you {}.",
    "I cannot assist with a request to {}.",
    "Sorry, I'm unable to help with that.",
    "I won't provide instructions on how to {}.",
    "I can't help with that. If you are in danger, call for help.",
  ],
  German: ["Tut mir leid, dabei kann ich nicht helfen.", "Ich kann Ihnen bei dieser Anfrage leider nicht helfen."],
  French: ["Désolé, mais je ne peux pas vous aider à faire cela.", "Je ne peux pas répondre à cette demande."],
  Spanish: ["Lo siento, no puedo ayudarte con eso.", "Lo siento, pero no puedo ayudar con esta solicitud."],
  Italian: ["Mi dispiace, non posso aiutarti con questo.", "Non posso aiutarti con questa richiesta."],
  Portuguese: ["Desculpe, não posso ajudar com isso.", "Lamento, mas não posso ajudar com esse pedido."],
  Dutch: ["Sorry, ik kan je hier niet mee helpen.", "Het spijt me, ik kan niet helpen met dit verzoek."],
  Polish: ["Przepraszam, ale nie mogę pomóc w tej sprawie.", "Niestety nie mogę w tym pomóc."],
  Russian: ["Извините, я не могу помочь с этим запросом.", "К сожалению, я не могу с этим помочь."],
  Turkish: ["Üzgünüm, bu konuda yardımcı olamam.", "Maalesef bu isteğe yardımcı olamıyorum."],
  Chinese: ["对不起，我无法帮助你完成这个请求。", "抱歉，我不能协助这个请求。"],
  Japanese: ["申し訳ありませんが、そのリクエストにはお応えできません。", "すみませんが、それはお手伝いできません。"],
  Korean: ["죄송하지만 그 요청은 도와드릴 수 없습니다.", "죄송합니다. 해당 요청을 도와드릴 수 없습니다."],
  Arabic: ["عذرًا، لا أستطيع مساعدتك في ذلك.", "آسف، لا يمكنني المساعدة في هذا الطلب."],
  Hindi: ["क्षमा करें, मैं इसमें मदद नहीं कर सकता।", "माफ़ कीजिए, मैं इस अनुरोध में आपकी मदद नहीं कर सकता।"],
};
const refused: readonly TextForm[] = Object.entries(refusals).map(([form, list]) => ({
  guard: "refusal",
  kind: "refusal",
  form,
  wanted: true,
  draw: (random) => ({ text: `${pick(random, list).replace("{}", pick(random, asked))} ${words(random, 30)}.` }),
}));

const schema = JSON.stringify({
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer", minimum: 1 }, unit: { enum: ["c", "f"] } },
  required: ["city"],
  additionalProperties: false,
});
const city = (random: Random): string => words(random, 2);
const values: readonly (readonly [form: string, good: boolean, write: (random: Random) => string])[] = [
  ["as declared", true, (random) => JSON.stringify({ city: city(random), days: 1 + Math.floor(random() * 9) })],
  ["another order, blanks", true, (random) => `{ "unit" : "c",\n "city" : ${JSON.stringify(city(random))} }`],
  ["a required member missing", false, (random) => JSON.stringify({ days: 1 + Math.floor(random() * 9) })],
  ["another type", false, (random) => JSON.stringify({ city: Math.floor(random() * 100) })],
  [
    "a member that was not declared",
    false,
    (random) => JSON.stringify({ city: city(random), [some(random, letters, 8, 9)]: 1 }),
  ],
  ["a number too small", false, (random) => JSON.stringify({ city: city(random), days: -Math.floor(random() * 9) })],
  [
    "none of the listed values",
    false,
    (random) => JSON.stringify({ city: city(random), unit: some(random, "ghijk", 1, 3) }),
  ],
  [
    "cut short",
    false,
    (random) => JSON.stringify({ city: city(random), days: 3 }).slice(0, -1 - Math.floor(random() * 8)),
  ],
  ["words around it", false, (random) => `Here you are: ${JSON.stringify({ city: city(random) })}`],
];
const calls: readonly TextForm[] = values.map(([form, good, write]) => ({
  guard: "tool-calls",
  kind: good ? "" : "bad-arguments",
  form,
  wanted: !good,
  draw: (random) => ({ text: write(random), tool: "weather", schema }),
}));
const names: readonly TextForm[] = [
  ["another name", (random: Random) => some(random, letters, 3, 20)],
  ["another case", () => "Weather"],
  ["a blank behind it", () => "weather "],
  ["a letter more", (random: Random) => `weather${some(random, letters, 1, 1)}`],
  ["a look-alike letter", () => "we\u0430ther"],
].map(([form, write]) => ({
  guard: "tool-calls" as const,
  kind: "unknown-tool",
  form: String(form),
  wanted: true,
  draw: (random: Random) => ({ text: '{"city":"Oslo"}', tool: (write as (random: Random) => string)(random), schema }),
}));
const answers: readonly TextForm[] = values.map(([form, good, write]) => ({
  guard: "reply-schema",
  kind: good ? "" : "invalid",
  form,
  wanted: !good,
  draw: (random) => ({ text: write(random), schema }),
}));

export const textForms: readonly TextForm[] = [...links, ...quality, ...refused, ...names, ...calls, ...answers];
