// Claims in which every word is the evidence's own but one thing is turned: a number that the evidence has for something else, the
// number of a tier or a season, an opposite, a denial, who did it to whom.

export const turnedKinds = ["other's number", "label", "opposite", "denial", "roles"] as const;
export type TurnedKind = (typeof turnedKinds)[number];
export type TurnedPair = {
  readonly kind: TurnedKind;
  readonly evidence: string;
  readonly right: string;
  readonly wrong: string;
};

/** `{a}`, `{b}`: two numbers; `{P}`, `{Q}`: two names; `{T}`: a place. */
type Family = TurnedPair;
const families: readonly Family[] = [
  {
    kind: "other's number",
    evidence: "The mill of {T} sold {a} tons of flour. It sold {b} tons of bran in the same month.",
    right: "The mill of {T} sold {a} tons of flour.",
    wrong: "The mill of {T} sold {b} tons of flour.",
  },
  {
    kind: "other's number",
    evidence: "Ticket sales at {T} rose {a} percent. The costs of the orchestra rose {b} percent.",
    right: "Ticket sales at {T} rose {a} percent.",
    wrong: "Ticket sales at {T} rose {b} percent.",
  },
  {
    kind: "other's number",
    evidence:
      "Das Werk in {T} besch\u00e4ftigt {a} Arbeiter. Die Verwaltung des Werks besch\u00e4ftigt {b} Angestellte.",
    right: "Das Werk in {T} besch\u00e4ftigt {a} Arbeiter.",
    wrong: "Das Werk in {T} besch\u00e4ftigt {b} Arbeiter.",
  },
  {
    kind: "label",
    evidence: "The ferry to {T} leaves from platform 4. Passengers of tier 2 may board first.",
    right: "The ferry to {T} leaves from platform 4.",
    wrong: "The ferry to {T} leaves from platform 7.",
  },
  {
    kind: "label",
    evidence:
      "The tier 1 capital ratio of the bank of {T} was {a} percent in the spring. It was {b} percent a year before.",
    right: "The tier 1 capital ratio of the bank of {T} was {a} percent.",
    wrong: "The tier 3 capital ratio of the bank of {T} was {a} percent.",
  },
  {
    kind: "opposite",
    evidence: "Rents in {T} increased by {a} percent last year. The council blames the lack of new flats.",
    right: "Rents in {T} increased by {a} percent.",
    wrong: "Rents in {T} decreased by {a} percent.",
  },
  {
    kind: "opposite",
    evidence: "The court of {T} found the driver guilty in the spring. {P} had watched the trial.",
    right: "The court of {T} found the driver guilty.",
    wrong: "The court of {T} found the driver innocent.",
  },
  {
    kind: "opposite",
    evidence: "The museum of {T} opened its northern wing to the public. {P} paid for it.",
    right: "The museum of {T} opened its northern wing.",
    wrong: "The museum of {T} closed its northern wing.",
  },
  {
    kind: "opposite",
    evidence: "The net debt of {T} fell below {a} million. {P} said so in a letter.",
    right: "The net debt of {T} fell below {a} million.",
    wrong: "The net debt of {T} fell above {a} million.",
  },
  {
    kind: "denial",
    evidence: "The council of {T} approved the second pier. Work begins in May.",
    right: "The council of {T} approved the second pier.",
    wrong: "The council of {T} did not approve the second pier.",
  },
  {
    kind: "denial",
    evidence: "{P} never visited the school of {T}. The teachers were sorry about it.",
    right: "{P} never visited the school of {T}.",
    wrong: "{P} visited the school of {T}.",
  },
  {
    kind: "denial",
    evidence: "{P} turned down offers to work for the theatre of {T}.",
    right: "{P} turned down offers to work for the theatre of {T}.",
    wrong: "{P} accepted offers to work for the theatre of {T}.",
  },
  {
    kind: "roles",
    evidence: "{P} sued {Q} over the house in {T}. The judge heard both in the spring.",
    right: "{P} sued {Q} over the house in {T}.",
    wrong: "{Q} sued {P} over the house in {T}.",
  },
  {
    kind: "roles",
    evidence: "In {T} the firm of {P} was bought by {Q} for {a} million.",
    right: "The firm of {P} was bought by {Q}.",
    wrong: "The firm of {Q} was bought by {P}.",
  },
  {
    kind: "roles",
    evidence: "{P} defeated {Q} in the final at {T}. It was a long match.",
    right: "{Q} was defeated by {P} in the final at {T}.",
    wrong: "{P} was defeated by {Q} in the final at {T}.",
  },
];

const people = ["Verhoeven", "Lindqvist", "Raman", "Okafor", "Petrova", "Hale", "Duarte", "Sandoval"];
const places = ["Delmar", "Norum", "Tavora", "Brennick", "Haldane", "Osterby", "Vallonia"];

export function turnedPairs(rounds: number): readonly TurnedPair[] {
  const pairs: TurnedPair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const values: Readonly<Record<string, string>> = {
      a: String(14 + ((round * 7) % 40)),
      b: String(61 + ((round * 11) % 35)),
      P: people[round % people.length] as string,
      Q: people[(round * 3 + 1) % people.length] as string,
      T: places[round % places.length] as string,
    };
    if (values["P"] === values["Q"]) continue;
    const filled = (text: string): string => text.replace(/\{(.)\}/g, (_, slot: string) => values[slot] ?? "");
    for (const { kind, evidence, right, wrong } of families)
      pairs.push({ kind, evidence: filled(evidence), right: filled(right), wrong: filled(wrong) });
  }
  return pairs;
}
