/** Where somebody lives or is: streets with numbers, postcodes, post-office boxes, coordinates. */
import { score } from "../../../domain/score.ts";
import { formed, type IdKind } from "../scan/form.ts";

const capital = "[A-Z\\u00c0-\\u00d6\\u00d8-\\u00de]";
const small = "[a-z\\u00df-\\u00f6\\u00f8-\\u00ff'\\u2019-]";
const word = `${capital}${small}{1,20}`;
const english =
  "(?:Street|Avenue|Road|Boulevard|Lane|Drive|Court|Place|Square|Terrace|Parkway|Highway|Circle|Way|Crescent|Close|Row|Mews|Trail" +
  "|(?:St|Ave|Rd|Blvd|Ln|Dr|Ct|Pl|Sq|Ter|Pkwy|Hwy|Cir|Trl)\\.?)";
const german = "stra\\u00dfe|strasse|str\\.|weg|platz|allee|gasse|damm|ufer";
const french = "rue|avenue|boulevard|place|chemin|impasse|all\\u00e9e|quai|route";
const southern = "Calle|C/|Avenida|Avda\\.|Paseo|Plaza|Via|Viale|Piazza|Corso|Rua|Avenida|Travessa|Carrer";
const dutch = "straat|laan|weg|plein|gracht|kade|singel";
const number = "\\d{1,3}[a-z]?";
const ofName = "(?: (?:de|del|de la|della|dei|da|do|dos|das|la|el|des|du|d'|von|van))?";

export const place: readonly IdKind[] = [
  {
    kind: "street-address",
    words: [
      "address",
      "lives at",
      "residence",
      "adresse",
      "anschrift",
      "direccion",
      "domicilio",
      "indirizzo",
      "adres",
      "morada",
      "endereco",
    ],
    alone: [
      new RegExp(`\\d{1,5}[A-Za-z]?,? (?:[NSEW]\\.? |North |South |East |West )?(?:${word} ){1,3}${english}`),
      new RegExp(`\\d{1,5} (?:[NSEW]\\.? )?\\d{1,3}(?:st|nd|rd|th) ${english}`),
      new RegExp(`${word}(?:${german}) ${number}`),
      new RegExp(`${word}(?:er|e|en)? (?:Stra\\u00dfe|Strasse|Str\\.|Weg|Platz|Allee|Gasse|Damm|Ring) ${number}`),
      new RegExp(`${word}(?:${dutch}) ${number}`),
      new RegExp(
        `\\d{1,4}(?: bis| ter)?,? (?:${french})(?: (?:de la|de l'|de|du|des|d'))? ?${word}(?:[ -]${word}){0,2}`,
      ),
      new RegExp(`(?:${southern})${ofName} ${word}(?: (?:${word}|de|del|di)){0,2},? (?:n[.\u00ba\u00b0] ?)?\\d{1,4}`),
    ],
  },
  {
    kind: "po-box",
    words: [],
    // The words are in the form.
    aloneScore: score(0.9),
    alone: [
      /(?:[Pp]\.? ?[Oo]\.? ?[Bb]ox|P\.? ?O\.? ?BOX|[Pp]ost [Oo]ffice [Bb]ox|GPO Box|Private Bag) \d{1,6}/,
      /(?:Postfach|Apartado(?: de Correos)?|Bo\u00eete [Pp]ostale|BP|Casella [Pp]ostale|Postbus|Caixa [Pp]ostal) \d{1,6}/,
    ],
  },
  {
    kind: "postcode",
    words: [
      "zip",
      "zip code",
      "zipcode",
      "postcode",
      "post code",
      "postal code",
      "plz",
      "postleitzahl",
      "code postal",
      "codigo postal",
      "cep",
      "pincode",
      "pin code",
      "postcode",
      "kod pocztowy",
      "postnummer",
      "postinumero",
      "psc",
      "\u0438\u043d\u0434\u0435\u043a\u0441",
      "\u90ae\u7f16",
      "\u90f5\u4fbf\u756a\u53f7",
      "\uc6b0\ud3b8\ubc88\ud638",
    ],
    alone: [
      /(?:[A-PR-UWYZ][A-HK-Y]?\d[A-HJKPSTUW0-9]?|[A-Z]{2}\d[A-Z]) \d[ABD-HJLNP-UW-Z]{2}/, // Britain
      /[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d/, // Canada
      /(?:AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY) \d{5}(?:-\d{4})?/,
    ],
    near: [
      /\d{5}(?:-\d{4})?/,
      /\d{4}/,
      /\d{6}/,
      /\d{4} ?[A-Z]{2}/,
      /\d\d-\d{3}/,
      /\d{3} ?\d\d/,
      /\d{5}-\d{3}/,
      /\d{3}-\d{4}/,
      /[A-Z]{1,2}\d[A-Z0-9]? ?\d[A-Z]{2}/,
      /[A-Z]\d[A-Z] ?\d[A-Z]\d/,
    ],
    within: 24,
  },
  {
    kind: "geo-coordinates",
    words: [
      "latitude",
      "longitude",
      "lat",
      "lng",
      "lon",
      "gps",
      "coordinates",
      "coords",
      "geo",
      "koordinaten",
      "coordonnees",
      "coordenadas",
    ],
    alone: [
      /-?\d{1,2}\.\d{4,8}, ?-?\d{1,3}\.\d{4,8}/,
      /\d{1,2}\.\d{2,8}\u00b0? ?[NS],? ?\d{1,3}\.\d{2,8}\u00b0? ?[EW]/,
      /\d{1,2}\u00b0 ?\d{1,2}['\u2032\u2019] ?(?:\d{1,2}(?:\.\d{1,4})?["\u2033\u201d] ?)?[NS],? ?\d{1,3}\u00b0 ?\d{1,2}['\u2032\u2019] ?(?:\d{1,2}(?:\.\d{1,4})?["\u2033\u201d] ?)?[EW]/,
    ],
    near: [/-?\d{1,3}\.\d{3,8}/, /-?\d{1,2}\.\d{2,8},? ?-?\d{1,3}\.\d{2,8}/],
    prove: formed(isOnEarth),
    within: 24,
  },
];

/** Rows of small numbers, such as weights and probabilities, are no places. */
function isOnEarth(_id: string, written: string): boolean {
  const [first = 0, second] = written.includes("\u00b0") ? [90] : (written.match(/\d+\.\d+/g) ?? []).map(Number);
  if (second === undefined) return first <= 180;
  return first <= 90 && second <= 180 && (first >= 1 || second >= 1);
}
