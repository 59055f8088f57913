/**
 * Benign text in many languages and scripts, with the marks that they need: what Node's own tables say of places, languages,
 * dates, lists and numbers, and the messages of a package in its many languages. Owns no detector.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BenignSet, BenignText } from "./benign.ts";

const locales = (
  "af am ar as az be bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu ha he hi hr hu hy id ig is it ja jv ka " +
  "kk km kn ko ky lo lt lv mk ml mn mr ms my ne nl no or pa pl ps pt ro ru sd si sk sl so sq sr sv sw ta te th tk tr uk ur " +
  "uz vi yo zh zh-Hant zu"
).split(" ");

const regions = (
  "AD AE AF AR AT AU BA BD BE BG BR CA CH CL CN CO CZ DE DK DZ EE EG ES ET FI FR GB GE GH GR HK HR HU ID IE IL IN IQ IR IS IT " +
  "JM JO JP KE KH KR KZ LA LB LK LT LU LV MA MD MK MM MN MX MY NG NL NO NP NZ PE PH PK PL PT RO RS RU SA SE SG SI SK SN SY TH " +
  "TN TR TW TZ UA UG US UY UZ VE VN YE ZA ZM ZW"
).split(" ");

/** `root`: the checkout. */
export async function languageSets(root: string): Promise<readonly BenignSet[]> {
  return [
    { name: "names, dates and lists in many languages", texts: locales.map(tables) },
    { name: "messages in many languages", texts: await messages(join(root, "node_modules/zod/v4/locales")) },
  ];
}

function tables(locale: string): BenignText {
  const of = (type: "region" | "language"): Intl.DisplayNames => new Intl.DisplayNames(locale, { type });
  const places = regions.map((code) => of("region").of(code) ?? code);
  const languages = locales.map((code) => of("language").of(code) ?? code);
  const dates = Array.from({ length: 60 }, (_, n) =>
    new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long", timeZone: "UTC" }).format(
      new Date(Date.UTC(2026, n % 12, n + 1, n % 24, n)),
    ),
  );
  const numbers = regions.map((_, n) =>
    new Intl.NumberFormat(locale, { style: "currency", currency: n % 2 === 0 ? "EUR" : "ILS" }).format(
      (n - 20) * 1234.5,
    ),
  );
  const ago = Array.from({ length: 30 }, (_, n) => new Intl.RelativeTimeFormat(locale).format(n - 15, "day"));
  const list = (items: readonly string[]): string => new Intl.ListFormat(locale).format(items);
  return {
    name: locale,
    text: [...dates, ...numbers, ...ago, list(places), list(languages), ...places.map((it, n) => `${n}. ${it}`)].join(
      "\n",
    ),
  };
}

async function messages(folder: string): Promise<readonly BenignText[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".js")).sort();
  return Promise.all(files.map(async (name) => ({ name, text: await readFile(join(folder, name), "utf8") })));
}
