/**
 * Words that rule each other out: opposites (`rise`, `fall`), and sets of which a thing is one (weekdays, colours). Compared by
 * stem; a stem may stand in several.
 */
import { stemOf, type Token } from "../tokens.ts";

/** One side | the other. */
const opposites: readonly string[] = [
  "increase rise grow climb gain improve expand surge soar jump accelerate up upward higher raise raised boost growing widen | decrease fall drop decline shrink worsen contract plunge sink slow down downward lower lowered cut reduce falling narrow",
  "more greater larger bigger most maximum majority | less fewer smaller least minimum minority",
  "high tall | low short",
  "before earlier prior preceding previous formerly | after later following subsequent afterwards next",
  "win won victory winner beat defeated | lose lost defeat loser",
  "profit gain surplus | loss deficit",
  "allow permit legal lawful allowed permitted authorize enable approve approved accept accepted | forbid ban prohibit illegal unlawful forbidden banned prohibited prevent deny denied reject rejected refuse refused block",
  "start begin open launch opened began founded | end stop finish close cease ended closed stopped finished",
  "first initial | last final",
  "early | late",
  "include included including contain | exclude excluded excluding omit",
  "always invariably | never",
  "all every everyone everything entire whole | none nobody nothing",
  "many numerous several | few",
  "male man boy father husband brother son uncle king prince actor he his him men boys | female woman girl mother wife sister daughter aunt queen princess actress she her women girls",
  "positive optimistic favorable | negative pessimistic unfavorable",
  "success succeed successful | failure fail unsuccessful failed",
  "support favor agree endorse supported | oppose against disagree opposed",
  "buy purchase acquire bought | sell sold",
  "import | export",
  "inside indoor inner internal interior | outside outdoor outer external exterior",
  "left | right",
  "north northern | south southern",
  "east eastern | west western",
  "hot warm | cold cool",
  "old elder ancient oldest | young new modern youngest newest",
  "rich wealthy | poor",
  "strong | weak",
  "fast quick quickly rapid | slow slowly",
  "easy simple | difficult hard complex complicated",
  "safe | dangerous unsafe",
  "true correct right accurate | false wrong incorrect inaccurate",
  "good better best | bad worse worst",
  "public | private",
  "major main | minor",
  "common usual frequent often frequently | rare unusual infrequent seldom rarely",
  "present | absent",
  "arrive enter join | leave exit depart quit",
  "born birth | die died death",
  "alive living | dead",
  "married | divorced unmarried single",
  "happy glad | sad unhappy",
  "love like enjoy | hate dislike",
  "light bright | dark",
  "day | night",
  "full | empty",
  "wet | dry",
  "heavy | light",
  "wide broad | narrow",
  "deep | shallow",
  "long | short brief",
  "large big huge | small little tiny",
  "thick | thin",
  "near close | far distant",
  "top upper | bottom lower",
  "front | back rear",
  "asleep sleeping | awake",
  "guilty convicted | innocent acquitted",
  "active | inactive passive",
  "domestic national | foreign international",
  "urban city | rural",
  "permanent | temporary",
  "voluntary optional | mandatory compulsory required",
  "benefit advantage | disadvantage drawback harm",
  "safe effective effectively | ineffective",
  "raise hire | dismiss fire",
  "attack | defend",
  "ally friend | enemy",
  "teacher | student",
  "parent | child",
  "lend | borrow",
  "host | guest",
  "above over exceed exceeding | below under",
  "above-average | below-average",
  "on | off",
  "with | without",
  "for | against",
  "steigen zunehmen wachsen stieg mehr hoher | sinken abnehmen fallen sank weniger niedriger",
  "vor vorher | nach nachher",
  "erlaubt | verboten",
  "gewinnen gewann | verlieren verlor",
  "augmenter hausse plus | diminuer baisse moins",
  "avant | apres",
  "aumentar subir mas mayor | disminuir bajar menos menor",
  "antes | despues depois",
  "aumentare salire | diminuire scendere",
];

