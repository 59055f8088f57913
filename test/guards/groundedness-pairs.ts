// Claims with what bears them out, made from templates in four languages, and the same with one number, date or name changed.

export type ChangeKind = "number" | "date" | "name";
export type Pair = {
  readonly kind: ChangeKind;
  readonly language: string;
  readonly evidence: string;
  readonly right: string;
  readonly wrong: string;
};

/** The same numbers each time (xorshift). */
function drawing(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

const people = [
  "Anna Verhoeven",
  "Tomas Lindqvist",
  "Priya Raman",
  "Joseph Okafor",
  "Elena Petrova",
  "Marcus Hale",
  "Ines Duarte",
];
const places = ["Delmar", "Norum", "Tavora", "Brennick", "Haldane", "Kestrel Bay", "Osterby", "Vallonia"];
const months = {
  en: "January February March April May June July August September October November December",
  de: "Januar Februar M\u00e4rz April Mai Juni Juli August September Oktober November Dezember",
  fr: "janvier f\u00e9vrier mars avril mai juin juillet ao\u00fbt septembre octobre novembre d\u00e9cembre",
  es: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
} as const;
type Language = keyof typeof months;

/** `{p}` a person, `{l}` a place, `{n}` a large number, `{y}` a year, `{d}` a day with its month and year, `{%}` a share. */
type Template = { readonly language: Language; readonly evidence: string; readonly claims: readonly string[] };
const templates: readonly Template[] = [
  {
    language: "en",
    evidence:
      "The library of {l} was designed by the architect {p} and opened on {d}. It lends {n} books a year, {%} percent of them to children. An annex followed in {y}. The council of the town pays for it.",
    claims: [
      "The library of {l} was designed by {p}.",
      "It opened on {d}.",
      "The library lends about {n} books each year.",
      "{%}% of the books go to children.",
      "An annex was added in {y}.",
    ],
  },
  {
    language: "en",
    evidence:
      "In {y} the company {l} Freight reported revenue of ${n} million, up {%} percent from the year before. Its head, {p}, left on {d}. Two of its ships were sold.",
    claims: [
      "{l} Freight had revenue of ${n} million in {y}.",
      "Revenue rose by {%} percent.",
      "{p} left the company on {d}.",
      "The company sold two of its ships in {y}.",
    ],
  },
  {
    language: "en",
    evidence:
      "A trial with {n} patients ran until {d} at the hospital of {l}. The drug helped {%} % of them. The results were published by {p} and others in {y}.",
    claims: [
      "{n} patients took part in the trial at the hospital of {l}.",
      "The trial ended on {d}.",
      "{%} percent of the patients were helped by the drug.",
      "{p} and others published the results in {y}.",
    ],
  },
  {
    language: "de",
    evidence:
      "Die Br\u00fccke von {l} wurde am {d} er\u00f6ffnet. Sie ist {n} Meter lang und wurde von {p} entworfen. {%} Prozent der Kosten trug die Stadt.",
    claims: [
      "Die Br\u00fccke wurde am {d} er\u00f6ffnet.",
      "Die Br\u00fccke von {l} ist {n} Meter lang.",
      "Die Stadt trug {%} Prozent der Kosten.",
    ],
  },
  {
    language: "fr",
    evidence:
      "Le mus\u00e9e de {l} a \u00e9t\u00e9 fond\u00e9 par {p} le {d}. Il a re\u00e7u {n} visiteurs en {y}, soit {%} pour cent de plus que pr\u00e9vu.",
    claims: [
      "Le mus\u00e9e de {l} a \u00e9t\u00e9 fond\u00e9 par {p}.",
      "Le mus\u00e9e a re\u00e7u {n} visiteurs en {y}.",
      "Il a \u00e9t\u00e9 fond\u00e9 le {d}.",
    ],
  },
  {
    language: "es",
    evidence:
      "La f\u00e1brica de {l} fue abierta el {d} por {p}. Produce {n} toneladas al a\u00f1o y emplea al {%} por ciento de la ciudad.",
    claims: [
      "La f\u00e1brica de {l} fue abierta por {p}.",
      "La f\u00e1brica produce {n} toneladas al a\u00f1o.",
      "Fue abierta el {d}.",
    ],
  },
];

const kinds: Readonly<Record<string, ChangeKind>> = {
  p: "name",
  l: "name",
  n: "number",
  "%": "number",
  y: "date",
  d: "date",
};

export function madePairs(rounds: number): readonly Pair[] {
  const draw = drawing(20_261_121);
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)] as T;
  const other = (make: () => string, not: string): string => {
    for (;;) {
      const made = make();
      if (made !== not) return made;
    }
  };
  const makers = (language: Language): Readonly<Record<string, () => string>> => ({
    p: () => pick(people),
    l: () => pick(places),
    n: () => writtenNumber(130 + draw(9_000), language),
    "%": () => String(13 + draw(80)),
    y: () => String(1_901 + draw(120)),
    d: () => writtenDay(1 + draw(28), draw(12), 1_901 + draw(120), language),
  });
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const { language, evidence, claims } of templates) {
      const make = makers(language);
      const values = Object.fromEntries(Object.entries(make).map(([slot, maker]) => [slot, maker()]));
      for (const claim of claims) {
        const slots = [...claim.matchAll(/\{(.)\}/g)].map(([, slot = ""]) => slot);
        const right = filled(claim, values);
        const told = filled(evidence, values);
        for (const slot of slots) {
          const changed = { ...values, [slot]: other(make[slot] as () => string, values[slot] as string) };
          if (nearNumber(slot, changed[slot], values[slot])) continue;
          pairs.push({
            kind: kinds[slot] as ChangeKind,
            language,
            evidence: told,
            right,
            wrong: filled(claim, changed),
          });
        }
      }
    }
  }
  return pairs;
}

/** "About" may be a little off. */
function nearNumber(slot: string, a = "", b = ""): boolean {
  if (slot !== "n") return false;
  const [x, y] = [a, b].map((it) => Number(it.replace(/\D/g, ""))) as [number, number];
  return Math.abs(x - y) / Math.max(x, y) < 0.1;
}

const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(.)\}/g, (_, slot: string) => values[slot] ?? "");

const separators: Readonly<Record<Language, string>> = { en: ",", de: ".", fr: "\u202f", es: "." };
const writtenNumber = (value: number, language: Language): string =>
  value < 1_000
    ? String(value)
    : `${Math.floor(value / 1_000)}${separators[language]}${String(value % 1_000).padStart(3, "0")}`;

function writtenDay(day: number, month: number, year: number, language: Language): string {
  const name = months[language].split(" ")[month] ?? "";
  if (language === "de") return `${day}. ${name} ${year}`;
  return language === "es" ? `${day} de ${name} de ${year}` : `${day} ${name} ${year}`;
}
