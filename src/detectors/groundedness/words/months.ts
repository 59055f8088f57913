/** Names of months in several languages, folded as tokens are: 1 to 12. */
const lists = [
  "january jan januar janvier enero gennaio janeiro januari",
  "february feb februar fevrier febrero febbraio fevereiro februari",
  "march mar marz mars marzo marco maart",
  "april apr avril abril aprile",
  "may mai mayo maggio maio mei",
  "june jun juni juin junio giugno junho",
  "july jul juli juillet julio luglio julho",
  "august aug aout agosto augustus",
  "september sep sept septembre septiembre settembre setembro",
  "october oct okt oktober octobre octubre ottobre outubro",
  "november nov novembre noviembre novembro",
  "december dec dez dezember decembre diciembre dicembre dezembro",
];
const months: ReadonlyMap<string, number> = new Map(
  lists.flatMap((list, index) => list.split(" ").map((name): [string, number] => [name, index + 1])),
);

export const monthOf = (word: string): number | null => months.get(word) ?? null;

/** Words of everyday speech too, unless a number or a year stands beside them. */
export const isDoubtfulMonth = (word: string): boolean =>
  /^(?:may|march|mars|mar|mai|mei|jan|sept?|dec|marco|august)$/.test(word);
