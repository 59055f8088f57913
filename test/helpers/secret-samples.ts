/**
 * Made-up secrets of every kind, drawn from the tables of formats themselves and, for kinds without a table, written out here.
 * Everything is put together at run time by a seeded generator. Owns no detector.
 */
import { type AST, RegExpParser } from "@eslint-community/regexpp";
import type { SecretKind } from "../../src/domain/secret-kinds.ts";
import { base62Crc } from "../../src/detectors/secrets/checksum.ts";
import type { Format, Named } from "../../src/detectors/secrets/format.ts";
import { formatGroups } from "../../src/detectors/secrets/index.ts";

/** In [0, 1). */
export type Random = () => number;

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

/** A secret and how it stands in a text: `before + secret + after`. */
export type Sample = { readonly before: string; readonly secret: string; readonly after: string };

export const tables: Readonly<Partial<Record<SecretKind, readonly Format[]>>> = Object.assign(
  {},
  ...Object.values(formatGroups),
);

/** One of the kind's formats, in one of the ways that such a value is written. */
export function sampleOf(kind: SecretKind, random: Random): Sample {
  const formats = tables[kind];
  if (formats === undefined) return (others[kind as keyof typeof others] ?? absent)(random);
  return sampleOfFormat(pick(random, formats), random);
}

const absent = (): never => {
  throw new Error("a kind without samples");
};

export function sampleOfFormat(format: Format, random: Random): Sample {
  if (format.how === "named") return assigned(format, random);
  const { before, text, after } = draw(format.pattern, format.flags, random);
  const secret = format.proof === null ? text : withCrc(text);
  return { before: `${pick(random, starts)}${before}`, secret, after: after === "" ? pick(random, ends) : after };
}

const starts = ["", "key: ", 'value = "', "use ", "the token is ", "\n", "https://host/?q=", "('"];
const ends = ["", " ", '"', "\n", "', ", ". ", ")", "&x=1"];

/** The shortest form of a classic token, with its checksum. */
function withCrc(token: string): string {
  const begin = token.indexOf("_") + 1;
  const body = token.slice(begin, begin + 30);
  return token.slice(0, begin) + body + base62Crc(body);
}

