/** Kinds that no provider owns, placeholders, allow-lists and scores: written out case by case. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding } from "../../domain/detector.ts";
import { type SecretKind, secretKinds } from "../../domain/secret-kinds.ts";
import { base62Crc, hasBase62Crc } from "./checksum.ts";
import { createSecretsDetector } from "./index.ts";
import { neverBreathes } from "../../../test/helpers/pace.ts";

const all = createSecretsDetector("id", secretKinds);

function detect(text: string, by = all): readonly Finding[] {
  const detection = by.detect(
    new AbortController().signal,
    { text, from: 0, to: text.length, ended: true },
    neverBreathes,
  );
  assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
  return detection.findings;
}

const found = (text: string, by = all): readonly unknown[] =>
  detect(text, by).map(({ category, span }) => [category.slice(8), text.slice(span?.start, span?.end)]);

/** The secret stands between two bars, which are taken out. */
const positives: Readonly<Partial<Record<SecretKind, readonly string[]>>> = {
  "connection-string": [
    "postgres://app:|Tr0ub4dor|@db:5432/prod",
    "postgresql+psycopg2://app:|p%40ssw0rd|@db/prod",
    "mysql://root:|hunter22|@127.0.0.1:3306",
    "mongodb+srv://u:|aB3-x|@cluster0.abcde.mongodb.net/?retryWrites=true",
    "redis://:|s3cr3t-pass|@cache:6379/0",
    "rediss://default:|AVeryLongOne123|@host:6380",
    "amqps://svc:|q#1w2e|@mq/vhost",
    "jdbc:postgresql://u:|Pa55word|@h/db",
    "jdbc:sqlserver://h;databaseName=d;user=sa;password=|Pa55word!|;",
    "jdbc:mysql://h/db?user=u&password=|Pa55word|&useSSL=false",
    'Server=tcp:x.database.windows.net,1433;User ID=u;Password="|Pa55word!|";',
    "Driver={ODBC Driver 18 for SQL Server};Server=h;UID=u;PWD=|Pa55word!|;",
    "Data Source=h;Initial Catalog=c;User Id=u; Password = |Pa55word!|;",
    "ldaps://cn=admin:|adm1npw|@ldap",
    "smtp://mailer:|m4ilpass|@mail:587",
  ],
  "url-credentials": [
    "https://user:|s3cret99|@example.com/x",
    "https://oauth2:|abcdefghijkl|@gitlab.example.com/a/b.git",
    "git+https://me:|tok_123abc|@host/repo",
    "ftp://joe:|joes-password|@files",
    "http://admin:|a:b:c9|@router",
    "ssh://git:|p4ssphrase|@host:22",
    "see (https://u:|p4ss!word|@h) there",
    '"proxy": "http://corp:|Winter2024|@proxy:3128"',
  ],
  "bearer-token": [
    "Authorization: Bearer |q7Xw9Lk2Vb5Rt8Yn3Mz6|",
    '"Authorization": "Bearer |q7Xw9Lk2Vb5Rt8Yn3Mz6|"',
    "authorization: bearer |0a9b8c7d6e5f40312233445566778899|",
    "curl -H 'Authorization: Bearer |q7Xw9Lk2Vb5Rt8Yn3Mz6.kTpWq912|'",
    "It was Bearer |q7Xw9Lk2Vb5Rt8Yn3Mz6|.",
    "bearer=|q7Xw9Lk2Vb5Rt8Yn3Mz6|",
    'bearer: "|q7Xw9Lk2Vb5Rt8Yn3Mz6|"',
    "Bearer |q7Xw9Lk2Vb+/Rt8Yn3Mz6A==|",
  ],
  "basic-auth": [
    "Authorization: Basic |dXNlcjpUcjB1YjRkb3ItMw==|",
    'Authorization: "Basic |YWRtaW46aHVudGVyMjI=|"',
    "proxy-authorization: basic |am9lOnMzY3JldC1wYXNz|",
    "-H 'Authorization: Basic |YXBpOmtleS0xMjM0NTY=|'",
  ],
  password: [
    "DB_PASSWORD=|Tr0ub4dor-3|",
    "export PGPASSWORD='|Tr0ub4dor-3|'",
    'password: "|s0mething!|"',
    '"passwd":"|Blue42moon|"',
    "my password is |Blue42moon|.",
    "passphrase = |Blue42-moon-9|",
    'const smtpPassword = "|x9!kLm2p|";',
    "pwd: |hunter2x9|",
    '{\\"password\\":\\"|Blue42moon|\\"}',
    "MYSQL_PASS=|Blue42moon|",
    "password => '|Blue42moon|'",
  ],
  "generic-secret": [
    "API_KEY=|q7Xw9Lk2Vb5Rt8Yn3Mz6|",
    'client_secret: "|q7Xw9Lk2Vb5Rt8Yn3Mz6Pc1H|"',
    '"accessToken":"|q7Xw9Lk2Vb5Rt8Yn3Mz6|"',
    "X-Api-Key: |0a9b8c7d6e5f40312233445566778899|",
    "the secret key is |q7Xw9Lk2Vb5Rt8Yn3Mz6|, keep it",
    'signingSecret := "|q7Xw9Lk2Vb5Rt8Yn3Mz6Pc1H+/x=|"',
    "<apiKey>|q7Xw9Lk2Vb5Rt8Yn3Mz6|</apiKey>",
    'headers["auth-token"] = "|q7Xw9Lk2Vb5Rt8Yn3Mz6|"',
  ],
  "azure-storage-key": [
    `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=|${"aB3+".repeat(21)}Zz==|;EndpointSuffix=core`,
    `Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=|${"q7Xw9Lk2Vb5Rt8Yn3Mz6Pc1Hq7Xw9Lk2Vb5Rt8Yn3Mz"}=|`,
  ],
};

