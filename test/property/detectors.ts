/**
 * What the property tests of detectors share: texts made of prose, whole and broken matches; the stream that a guard
 * would drive; and masking. Anything that looks like a secret is put together from pieces here.
 */
import fc from "fast-check";
import type { Finding, TextDetector } from "../../src/domain/detector.ts";
import { createDetector, placeholderFor } from "../../src/detectors/index.ts";
import { placeholders } from "../../src/detectors/placeholder.ts";
import type { DetectSpec } from "../../src/domain/policy.ts";
import { announced } from "../guards/pii/vectors.ts";
import { neverBreathes } from "../helpers/pace.ts";

const signal = new AbortController().signal;

export function textDetector(spec: DetectSpec): TextDetector {
  const detector = createDetector(spec);
  if (detector.kind !== "text") throw new Error("a text detector was asked for");
  return detector;
}

export function detect(
  detector: TextDetector,
  text: string,
  from = 0,
  to = text.length,
  ended = true,
): readonly Finding[] {
  const detection = detector.detect(signal, { text, from, to, ended }, neverBreathes);
  if (detection instanceof Promise || detection.kind !== "scored") throw new Error("a scored detection was expected");
  return detection.findings;
}

const keyLine = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
const begin = (label: string): string => `-----BEGIN ${label}-----`;
const end = (label: string): string => `-----END ${label}-----`;
export const jwtParts = [
  "eyJ" + "hbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
  "eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0",
  "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
] as const;

export const personal: readonly string[] = [
  "john.doe+x@example.com",
  "o'neil@mail.example.co.uk",
  "max@b\u00fccher.de",
  `${"a".repeat(80)}@example.org`,
  "+1 415 555 2671",
  "(415) 555-2671",
  "415-555-2671",
  "415.555.2671",
  "1-415-555-2671",
  "+44 (0)20 7946 0958",
  "0049 30 123456",
  "4111 1111 1111 1111",
  "4111111111111111",
  "3782 822463 10005",
  "378282246310005",
  "5555-5555-5555-4444",
  "4111\u00a01111\u20091111\u00a01111",
  "DE89 3704 0044 0532 0130 00",
  "gb82west12345698765432",
  "NO9386011117947",
  "FR1420041010050500013M02606",
  "123-45-6789",
  "123 45 6789",
  "123\u201045\u20106789",
  ...announced,
];

export const secret: readonly string[] = [
  `AK${"IA"}IOSFODNN7EXAMPLE`,
  `aws_secret_access_key = ${"wJalrXUtnFEMI/K7MDENG/bPxRfiCY"}EXAMPLEKEY`,
  `gh${"p_"}${"a1B2".repeat(9)}`,
  `github_${"pat_"}${"a1B2_".repeat(16)}`,
  `gl${"pat-"}${"a1B2-".repeat(5)}`,
  `AI${"za"}${"a1B2_".repeat(7)}`,
  `sk-${"proj-"}${"a1B2_".repeat(12)}`,
  `sk-${"a1B2".repeat(5)}T3Blbk${"FJ"}${"a1B2".repeat(5)}`,
  `sk-${"ant-"}api03-${"a1B2_".repeat(10)}`,
  `xo${"xb-"}123456789012-abcdefghijkl`,
  `xa${"pp-"}1-A0123-456-${"0af".repeat(8)}`,
  `sk_${"live_"}${"a1B2".repeat(6)}`,
  `np${"m_"}${"a1B2".repeat(9)}`,
  `h${"f_"}${"aBcD".repeat(9)}`,
  jwtParts.join("."),
  `${jwtParts[0]}.${jwtParts[1]}`,
  `${begin("RSA PRIVATE KEY")}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00AA\n\n${keyLine}\n${keyLine}\nab=\n${end("RSA PRIVATE KEY")}`,
  `${begin("OPENSSH PRIVATE KEY")}\\n${keyLine}\\n${keyLine}\\n${end("OPENSSH PRIVATE KEY")}`,
  `${begin("PRIVATE KEY")}\r\n${keyLine}\r\n${keyLine}`,
  `${begin("PGP PRIVATE KEY BLOCK")}\nVersion: X\n\n${keyLine}\n=abcd\n${end("PGP PRIVATE KEY BLOCK")}`,
  `Private-Lines: 2\n${keyLine.slice(1)}\n${keyLine.slice(1)}\nPrivate-MAC: ${"0a1b".repeat(10)}`,
  `HEROKU_API_KEY=${"0a1b2c3d-0a1b-1c2d-8e3f"}-0a1b2c3d4e5f`,
  `datadog api key: "${"0a1b2c3d4e5f6789".repeat(2)}"`,
  "postgres://app:Tr0ub4dor-3@db:5432/prod",
  "Server=db;User Id=app;Password=Tr0ub4dor-3;",
  "https://user:a1B2c3D4e5@host/path",
  `Authorization: Bearer ${"a1B2c3D4e5f6G7h8"}i9J0k1L2`,
  `Authorization: Basic ${"dXNlcjpUcjB1YjRkb3ItMw=="}`,
  'DB_PASSWORD="Tr0ub4dor-3"',
  `client_secret: '${"q7Xw9Lk2Vb5Rt8Yn"}3Mz6Pc1H'`,
  `(${"8aB"}Q8Q~${"a1B2c3".repeat(6).slice(0, 34)})`,
];