function assigned({ names, value }: Named, random: Random): Sample {
  const name = pick(random, names).replace(/[ .-]/g, "_");
  const camel = name.replace(/_+([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const { text } = draw(value, "", random);
  const form = pick<readonly [string, string]>(random, [
    [`${name.toUpperCase()}_API_KEY=`, "\n"],
    [`export ${name.toUpperCase()}_SECRET="`, '"\n'],
    [`${name}_token: '`, "'"],
    [`"${camel}ApiKey": "`, '", '],
    [`{\\"${camel}Key\\": \\"`, '\\"}'],
    [`${camel}.auth_token = "`, '";'],
    [`const ${camel}Secret = '`, "';"],
    [`My ${name} API key is `, ", can you test it?"],
    [`-H "X-${name}-Key: `, '"'],
  ]);
  return { before: form[0], secret: text, after: form[1] };
}

/** A text that the expression matches, and what its lookarounds want on both sides. */
export function draw(source: string, flags: string, random: Random): { before: string; text: string; after: string } {
  const tree = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(source, undefined, undefined, {});
  let before = "";
  let after = "";
  const ofAlternatives = (alternatives: readonly AST.Alternative[]): string =>
    pick(random, alternatives).elements.map(ofElement).join("");
  const ofElement = (element: AST.Element): string => {
    switch (element.type) {
      case "Assertion":
        if (element.kind === "lookbehind" && !element.negate) before = ofAlternatives(element.alternatives);
        if (element.kind === "lookahead" && !element.negate) after = ofAlternatives(element.alternatives);
        return "";
      case "Group":
      case "CapturingGroup":
        return ofAlternatives(element.alternatives);
      case "Quantifier": {
        const most = Math.min(element.max, element.min === 0 ? 3 : element.min + 6);
        const count = element.min + Math.floor(random() * (most - element.min + 1));
        return Array.from({ length: count }, () => ofElement(element.element)).join("");
      }
      case "Character":
        return String.fromCodePoint(element.value);
      default:
        return pick(random, unitsOf(element.raw, flags));
    }
  };
  const text = ofAlternatives(tree.alternatives);
  return { before, text, after };
}

const units = new Map<string, readonly string[]>();
function unitsOf(raw: string, flags: string): readonly string[] {
  const known = units.get(raw);
  if (known !== undefined) return known;
  const expression = new RegExp(raw, flags);
  const printable = Array.from({ length: 94 }, (_, n) => String.fromCharCode(33 + n));
  const found = printable.filter((unit) => expression.test(unit));
  units.set(raw, found);
  return found;
}

const from = (units: string, count: number, random: Random): string =>
  Array.from({ length: count }, () => units[Math.floor(random() * units.length)]).join("");
const letters = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
const base64 = `${letters}${letters.toUpperCase()}${digits}+/`;
const base64url = `${letters}${letters.toUpperCase()}${digits}-_`;
const between = (least: number, most: number, random: Random): number =>
  least + Math.floor(random() * (most - least + 1));

/** As people are made to choose them: letters, digits and signs. */
export function passwordOf(random: Random): string {
  const word = pick(random, ["Sommer", "tiger", "Blue", "dragon", "Winter", "hunter", "Paris", "monkey", "correct"]);
  const sign = pick(random, ["!", "#", "-", "_", "*", "+", ".", "~", "^"]);
  return random() < 0.5
    ? `${word}${sign}${from(digits, between(2, 5, random), random)}${from(letters, 2, random)}`
    : `${from(letters, 4, random)}${from(digits, 3, random)}${sign}${from(letters.toUpperCase(), between(2, 6, random), random)}`;
}

const pemLabel = [
  "PRIVATE KEY",
  "RSA PRIVATE KEY",
  "EC PRIVATE KEY",
  "OPENSSH PRIVATE KEY",
  "ENCRYPTED PRIVATE KEY",
  "PGP PRIVATE KEY BLOCK",
];

function pemOf(random: Random, lineEnd: string): string {
  const label = pick(random, pemLabel);
  const lines = Array.from({ length: between(3, 24, random) }, () => from(base64, 64, random));
  const dashes = "-".repeat(5);
  const head = label.startsWith("PGP") ? ["Version: GnuPG v2", ""] : [];
  return [
    `${dashes}BEGIN ${label}${dashes}`,
    ...head,
    ...lines,
    `${from(base64, 30, random)}==`,
    `${dashes}END ${label}${dashes}`,
  ].join(lineEnd);
}

function puttyOf(random: Random): string {
  const lines = Array.from({ length: 4 }, () => from(base64, 64, random));
  return [`Private-Lines: ${lines.length}`, ...lines, `Private-MAC: ${from("0123456789abcdef", 64, random)}`].join(
    "\n",
  );
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Kinds without a table. */
const others = {
  "private-key": (random: Random): Sample => {
    const how = Math.floor(random() * 5);
    if (how === 0) return { before: "PuTTY-User-Key-File-3: ssh-rsa\n", secret: puttyOf(random), after: "\n" };
    const key = pemOf(random, pick(random, ["\n", "\r\n", "\\n", "\\\\n"]));
    if (how > 1 || /PGP/.test(key)) return { before: '"key": "', secret: key, after: '"' };
    return { before: "  tls.key: ", secret: Buffer.from(key.replace(/\\+n/g, "\n")).toString("base64"), after: "\n" };
  },
  jwt: (random: Random): Sample => ({
    before: pick(random, ["token=", "Authorization: Bearer ", '"']),
    secret: [
      encode({ alg: pick(random, ["HS256", "RS256", "ES384"]), typ: "JWT" }),
      encode({ sub: from(digits, 9, random), iat: between(1e9, 2e9, random) }),
      from(base64url, pick(random, [43, 86, 342]), random),
    ].join("."),
    after: pick(random, ["", "\n", '"']),
  }),
  "connection-string": (random: Random): Sample => {
    const secret = passwordOf(random);
    const scheme = pick(random, [
      "postgres",
      "postgresql",
      "mysql",
      "mongodb+srv",
      "redis",
      "rediss",
      "amqps",
      "sqlserver",
      "clickhouse",
      "postgresql+asyncpg",
    ]);
    const user = `${from(letters, 6, random)}_app`;
    return pick<() => Sample>(random, [
      () => ({ before: `DATABASE_URL=${scheme}://${user}:`, secret, after: "@db.internal:5432/prod" }),
      () => ({ before: `"${scheme}://${user}:`, secret, after: '@10.0.0.7/app?ssl=true"' }),
      () => ({ before: "redis://:", secret, after: "@cache:6379/0" }),
      () => ({ before: `Server=tcp:db,1433;Database=app;User ID=${user};Password=`, secret, after: ";Encrypt=True;" }),
      () => ({ before: `"Driver={ODBC Driver 18};Server=db;Uid=${user};Pwd=`, secret, after: '"' }),
      () => ({ before: `jdbc:mysql://db:3306/app?user=${user}&password=`, secret, after: "&useSSL=true" }),
    ])();
  },
  "url-credentials": (random: Random): Sample => ({
    before: `${pick(random, ["https", "http", "ftp", "git+https", "ssh"])}://${from(letters, 7, random)}:`,
    secret: random() < 0.5 ? passwordOf(random).replace(/[#]/g, "-") : from(base64url, 20, random),
    after: "@registry.corp.test/path",
  }),
  "bearer-token": (random: Random): Sample => ({
    before: pick(random, ["Authorization: Bearer ", '"authorization": "bearer ', "-H 'Authorization: Bearer "]),
    secret: from(pick(random, [base64url.slice(0, 62), "0123456789abcdef"]), pick(random, [32, 40, 64]), random),
    after: pick(random, ["\n", '"', "'"]),
  }),
  "basic-auth": (random: Random): Sample => ({
    before: pick(random, ["Authorization: Basic ", '"Authorization": "Basic ', "proxy-authorization: basic "]),
    secret: Buffer.from(`${from(letters, 5, random)}:${passwordOf(random)}`).toString("base64"),
    after: pick(random, ["\n", '"']),
  }),
  password: (random: Random): Sample => {
    const [before, after] = pick<readonly [string, string]>(random, [
      ["DB_PASSWORD=", "\n"],
      ["export PGPASSWORD='", "'"],
      ['"password": "', '",'],
      ["password: ", "\n"],
      ['const dbPassword = "', '";'],
      ["The password is ", " and the user is admin."],
      ["passphrase: '", "'"],
      ['{\\"smtp_pass\\": \\"', '\\"}'],
      ["pwd=", "\n"],
    ]);
    return { before, secret: passwordOf(random), after };
  },
  "generic-secret": (random: Random): Sample => {
    const [before, after] = pick<readonly [string, string]>(random, [
      ["API_KEY=", "\n"],
      ['"client_secret": "', '"'],
      ["auth_token: ", "\n"],
      ["X-Api-Key: ", "\n"],
      ['secretKey = "', '"'],
      ["SIGNING_SECRET='", "'"],
      ["our api key is ", " for now"],
      ['"accessToken":"', '"'],
      ["encryption_key => '", "'"],
    ]);
    const secret = pick<() => string>(random, [
      () => from("0123456789abcdef", pick(random, [32, 40, 64]), random),
      () => from(base64url.slice(0, 62), between(20, 48, random), random),
      () => `${from(base64, 43, random)}=`,
    ])();
    return { before, secret, after };
  },
} as const;
