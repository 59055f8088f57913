import assert from "node:assert/strict";
import { test } from "node:test";
import { type SecretKind, secretKinds } from "../../domain/secret-kinds.ts";
import { createSecretsDetector } from "./index.ts";
import { jwtHeaderUnits, jwtPayloadUnits } from "./jwt.ts";
import { privateKeyBodyUnits } from "./private-key.ts";
import { neverBreathes } from "../../../test/helpers/pace.ts";

const detector = createSecretsDetector("id", secretKinds);

function found(text: string, by = detector): readonly (readonly [kind: string, text: string])[] {
  const detection = by.detect(
    new AbortController().signal,
    { text, from: 0, to: text.length, ended: true },
    neverBreathes,
  );
  assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
  return detection.findings.map(({ span, category }) => {
    assert.ok(span !== null);
    return [category.slice("secrets/".length), text.slice(span.start, span.end)];
  });
}

// Put together from pieces, so that nothing here looks like a live secret.
const mixed = (length: number): string => "a1B2c3D4e5".repeat(Math.ceil(length / 10)).slice(0, length);
const whole: readonly (readonly [kind: SecretKind, secret: string])[] = [
  ["aws-access-key", `AK${"IA"}IOSFODNN7EXAMPLE`],
  ["aws-access-key", `AS${"IA"}IOSFODNN7EXAMPLE`],
  ["github-token", `gh${"p_"}${mixed(36)}`],
  ["github-token", `gh${"o_"}${mixed(36)}`],
  ["github-token", `gh${"u_"}${mixed(36)}`],
  ["github-token", `gh${"s_"}${mixed(36)}`],
  ["github-token", `gh${"r_"}${mixed(76)}`],
  ["github-token", `github_${"pat_"}${mixed(22)}_${mixed(59)}`],
  ["gitlab-token", `gl${"pat-"}${mixed(20)}`],
  ["gitlab-token", `gl${"pat-"}${mixed(27)}.01.${"0a".repeat(4)}z`],
  ["gitlab-token", `gl${"rt-"}t1_${mixed(20)}`],
  ["google-api-key", `AI${"za"}${mixed(35)}`],
  ["google-api-key", `AQ${".Ab"}${mixed(47)}`],
  ["google-api-key", `GOC${"SPX-"}${mixed(28)}`],
  ["openai-key", `sk-${mixed(20)}T3Blbk${"FJ"}${mixed(20)}`],
  ["openai-key", `sk-${"proj-"}${mixed(74)}T3Blbk${"FJ"}${mixed(74)}`],
  ["openai-key", `sk-${"svcacct-"}${mixed(60)}`],
  ["anthropic-key", `sk-${"ant-"}api03-${mixed(93)}AA`],
  ["anthropic-key", `sk-${"ant-"}oat01-${mixed(80)}`],
  ["slack-token", `xo${"xb-"}123456789012-1234567890123-${mixed(24)}`],
  ["slack-token", `xo${"xp-"}123456789012-${mixed(32)}`],
  ["slack-token", `xa${"pp-"}1-A0123456789-1234567890123-${"0af1".repeat(16)}`],
  ["slack-token", `hooks.slack.${"com/services/"}T00000000/B00000000/${mixed(24)}`],
  ["stripe-key", `sk_${"live_"}${mixed(24)}`],
  ["stripe-key", `rk_${"live_"}${mixed(99)}`],
  ["stripe-key", `sk_${"test_"}${mixed(24)}`],
  ["npm-token", `np${"m_"}${mixed(36)}`],
  ["huggingface-token", `h${"f_"}${"aBcDeFgHiJ".repeat(4).slice(0, 34)}`],
];

for (const [kind, secret] of whole) {
  test(`${kind} ${secret.slice(0, 8)} alone, glued to letters, quoted, and with its last characters missing`, () => {
    assert.deepEqual(found(`key: ${secret}.`), [[kind, secret]]);
    assert.deepEqual(found(`X${secret}\n`), [[kind, secret]]);
    assert.deepEqual(found(JSON.stringify({ key: secret })), [[kind, secret]]);
    assert.deepEqual(found(`${secret.slice(0, 12)} ${secret.slice(12)}`), []);
  });
}

