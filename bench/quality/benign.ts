/**
 * Text in which a guard should find nothing: prose, code, logs, identifiers, hashes. Read from this repository and the packages it
 * installs, and made by a seeded generator; the same for the same lock file. Owns no detector and no judgement.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Random, pick } from "../../test/helpers/secret-samples.ts";

export type BenignText = { readonly name: string; readonly text: string };
export type BenignSet = { readonly name: string; readonly texts: readonly BenignText[] };

/** Words as a reader would count them: runs between white space. */
export const wordsOf = (text: string): number => text.match(/\S+/g)?.length ?? 0;

/** In UTF-16 code units. */
const longestFile = 200_000;
const filesOfSet = 400;

/** `root`: the checkout. */
export async function benignSets(root: string, random: Random): Promise<readonly BenignSet[]> {
  const packages = join(root, "node_modules");
  return [
    { name: "documents", texts: await files([join(root, "docs"), packages], [".md"], filesOfSet) },
    { name: "code", texts: await files([join(root, "src"), packages], [".js", ".ts", ".mjs", ".cjs"], filesOfSet) },
    { name: "data", texts: await files([packages], [".json", ".yaml", ".yml"], filesOfSet) },
    { name: "lock files", texts: await named([join(root, "package-lock.json")]) },
    { name: "logs", texts: made("log", 40, () => lines(400, () => logLine(random))) },
    { name: "identifiers", texts: made("identifiers", 20, () => lines(300, () => identifierLine(random))) },
    { name: "hashes", texts: made("hashes", 20, () => lines(300, () => hashLine(random))) },
    { name: "git", texts: made("git", 20, () => lines(60, () => commit(random))) },
    { name: "chat", texts: made("chat", 40, () => lines(120, () => chatLine(random))) },
  ];
}

const made = (name: string, count: number, make: () => string): readonly BenignText[] =>
  Array.from({ length: count }, (_, n) => ({ name: `${name} ${n}`, text: make() }));
const lines = (count: number, line: () => string): string => Array.from({ length: count }, line).join("\n");

async function named(paths: readonly string[]): Promise<readonly BenignText[]> {
  return Promise.all(paths.map(async (name) => ({ name, text: await readFile(name, "utf8") })));
}

/** Files with one of the endings, the folders' own first, spread over all that is there. Tests of packages are no benign text. */
async function files(
  folders: readonly string[],
  endings: readonly string[],
  most: number,
): Promise<readonly BenignText[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true });
    const own = names
      .filter((name) => endings.some((ending) => name.endsWith(ending)))
      .filter((name) => !/(?:^|\/)(?:test|tests|__tests__|fixtures|results)\/|\.test\.|package-lock/.test(name))
      .sort()
      .map((name) => join(folder, name));
    const step = Math.max(1, Math.ceil(own.length / most));
    found.push(...own.filter((_, n) => n % step === 0));
  }
  const texts = await named(found);
  return texts.map(({ name, text }) => ({ name, text: text.slice(0, longestFile) }));
}

const from = (units: string, count: number, random: Random): string =>
  Array.from({ length: count }, () => units[Math.floor(random() * units.length)]).join("");
const hexDigits = "0123456789abcdef";
const alnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const hexOf = (count: number, random: Random): string => from(hexDigits, count, random);
const number = (least: number, most: number, random: Random): number =>
  least + Math.floor(random() * (most - least + 1));

export function uuidOf(random: Random): string {
  return [8, 4, 4, 4, 12].map((count) => hexOf(count, random)).join("-");
}

const words =
  "request handled retrying connection closed client server cache miss key token user session loaded config started worker queue batch index table column primary region model prompt reply stream window budget secret password changed expired renewed signed verified".split(
    " ",
  );
const sentence = (random: Random): string =>
  Array.from({ length: number(4, 12, random) }, () => pick(random, words)).join(" ");

function stamp(random: Random): string {
  const two = (most: number): string => String(number(0, most, random)).padStart(2, "0");
  return `2026-0${number(1, 9, random)}-1${number(0, 9, random)}T${two(23)}:${two(59)}:${two(59)}.${number(100, 999, random)}Z`;
}