for (const [kind, texts] of Object.entries(positives) as [SecretKind, readonly string[]][]) {
  for (const marked of texts) {
    test(`${kind}: ${marked.slice(0, 50)}`, () => {
      const [before = "", secret = "", after = ""] = marked.split("|");
      const own = createSecretsDetector("id", [kind]);
      assert.deepEqual(found(before + secret + after, own), [[kind, secret]]);
      assert.ok(detect(before + secret + after).some(({ span }) => span?.start === before.length));
    });
  }
}

const benign: readonly string[] = [
  "postgres://user:password@localhost/db postgres://localhost:5432/db redis://cache:6379",
  "postgres://postgres:postgres@localhost amqp://guest:guest@mq mysql://root:${DB_PASS}@h mysql://u:<password>@h",
  "https://example.com:8080/a@b http://host:3000 https://medium.com/@user git@github.com:org/repo.git",
  "mongodb://USER:PASSWORD@host mongodb://$USER:$PASS@host https://u:%s@h https://{user}:{pass}@h",
  "User=joe; Password=; Timeout=30 Password=password; Server=x",
  "Authorization: Bearer $TOKEN Authorization: Bearer <token> Bearer YOUR_API_KEY Bearer authentication is used",
  "the bearer of this letter-of-introduction-number-12 Bearer token123",
  "Basic understanding of Basic authentication; basic information, basic YWJj Basic dGhpcyBpcyB0ZXh0",
  "password: string; password?: string | null, password = None password: '' password = getPassword(user1)",
  "password: process.env.DB_PASSWORD1 password = os.environ['X1'] password=${PASS1} password=$PASS123 password: {{ pw1 }}",
  "The password must have 12 characters. Password: required. password reset, password-protected, passwordHash2",
  "pwd = os.getcwd() pwd=/home/user compass: north_pass",
  "apiKey: config.apiKey2 api_key = get_key('k1') token = next_token() secret: true tokens: 128000",
  "key: 550e8400-e29b-41d4-a716-446655440000 api_key: 550e8400-e29b-41d4-a716-446655440000",
  "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  '"integrity": "sha512-q7Xw9Lk2Vb5Rt8Yn3Mz6Pc1Hq7Xw9Lk2Vb5Rt8Yn3Mz6Pc1H=="',
  "public_key: q7Xw9Lk2Vb5Rt8Yn3Mz6Pc1H page_token=q7Xw9Lk2Vb5Rt8Yn3Mz6Pc1H nextToken: q7Xw9Lk2Vb5Rt8Yn3Mz6Pc1H",
  "cacheKey: user-profile-42-summary-v3 primaryKey=created_at_2024_index partition_key: customer-orders-2024",
  "secret: my-secret-value-for-testing-1 client_secret: your-client-secret-123 api_key=REPLACE_ME_1234567890abc",
  "token: abcdefghijklmnopqrstuvwxyz0123456789 api_key: 12345678901234567890 token: 00000000000000000000000000000000",
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
  "heroku was founded in 2007; stripe, twilio and datadog are companies; discord: https://discord.gg/abc",
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGq7Xw9Lk2Vb5Rt8Yn3Mz6Pc1Hq7Xw9Lk2Vb5Rt8Yn user@host",
];

