/** Numbers written as words, folded as tokens are: what each is worth, and how it joins with its neighbours. */

/** `small` adds up; `scale` multiplies what stands before it; `ordinal` says a place in an order. */
export type NumberWord = { readonly kind: "small" | "scale" | "ordinal"; readonly value: number };

const words = new Map<string, NumberWord>();
const add = (kind: NumberWord["kind"], from: number, step: number, list: string): void => {
  for (const [index, alike] of list.split(" ").entries())
    for (const word of alike.split("/")) words.set(word, { kind, value: from + index * step });
};

add(
  "small",
  2,
  1,
  "two/zwei/deux/dos/due/dois/duas/twee/tva three/drei/trois/tres/tre/drie four/vier/quatre/cuatro/quattro/quatro/fyra five/funf/cinq/cinco/cinque/vijf/fem six/sechs/seis/sei/zes/sex seven/sieben/sept/siete/sette/sete/zeven/sju eight/acht/huit/ocho/otto/oito/atta nine/neun/neuf/nueve/nove/negen/nio ten/zehn/dix/diez/dieci/dez/tien/tio eleven/elf/onze/once/undici/elva twelve/zwolf/douze/doce/dodici/doze/twaalf/tolv",
);
add(
  "small",
  13,
  1,
  "thirteen/dreizehn/treize/trece/tredici/treze/dertien fourteen/vierzehn/quatorze/catorce/quattordici/veertien fifteen/funfzehn/quinze/quince/quindici/vijftien sixteen/sechzehn/seize/dieciseis/sedici/zestien seventeen/siebzehn/diecisiete/diciassette/zeventien eighteen/achtzehn/dieciocho/diciotto/achttien nineteen/neunzehn/diecinueve/diciannove/negentien",
);
add(
  "small",
  20,
  10,
  "twenty/zwanzig/vingt/veinte/venti/vinte/twintig thirty/dreissig/dreizig/trente/treinta/trenta/trinta/dertig forty/vierzig/quarante/cuarenta/quaranta/quarenta/veertig fifty/funfzig/cinquante/cincuenta/cinquanta/cinquenta/vijftig sixty/sechzig/soixante/sesenta/sessanta/sessenta/zestig seventy/siebzig/septante/setenta/settanta/zeventig eighty/achtzig/huitante/ochenta/ottanta/oitenta/tachtig ninety/neunzig/nonante/noventa/novanta/negentig",
);
add(
  "ordinal",
  1,
  1,
  "first/erste/ersten/erster/premier/premiere/primer/primera/primo/prima/eerste second/zweite/zweiten/deuxieme/segundo/segunda/secondo/tweede third/dritte/dritten/troisieme/tercero/tercera/terzo/derde fourth/vierte/quatrieme/cuarto/quarto/vierde fifth/funfte/cinquieme/quinto/vijfde sixth/sechste/sixieme/sexto/sesto seventh/siebte/septieme/septimo eighth/achte/huitieme/octavo ninth/neunte/neuvieme/noveno tenth/zehnte/dixieme/decimo eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
);
for (const [value, alike] of [
  [12, "dozen"],
  [100, "hundred hundreds hundert cent ciento cento honderd"],
  [1e3, "thousand thousands tausend mille mil mila duizend k"],
  [1e6, "million millions millionen mio millon millones milione milioni milhao milhoes miljoen mn mln m"],
  [1e9, "billion billions milliarde milliarden milliard milliards miliardo miliardi bilhao bilhoes miljard mrd bn b"],
  [1e12, "trillion trillions tn"],
] as const)
  for (const word of alike.split(" ")) words.set(word, { kind: "scale", value });
for (const [word, value] of [
  ["zero", 0],
  ["twice", 2],
  ["double", 2],
  ["doubled", 2],
  ["thrice", 3],
  ["triple", 3],
  ["tripled", 3],
] as const)
  words.set(word, { kind: "small", value });

// German and Dutch write the unit before the ten, in one word.
const units = "ein zwei drei vier funf sechs sieben acht neun".split(" ");
const tens = "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig".split(" ");
for (const [unit, name] of units.entries())
  for (const [ten, ending] of tens.entries())
    words.set(`${name}und${ending}`, { kind: "small", value: unit + 1 + (ten + 2) * 10 });

export const numberWord = (word: string): NumberWord | null => words.get(word) ?? null;

/** Parts of one: `two thirds`, `a quarter`. */
const parts: ReadonlyMap<string, number> = new Map([
  ["half", 0.5],
  ["halve", 0.5],
  ["halved", 0.5],
  ["halfte", 0.5],
  ["moitie", 0.5],
  ["mitad", 0.5],
  ["meta", 0.5],
  ["metade", 0.5],
  ["helft", 0.5],
  ["third", 1 / 3],
  ["thirds", 1 / 3],
  ["drittel", 1 / 3],
  ["tiers", 1 / 3],
  ["tercio", 1 / 3],
  ["tercios", 1 / 3],
  ["quarter", 0.25],
  ["quarters", 0.25],
  ["viertel", 0.25],
  ["quart", 0.25],
  ["fifth", 0.2],
  ["fifths", 0.2],
  ["tenth", 0.1],
  ["tenths", 0.1],
]);
export const partWord = (word: string): number | null => parts.get(word) ?? null;

/** Said of a number that is not meant to the last digit. */
const about: ReadonlySet<string> = new Set(
  "about around approximately approx roughly nearly almost circa ca some estimated close etwa rund ungefahr fast knapp environ pres presque casi aproximadamente unos cerca quasi ongeveer bijna ruim".split(
    " ",
  ),
);
/** The number is the least that it can be, or the most. */
const least: ReadonlySet<string> = new Set(
  "over more least above exceeding exceeded exceeds beyond mehr uber mindestens plus mas oltre meer".split(" "),
);
const most: ReadonlySet<string> = new Set(
  "under less most fewer below up weniger unter hochstens moins menos meno minder".split(" "),
);

export type Looseness = "about" | "least" | "most";
export const loosenessOf = (word: string): Looseness | null =>
  about.has(word) ? "about" : least.has(word) ? "least" : most.has(word) ? "most" : null;