function logLine(random: Random): string {
  return pick<() => string>(random, [
    () =>
      `${stamp(random)} INFO  [worker-${number(1, 64, random)}] ${sentence(random)} in ${number(1, 9999, random)} ms`,
    () =>
      `{"level":30,"time":${number(1.7e12, 1.8e12, random)},"pid":${number(1, 99999, random)},"reqId":"${uuidOf(random)}","msg":"${sentence(random)}","tokens":${number(1, 99999, random)}}`,
    () =>
      `10.${number(0, 255, random)}.${number(0, 255, random)}.7 - - [${stamp(random)}] "GET /api/v1/users/${number(1, 1e6, random)}?page_token=${number(1, 99, random)} HTTP/1.1" 200 ${number(1, 99999, random)} "-" "Mozilla/5.0 (X11; Linux x86_64)"`,
    () =>
      `time=${stamp(random)} level=warn trace_id=${hexOf(32, random)} span_id=${hexOf(16, random)} msg="${sentence(random)}"`,
    () =>
      `    at Object.${pick(random, words)} (/srv/app/lib/${pick(random, words)}.js:${number(1, 999, random)}:${number(1, 99, random)})`,
    () =>
      `pod/${pick(random, words)}-${from("bcdfghjklmnpqrstvwxz2456789", 10, random)}-${from("bcdfghjklmnpqrstvwxz2456789", 5, random)}   1/1   Running   0   ${number(1, 99, random)}h`,
  ])();
}

function identifierLine(random: Random): string {
  return pick<() => string>(random, [
    () => uuidOf(random),
    () => `"id": "${uuidOf(random)}",`,
    () => `user_id=${uuidOf(random)} session_id=${uuidOf(random)}`,
    () => `"_id": { "$oid": "${hexOf(24, random)}" }`,
    () => `01${from("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 24, random)}`,
    () => `chatcmpl-${from(alnum, 29, random)} call_${from(alnum, 24, random)} msg_${from(alnum, 24, random)}`,
    () => `arn:aws:iam::${number(1e11, 9e11, random)}:role/${pick(random, words)}`,
    () =>
      `order ${number(1e9, 9e9, random)} of ${stamp(random)} for ${number(1, 500, random)}.${number(10, 99, random)} EUR`,
  ])();
}

function hashLine(random: Random): string {
  return pick<() => string>(random, [
    () => `${hexOf(64, random)}  dist/${pick(random, words)}-${number(1, 9, random)}.tar.gz`,
    () => `"integrity": "sha512-${from(`${alnum}+/`, 86, random)}==",`,
    () => `sha256:${hexOf(64, random)}`,
    () => `md5=${hexOf(32, random)} sha1=${hexOf(40, random)}`,
    () => `ETag: "${hexOf(32, random)}"`,
    () => `background: url(data:image/png;base64,iVBORw0KGgo${from(`${alnum}+/`, 400, random)}=);`,
    () => `digest: sha256-${from(`${alnum}+/`, 43, random)}=`,
    () => `image: registry.example.org/team/app@sha256:${hexOf(64, random)}`,
  ])();
}

function commit(random: Random): string {
  return [
    `commit ${hexOf(40, random)}`,
    `Date:   ${stamp(random)}`,
    `    ${sentence(random)}`,
    `diff --git a/src/${pick(random, words)}.ts b/src/${pick(random, words)}.ts`,
    `index ${hexOf(7, random)}..${hexOf(7, random)} 100644`,
    `@@ -${number(1, 900, random)},7 +${number(1, 900, random)},9 @@`,
    `+  const ${pick(random, words)}Token = await read${pick(random, words)}("${pick(random, words)}");`,
    `-  password: process.env.DB_PASSWORD,`,
  ].join("\n");
}

function chatLine(random: Random): string {
  return pick(random, [
    "How do I rotate an API key without downtime? Our password policy asks for a new one each quarter.",
    "The token limit of the model is 128000 tokens; the prompt has 4096.",
    "Set the environment variable OPENAI_API_KEY=<your-key> and run the script again.",
    "Use Authorization: Bearer $TOKEN in the header, or basic auth with your user name.",
    "password: string; // the hashed password, see PasswordHasher.verify(password)",
    'const apiKey = process.env.API_KEY ?? "";',
    "secret = os.environ['CLIENT_SECRET'] if production else get_secret('client-secret-v2')",
    "postgres://user:password@localhost:5432/db is the form of the address.",
    'headers: { "X-Api-Key": config.apiKey, "Content-Type": "application/json" }',
    "export AWS_SECRET_ACCESS_KEY=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "The secret of good bread is time: the dough wants 18 hours at 21 degrees.",
    "key: value pairs, primary key: id, sort key: created_at, cache key: user-42-profile-v3",
    "Her passport to success was a token of appreciation from the credential office.",
    "kubectl create secret generic db --from-literal=password=changeme",
    "jdbc:postgresql://localhost/test?user=fred&password=secret&ssl=true",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 is how a public key begins.",
    `See https://example.org/docs/${pick(random, words)}/${number(1, 9999, random)}?ref=${hexOf(8, random)}#${pick(random, words)}`,
    `The build ${hexOf(7, random)} of ${stamp(random)} ${sentence(random)}.`,
  ]);
}