for (const text of benign) test(`none: ${text.slice(0, 60)}`, () => assert.deepEqual(found(text), []));

test("placeholders and fillers in the form of a token are none", () => {
  const filler = (unit: string): string => unit.repeat(60);
  for (const body of [
    filler("x"),
    filler("0"),
    `your_api_key_here_${"a1B2c3D4".repeat(5)}`,
    `example${"a1B2c3D4".repeat(5)}`,
  ]) {
    assert.deepEqual(found(`sk-${"proj-"}${body}`), [], body.slice(0, 20));
    assert.deepEqual(found(`gh${"p_"}${body}`), [], body.slice(0, 20));
  }
});

test("allow: the found text, exactly", () => {
  const key = `AK${"IA"}IOSFODNN7EXAMPLE`;
  const other = `AK${"IA"}J7QXW9LK2VB5RT8Y`;
  const allowing = createSecretsDetector("id", secretKinds, [key, "Tr0ub4dor-3"]);
  assert.deepEqual(found(`use ${key} or ${other}`, allowing), [["aws-access-key", other]]);
  assert.deepEqual(found(`use ${key}9`, allowing), [["aws-access-key", `${key}9`]]);
  assert.deepEqual(found("DB_PASSWORD=Tr0ub4dor-3", allowing), []);
  assert.deepEqual(found("DB_PASSWORD=Tr0ub4dor-33", allowing), [["password", "Tr0ub4dor-33"]]);
  assert.equal(found(`use ${key}`).length, 1);
});

test("checksum: the published example of GitHub's form, and what it does to the score", () => {
  const body = "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ";
  assert.equal(base62Crc(body), "0mLq17");
  const whole = `gh${"p_"}${body}0mLq17`;
  assert.ok(hasBase62Crc(whole));
  assert.deepEqual(
    detect(whole).map(({ score }) => score),
    [1],
  );
  assert.deepEqual(
    detect(`gh${"p_"}${body}0mLq18`).map(({ score }) => score),
    [0.6],
  );
});

test("scores tell how sure a kind is", () => {
  const scoreOf = (text: string): unknown => detect(text).map(({ score }) => score);
  assert.deepEqual(scoreOf(`sk_${"live_"}${"a1B2".repeat(6)}`), [1]);
  assert.deepEqual(scoreOf("HEROKU_API_KEY=0a1b2c3d-0a1b-1c2d-8e3f-0a1b2c3d4e5f"), [0.8]);
  assert.deepEqual(scoreOf("postgres://app:Tr0ub4dor-3@db"), [0.9]);
  assert.deepEqual(scoreOf("API_KEY=q7Xw9Lk2Vb5Rt8Yn3Mz6"), [0.6]);
});

test("what a provider's form tells is not told again as a value of no provider", () => {
  const key = `sk_${"live_"}${"q7Xw9Lk2Vb5Rt8Yn3Mz6Pc1H"}`;
  assert.deepEqual(found(`STRIPE_SECRET_KEY=${key}`), [["stripe-key", key]]);
  assert.deepEqual(found(`API_KEY="${key}"`), [["stripe-key", key]]);
});

test("a format with an open end: the first part stays, the rest is found", () => {
  const rest = `Q~${"a1B2c3".repeat(6).slice(0, 34)}`;
  assert.deepEqual(found(`secret ab18${rest}`), [["azure-ad-secret", rest]]);
});