/** A thing is one of these. */
const kinds: readonly string[] = [
  "monday tuesday wednesday thursday friday saturday sunday",
  "montag dienstag mittwoch donnerstag freitag samstag sonntag",
  "lundi mardi mercredi jeudi vendredi samedi dimanche",
  "lunes martes miercoles jueves viernes sabado domingo",
  "january february march april june july august september october november december",
  "spring summer autumn winter",
  "red blue green yellow white black brown purple pink orange grey",
  "north south east west northwest northeast southwest southeast",
  "mercury venus mars jupiter saturn uranus neptune",
  "gold silver bronze platinum iron steel copper",
  "africa asia europe america australia antarctica",
  "daily weekly monthly quarterly annually yearly",
  "morning afternoon evening night",
  "piano guitar violin drums trumpet flute saxophone cello bass",
  "football soccer basketball baseball tennis hockey golf cricket rugby volleyball",
  "dog cat horse cow pig sheep chicken bird fish rabbit goat",
  "beer wine water coffee tea juice milk whiskey vodka",
  "apple banana orange grape lemon pear peach cherry mango strawberry",
  "carrot potato tomato onion cucumber cabbage lettuce celery spinach broccoli",
  "car truck bus bicycle motorcycle train boat ship plane helicopter",
  "bedroom kitchen bathroom garage classroom office garden basement",
  "single double triple quadruple",
  "novel poem play film song album painting sculpture",
  "president minister governor mayor senator king queen emperor",
  "father mother brother sister son daughter uncle aunt cousin grandfather grandmother nephew niece",
  "christian muslim jewish hindu buddhist catholic protestant",
  "republican democrat",
  "oxygen hydrogen nitrogen carbon helium",
];

const places = new Map<string, { readonly group: number; readonly side: number }[]>();
const put = (stem: string, group: number, side: number): void => {
  const known = places.get(stem);
  if (known === undefined) places.set(stem, [{ group, side }]);
  else known.push({ group, side });
};
for (const [group, line] of opposites.entries())
  for (const [side, list] of line.split(" | ").entries())
    for (const word of list.split(" ")) put(stemOf(word), group, side);
for (const [index, line] of kinds.entries())
  for (const [side, word] of line.split(" ").entries()) put(stemOf(word), opposites.length + index, side);

/** Taken in front of a word these turn it round. */
const prefixes: readonly string[] = ["un", "in", "im", "il", "ir", "dis", "non", "anti", "mis", "de", "over", "under"];

/** Whether two stems rule each other out. */
export function areOpposite(a: string, b: string): boolean {
  if (a === b) return false;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length >= 4 && long.endsWith(short) && prefixes.includes(long.slice(0, long.length - short.length)))
    return true;
  const others = places.get(b);
  if (others === undefined) return false;
  return (places.get(a) ?? []).some(({ group, side }) =>
    others.some((other) => other.group === group && other.side !== side),
  );
}

/** Whether two stems stand on the same side. */
export function areOneSide(a: string, b: string): boolean {
  const others = places.get(b);
  if (others === undefined) return false;
  return (places.get(a) ?? []).some(
    ({ group, side }) =>
      group < opposites.length && others.some((other) => other.group === group && other.side === side),
  );
}

/** Function words that tell a direction or an amount. */
const smallPoles: ReadonlySet<string> = new Set(
  "up down before after above below over under more less most least fewer few many all no none never always first last within outside".split(
    " ",
  ),
);

/** Whether the word has an opposite that says another thing of the world. "Up to", "more than one" and the like do not. */
export function isPole(tokens: readonly Token[], at: number): boolean {
  const { word, stem, isContent } = tokens[at] as Token;
  if (!places.has(stem) || (!isContent && !smallPoles.has(word))) return false;
  return !(word === "up" && tokens[at + 1]?.word === "to");
}

/** How two words lie: on one side, on two that rule each other out, or they have nothing in common. */
export function sideLikeness(a: string, b: string): "same" | "other" | "unlike" {
  if (a === b) return "same";
  const others = places.get(b);
  if (others === undefined) return "unlike";
  let isOther = false;
  for (const { group, side } of places.get(a) ?? none) {
    for (const other of others) {
      if (other.group !== group) continue;
      if (other.side === side) return "same";
      isOther = true;
    }
  }
  return isOther ? "other" : "unlike";
}
const none: readonly { readonly group: number; readonly side: number }[] = [];

/** Of a stem those that a prefix makes of it, or that it is made of: able, unable. */
export function turnedRound(stem: string): readonly string[] {
  const taken = denyingPrefixes.filter((prefix) => stem.startsWith(prefix) && stem.length - prefix.length >= 4);
  return [...taken.map((prefix) => stem.slice(prefix.length)), ...denyingPrefixes.map((prefix) => prefix + stem)];
}
const denyingPrefixes: readonly string[] = ["un", "in", "im", "il", "ir", "dis", "non"];
