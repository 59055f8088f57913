/** Units of measure: what each measures and how much of the base unit it is. Folded as tokens are. */

/** `measures`: values compare only where it is the same. `factor`: to its base unit; a temperature has its own way. */
export type Unit = { readonly measures: string; readonly factor: number; readonly offset: number };

const units = new Map<string, Unit>();
const add = (measures: string, factor: number, names: string, offset = 0): void => {
  for (const name of names.split(" ")) units.set(name, { measures, factor, offset });
};

add("length", 1000, "km kms kilometre kilometres kilometer kilometers kilometros chilometri quilometros");
add("length", 1, "metre metres meter meters metern metros metri");
add("length", 0.01, "cm centimetre centimetres centimeter centimeters");
add("length", 0.001, "mm millimetre millimetres millimeter millimeters");
add("length", 1609.344, "mi mile miles meile meilen");
add("length", 0.3048, "ft foot feet");
add("length", 0.0254, "inch inches");
add("length", 0.9144, "yd yard yards");
add("mass", 1000, "kg kgs kilo kilos kilogram kilograms kilogramme kilogramm");
add("mass", 1, "gram grams gramm grammes");
add("mass", 0.001, "mg milligram milligrams");
add("mass", 1e-6, "mcg microgram micrograms");
add("mass", 1e6, "ton tons tonne tonnes tonnen");
add("mass", 453.592, "lb lbs");
add("mass", 28.3495, "oz ounce ounces");
add("time", 1, "sec secs second seconds sekunde sekunden secondes segundos secondi");
add("time", 0.001, "ms millisecond milliseconds");
add("time", 60, "min mins minute minutes minuten minutos minuti");
add("time", 3600, "hr hrs hour hours stunde stunden heures horas ore uur");
add("time", 86_400, "day days tag tage tagen jours dias giorni dagen");
add("time", 604_800, "week weeks woche wochen semaines semanas settimane weken");
add("time", 2_629_800, "month months monat monate monaten mois meses mesi maanden");
add("time", 31_557_600, "year years jahr jahre jahren ans annees anos anni jaar");
add("time", 315_576_000, "decade decades jahrzehnt jahrzehnte");
add("time", 3_155_760_000, "century centuries jahrhundert siecle siglo secolo");
add("temperature", 1, "celsius centigrade c");
add("temperature", 5 / 9, "fahrenheit f", -32);
add("area", 10_000, "hectare hectares ha hektar");
add("area", 4046.856, "acre acres");
add("volume", 1, "litre litres liter liters litros litri l");
add("volume", 0.001, "ml millilitre millilitres milliliter milliliters");
add("volume", 3.78541, "gallon gallons");
add("data", 1, "bytes");
add("data", 1e3, "kb kilobytes");
add("data", 1e6, "mb megabyte megabytes");
add("data", 1e9, "gb gigabyte gigabytes");
add("data", 1e12, "tb terabyte terabytes");
add("power", 1, "w watt watts");
add("power", 1e3, "kw kilowatt kilowatts");
add("power", 1e6, "mw megawatt megawatts");
add("power", 1e9, "gw gigawatt gigawatts");
add("energy", 1, "kwh");
add("energy", 1e3, "mwh");
add("speed", 1, "kmh kph");
add("speed", 1.609344, "mph");
add("percent", 1, "% percent pct prozent procent percento porciento");
add("percent", 0.01, "bps");
for (const [measures, names] of [
  ["usd", "$ usd dollar dollars"],
  ["eur", "\u20ac eur euro euros"],
  ["gbp", "\u00a3 gbp"],
  ["jpy", "\u00a5 jpy yen yuan cny rmb"],
  ["inr", "\u20b9 inr rupee rupees"],
  ["chf", "chf francs franken"],
] as const)
  add(measures, 1, names);
add("usd", 0.01, "cents cent");

export const unitOf = (word: string): Unit | null => units.get(word) ?? null;
export const isCurrencySign = (mark: string): boolean => /^[$\u20ac\u00a3\u00a5\u20b9]$/.test(mark);