export const keywords: readonly string[] = [
  "acme-internal",
  "secret",
  "secretly",
  "the secret plan",
  "Stra\u00dfe",
  "a",
  "ab",
  "abab",
  "email",
  "\ud83d\ude00x",
  "C++",
];

const prose = [
  "The",
  "total",
  "is",
  "call me at",
  "It's",
  "naive",
  "\u65e5\u672c\u8a9e",
  "\ud83d\ude00",
  "e\u0301",
  "2024-11-21",
  "192.168.1.10",
  "v1.2.3",
  "10:00",
  "x",
  "7",
  "sk",
  "ey",
  "---",
  "@",
  "+",
  "0",
];
const separators = [" ", " ", " ", "", "", "\n", ", ", ". ", "-", "_", ":", "(", ")", "\\n", "\u00a0", "\u2011"];

/** A whole match, its beginning, its end, or one with a character changed. */
function pieceOf(whole: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...whole), fc.nat(9), fc.nat(), fc.constantFrom("0", "z", "-", " ", "A", "\u00e9"))
    .map(([text, how, at, other]) => {
      const cut = at % (text.length + 1);
      if (how < 5) return text;
      if (how < 7) return text.slice(0, cut);
      if (how < 8) return text.slice(cut);
      return text.slice(0, cut) + other + text.slice(cut + 1);
    });
}

/** Texts in which matches stand whole, broken, glued together and among prose. */
export function texts(whole: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 5, arbitrary: pieceOf(whole) },
    { weight: 4, arbitrary: fc.constantFrom(...prose) },
    { weight: 1, arbitrary: fc.constantFrom(...placeholders) },
    { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom("a", "1", "aB3_", "=", " "), fc.integer({ min: 1, max: 90 }))
        .map(([text, times]) => text.repeat(times)),
    },
  );
  return fc
    .array(fc.tuple(piece, fc.constantFrom(...separators)), { minLength: 1, maxLength: 12, size: "max" })
    .map((parts) => parts.flat().join(""));
}

/** Sizes of the pieces in which a text arrives, used in turn. */
export const pieceSizes = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 8 }) },
    { weight: 1, arbitrary: fc.integer({ min: 9, max: 120 }) },
  ),
  { minLength: 1, maxLength: 12 },
);

export type Step = { readonly done: number; readonly findings: readonly Finding[] };

/**
 * Judges a text as it arrives, keeping no more of what is done than the detector's left context. Yields after each piece
 * how far the text is decided and all findings so far, in offsets of the whole text.
 */
export function* stream(detector: TextDetector, text: string, sizes: readonly number[]): Generator<Step> {
  const findings: Finding[] = [];
  let base = 0;
  let done = 0;
  let arrived = 0;
  for (let turn = 0; arrived < text.length || turn === 0; turn++) {
    arrived = Math.min(text.length, arrived + (sizes[turn % sizes.length] as number));
    const ended = arrived === text.length;
    const held = text.slice(base, arrived);
    const to = ended ? held.length : detector.settled(held, done - base);
    if (to < done - base || to > held.length) throw new Error("settled lies outside of what it was asked about");
    for (const finding of detect(detector, held, done - base, to, ended)) findings.push(shifted(finding, base));
    done = base + to;
    base = Math.max(base, done - detector.reach.leftContext);
    yield { done, findings };
  }
}

function shifted(finding: Finding, by: number): Finding {
  if (finding.span === null) throw new Error("a text finding has a span");
  return { ...finding, span: { start: finding.span.start + by, end: finding.span.end + by } };
}

/** Overlapping findings become one placeholder, that of the first. A finding that goes past `until` is masked whole. */
export function mask(text: string, findings: readonly Finding[], until = text.length): string {
  let masked = "";
  let at = 0;
  let regionEnd = 0;
  for (const { category, span } of findings) {
    if (span === null || span.start >= until) continue;
    if (span.start >= regionEnd) {
      masked += text.slice(at, span.start) + placeholderFor(category);
      regionEnd = span.end;
    } else regionEnd = Math.max(regionEnd, span.end);
    at = regionEnd;
  }
  return masked + text.slice(at, Math.max(at, until));
}
