// Makes pairs with one changed fact from supported replies, as JSON lines for `sallyport eval`:
//   node scripts/run.mjs scripts/groundedness-swaps.mjs OUT FILE...
// FILE: JSON lines, plain or gzip, with context, reply and label. Of each reply of label 0 that holds a number, a date, a name
// or a word with an opposite which its context holds too, a verb that can be denied, or two names of which one does something to
// the other: the reply as it is (label 0), and with one of them changed (label 1). The same rows each time.
import { createWriteStream, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const [out, ...files] = process.argv.slice(2);
if (out === undefined || files.length === 0) {
  console.error("usage: groundedness-swaps.mjs OUT FILE...");
  process.exit(2);
}

/** Numbers from a seed (xorshift), so that the rows do not depend on the day. */
let state = 20_261_121;
function below(limit) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}
const pick = (list) => list[below(list.length)];

const months = "January February March April June July August September October November December".split(" ");
const monthPattern = new RegExp(`\\b(?:${months.join("|")})\\b`, "g");
const people = ["Anna Verhoeven", "Tomas Lindqvist", "Priya Raman", "Joseph Okafor", "Elena Petrov", "Marcus Hale"];
const single = ["Lindqvist", "Okafor", "Norum", "Delmar", "Kestrel", "Haldane", "Brennick", "Tavora"];

/** Another number of the same form. */
function otherNumber(written) {
  const digits = [...written];
  const places = [...digits.keys()].filter((at) => /\d/.test(digits[at]));
  // The first two digits: a change further back may be a rounding.
  const at = places[below(Math.min(2, places.length))];
  const old = Number(digits[at]);
  digits[at] = String(at === places[0] ? 1 + ((old - 1 + 1 + below(8)) % 9) : (old + 1 + below(9)) % 10);
  return digits.join("");
}
const otherName = (written) => {
  const list = (written.includes(" ") ? people : single).filter((name) => name !== written);
  return pick(list);
};

const opposites = new Map(
  "increase/decrease increased/decreased increasing/decreasing rise/fall rose/fell more/less higher/lower before/after won/lost above/below include/exclude including/excluding early/late first/last largest/smallest best/worst allowed/forbidden accepted/rejected began/ended began/stopped male/female north/south east/west northern/southern eastern/western buy/sell bought/sold positive/negative public/private inside/outside major/minor always/never all/no many/few started/finished opened/closed older/younger longer/shorter success/failure"
    .split(" ")
    .flatMap((pair) => {
      const [a, b] = pair.split("/");
      return [
        [a, b],
        [b, a],
      ];
    }),
);
const oppositePattern = new RegExp(`\\b(?:${[...opposites.keys()].join("|")})\\b`, "g");

const changes = {
  opposite: { pattern: oppositePattern, change: (written) => opposites.get(written) },
  denial: {
    pattern: /\b(?:is|was|are|were|has|have|had|will|can|could|would|did|does|do)\b(?: not\b)?/g,
    change: (written) => (written.endsWith(" not") ? written.slice(0, -4) : `${written} not`),
  },
  number: { pattern: /(?<![\w.,:/-])\d+(?:[.,]\d+)*(?![\w:/-]|[.,]\d)/g, isDate: false, change: otherNumber },
  date: { pattern: /(?<![\w.,:/-])(?:1[5-9]|20)\d\d(?![\w:/-]|[.,]\d)/g, isDate: true, change: otherYear },
  month: { pattern: monthPattern, change: (written) => pick(months.filter((month) => month !== written)) },
  name: { pattern: /(?<=[\p{Ll}\d,] )\p{Lu}\p{Ll}{2,}(?: \p{Lu}\p{Ll}{2,})*/gu, change: otherName },
};
function otherYear(written) {
  const step = 1 + below(9);
  return String(Number(written) + (below(2) === 0 ? step : -step));
}
/** A, what A does, B: both names and the words between. What is said of both alike (and, with, married) has no direction. */
const doing = /\b\w+ed\b|\b(?:won|beat|bought|sold|wrote|led|gave|took|made|told|sent|left|lost|taught|shot|sued)\b/;
const alike = /\b(?:and|or|with|married|met|between|joined|merged|versus|vs)\b|[.;:!?]/;
/** Words of every day that begin a sentence. */
const small =
  /^(?:The|They|This|That|These|Those|All|Its|His|Her|Their|She|And|But|For|From|With|When|While|After|Before|During|Following|Both|Some|Many|Most|One|Two|Three|Each|Also|However|Although|There|Then|You|Our|Are|Was|Not|Who|What|Other|Another|Under|Over|Upon|Since|Due|Despite|Along)\b/;
function turnedRoles(reply, context) {
  const names = [
    ...reply.matchAll(
      /(?<![\p{L}\p{N}])\p{Lu}\p{Ll}{2,}(?: \p{Lu}\p{Ll}{2,})*(?![\p{L}\p{N}]| ?[-\u2013]|'| \p{Lu})/gu,
    ),
  ].filter(([name]) => context.includes(name) && !months.includes(name) && !small.test(name));
  for (const [index, first] of names.entries()) {
    const second = names[index + 1];
    if (second === undefined || first[0] === second[0]) continue;
    const end = first.index + first[0].length;
    const between = reply.slice(end, second.index);
    if (!doing.test(between) || alike.test(between) || between.split(" ").length > 8) continue;
    const rest = reply.slice(second.index + second[0].length);
    return reply.slice(0, first.index) + second[0] + between + first[0] + rest;
  }
  return null;
}
const isYear = (written) => /^(?:1[5-9]|20)\d\d$/.test(written);

const writer = createWriteStream(out);
const write = (row) => writer.write(`${JSON.stringify(row)}\n`);
for (const file of files) {
  const bytes = readFileSync(file);
  for (const line of (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString().split("\n")) {
    if (line.trim() === "") continue;
    const { id, context, reply, label } = JSON.parse(line);
    if (label !== 0) continue;
    for (const [kind, { pattern, change }] of Object.entries(changes)) {
      const found = [...reply.matchAll(pattern)].filter(
        ([written]) =>
          kind === "denial" ||
          (context.includes(written) &&
            isYear(written) === (kind === "date") &&
            !(kind === "name" && months.includes(written))),
      );
      if (found.length === 0) continue;
      const at = pick(found);
      const changed = reply.slice(0, at.index) + change(at[0]) + reply.slice(at.index + at[0].length);
      write({ id: `${id}-${kind}`, context, reply: changed, label: 1, source: kind });
      write({ id: `${id}-${kind}-as-it-was`, context, reply, label: 0, source: kind });
    }
    const turned = turnedRoles(reply, context);
    if (turned === null) continue;
    write({ id: `${id}-roles`, context, reply: turned, label: 1, source: "roles" });
    write({ id: `${id}-roles-as-it-was`, context, reply, label: 0, source: "roles" });
  }
}
writer.end();