test("a token that is longer than its kind allows does not escape", () => {
  for (const [kind, secret] of whole.filter(([, text]) => /[A-Za-z0-9]$/.test(text))) {
    const [first] = found(`${secret}${"Z9".repeat(300)}`);
    assert.equal(first?.[0], kind);
    assert.ok((first?.[1].length ?? 0) >= secret.length, kind);
  }
});

test("the secret half of an AWS key is known by its name", () => {
  const secret = `wJalrXUtnFEMI/K7MDENG/${"bPxRfiCYEXAMPLEKEY"}`;
  for (const text of [
    `aws_secret_access_key = ${secret}`,
    `"SecretAccessKey": "${secret}"`,
    `AWS_SECRET_ACCESS_KEY=${secret}`,
    `secret_key: '${secret}'`,
  ]) {
    assert.deepEqual(found(text), [["aws-access-key", secret]], text.slice(0, 24));
  }
  assert.deepEqual(found(`sha: ${secret}`), []);
  const alone = createSecretsDetector("id", ["aws-access-key"]);
  assert.deepEqual(found(`secret_key: ${secret}a`, alone), []);
  assert.deepEqual(found(`secret_key: ${secret}a`), [["generic-secret", `${secret}a`]]);
});

test("near misses", () => {
  for (const text of [
    "sk-learn, task-list, risk-free, ask-me-anything-about-the-project",
    `gh${"p_"}${mixed(35)} npm_${mixed(35)} github_pattern_language`,
    `task-${"proj-"}short disk_${"test_"}unit`,
    `AK${"IA"} akiaiosfodnn7example AKIAIOSFODNN`,
    "eyJ.eyJ.x eyJhbGciOiJub25l.eyJzdWIiOiIx",
    "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE----- -----BEGIN PUBLIC KEY----- ----BEGIN PRIVATE KEY----",
    "xoxo-lovely xapp-store hf_hub glpat-",
  ]) {
    assert.deepEqual(found(text), [], text.slice(0, 30));
  }
});

const encode = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const claims = encode({ sub: "1234567890", name: "n" });
const signature = mixed(43);

test("jwt: signed, unsigned, cut off, encrypted", () => {
  const header = encode({ alg: "HS256", typ: "JWT" });
  const direct = `${encode({ alg: "dir", enc: "A256GCM" })}..${mixed(16)}.${mixed(60)}.${mixed(22)}`;
  const wrapped = `${encode({ alg: "RSA-OAEP", enc: "A256GCM" })}.${mixed(342)}.${mixed(16)}.${mixed(60)}.${mixed(22)}`;
  for (const token of [
    `${header}.${claims}.${signature}`,
    `${header}.${claims}.`,
    `${header}.${claims}`,
    direct,
    wrapped,
  ]) {
    assert.deepEqual(found(`Bearer ${token} x`), [["jwt", token]]);
    assert.deepEqual(found(`x_${token}"`), [["jwt", token]]);
  }
  for (const other of [
    encode({ typ: "JWT", kid: "no algorithm" }),
    encode({ alg: 5, kid: "wrong type" }),
    encode('{"alg":"broken and not closed"'),
  ]) {
    assert.deepEqual(found(`${other}.${claims}.${signature}`), []);
  }
});

test("jwt: at its bounds", () => {
  const headerOf = (units: number): string => encode(`{"alg":"none","x":"${"a".repeat((units / 4) * 3 - 21)}"}`);
  const atBound = headerOf(jwtHeaderUnits);
  assert.equal(atBound.length, jwtHeaderUnits);
  assert.deepEqual(found(`${atBound}.${claims}.`), [["jwt", `${atBound}.${claims}.`]]);
  assert.deepEqual(found(`${headerOf(jwtHeaderUnits + 4)}.${claims}.`), []);
  const header = encode({ alg: "HS256" });
  const long = `${header}.${mixed(jwtPayloadUnits)}`;
  assert.deepEqual(found(`${long}.${signature}`), [["jwt", `${long}.${signature}`]]);
  assert.deepEqual(found(`${long}x.${signature}`), [["jwt", long]]);
});

const line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
const begin = (label: string): string => `-----BEGIN ${label}-----`;
const end = (label: string): string => `-----END ${label}-----`;

for (const label of [
  "PRIVATE KEY",
  "RSA PRIVATE KEY",
  "EC PRIVATE KEY",
  "DSA PRIVATE KEY",
  "ENCRYPTED PRIVATE KEY",
  "OPENSSH PRIVATE KEY",
  "PGP PRIVATE KEY BLOCK",
]) {
  test(`private key: ${label}, with each kind of line end`, () => {
    for (const lineEnd of ["\n", "\r\n", "\\n", "\\r\\n", "\\\\n", " "]) {
      const key = [begin(label), line, line, "ab==", end(label)].join(lineEnd);
      assert.deepEqual(found(`"key": "${key}", more`), [["private-key", key]], JSON.stringify(lineEnd));
    }
  });
}

test("private key: headers, quoting, and the SSH2 form", () => {
  for (const key of [
    `${begin("RSA PRIVATE KEY")}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00AA\n\n${line}\n${end("RSA PRIVATE KEY")}`,
    `${begin("PGP PRIVATE KEY BLOCK")}\nVersion: GnuPG v2.0 (x)\nComment: a, b\n\n${line}\n=abcd\n${end("PGP PRIVATE KEY BLOCK")}`,
    `${begin("PRIVATE KEY")}\n> ${line}\n> ${line}\n> ${end("PRIVATE KEY")}`,
    `${begin("PRIVATE KEY")}\\n"\n  "${line}\\n"\n  "${end("PRIVATE KEY")}`,
    `---- BEGIN SSH2 ${"ENCRYPTED PRIVATE KEY"} ----\n${line}\n---- END SSH2 ${"ENCRYPTED PRIVATE KEY"} ----`,
  ]) {
    assert.deepEqual(found(`-${key}-`), [["private-key", key]]);
  }
});

test("private key: without END, what looks like key material counts", () => {
  const key = `${begin("RSA PRIVATE KEY")}\n${line}\n${line}`;
  assert.deepEqual(found(`${key}\nAnd so on`), [["private-key", key]]);
  assert.deepEqual(found(`${key}\nabc=\n\nAnd so on.`), [["private-key", `${key}\nabc=`]]);
  assert.deepEqual(found(`${key.replaceAll("\n", "\\n")}\\nAnd so on.`), [
    ["private-key", key.replaceAll("\n", "\\n")],
  ]);
  assert.deepEqual(found(`A line of ${begin("PRIVATE KEY")} begins a key.`), [["private-key", begin("PRIVATE KEY")]]);
  const encrypted = `${begin("RSA PRIVATE KEY")}\nProc-Type: 4,ENCRYPTED\n\n${line}`;
  assert.deepEqual(found(`${encrypted}...`), [["private-key", encrypted]]);
});

test("private key: at the bound of its body", () => {
  const bodyOf = (units: number): string => `\n${`${line.slice(0, 63)}\n`.repeat(units / 64)}`.slice(0, units);
  const [open, close] = [begin("PRIVATE KEY"), end("PRIVATE KEY")];
  const atBound = `${open}${bodyOf(privateKeyBodyUnits)}${close}`;
  assert.deepEqual(found(atBound), [["private-key", atBound]]);
  const [first, ...more] = found(`${open}${bodyOf(privateKeyBodyUnits + 64)}${close}`);
  assert.deepEqual([first?.[1].length, more], [open.length + privateKeyBodyUnits, []]);
});

test("holds back only what may be a secret", () => {
  const held: readonly (readonly [text: string, held: string])[] = [
    ["The total is ", ""],
    ["The sum of all", "l"],
    ["It is 12 o'clock, then", "n"],
    ["about the", "e"],
    ["use this ghp", "ghp"],
    ["it costs", "ts"],
    [`npm_${mixed(36)}`, `npm_${mixed(36)}`],
    [`npm_${mixed(36)} `, ""],
    [`${begin("PRIVATE KEY")} is how it begins`, `${begin("PRIVATE KEY")} is how it begins`],
    [`${begin("PRIVATE KEY")} is how it begins. `, ""],
  ];
  for (const [text, wanted] of held) assert.equal(text.slice(detector.settled(text, 0)), wanted);
});
