/** JSON is read as JSON.parse reads it, edits change what they name and nothing else, and masks keep arguments valid. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { openLaneView } from "../../src/content/json/lane-view.ts";
import { type JsonNode, parseJson } from "../../src/content/json/parse.ts";
import type { Edit } from "../../src/domain/dialect.ts";
import { applyEdits, planEdits, replaceText } from "../../src/content/json/splice.ts";
import { cutAt, cuts, jsonText, numberLiteral, stringLiteral } from "./json-text.ts";
import { runAtOnce } from "../../src/stdx/paced.ts";

const unlimited = { maxDepth: 1000, maxValues: 100_000 };

function read(text: string): JsonNode {
  const root = parseJson(text, unlimited);
  assert.ok(root.ok, root.ok ? "" : root.error);
  return root.value.root;
}

/** What JSON.parse makes of the text with all its strings coded, lists of numbers by their first. */
function valueOf(node: JsonNode): unknown {
  if (node.kind === "list") return node.items.map(valueOf);
  if (node.kind === "string") return `s${coded(node.value)}`;
  if (node.kind !== "object") return node.value;
  return Object.fromEntries(node.members.map(({ key, value }) => [`s${coded(key)}`, valueOf(value)]));
}

/** Code units as digits, so that nothing is escaped: V8 takes some escaped keys for others that it has seen (nodejs/node 63785). */
const coded = (text: string): string => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)).join("-");
const withStringsCoded = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"/g, (literal) => `"s${coded(JSON.parse(literal) as string)}"`);

function withoutNumbers(value: unknown): unknown {
  if (Array.isArray(value)) {
    const numbersOnly = value.length > 1 && value.every((item) => typeof item === "number");
    return (numbersOnly ? value.slice(0, 1) : value).map(withoutNumbers);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutNumbers(member)]));
}

function countValues(node: JsonNode): number {
  if (node.kind === "list") return node.items.reduce((sum, item) => sum + countValues(item), 1);
  if (node.kind !== "object") return 1;
  return node.members.reduce((sum, member) => sum + countValues(member.value), 1);
}

type Literal = { readonly value: string; readonly span: { readonly start: number; readonly end: number } };

/** All string literals, keys too, in the order of the text. */
function literals(node: JsonNode): readonly Literal[] {
  if (node.kind === "string") return [node];
  if (node.kind === "list") return node.items.flatMap(literals);
  if (node.kind !== "object") return [];
  return node.members.flatMap(({ key, keySpan, value }) => [{ value: key, span: keySpan }, ...literals(value)]);
}

/** Everything but the values of strings. */
function skeleton(text: string): string {
  const edits = literals(read(text)).map(({ span }) => ({ range: span, text: "S" }));
  return applyEdits(text, edits);
}

const accepted = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe("JSON with positions", () => {
  it("reads as JSON.parse does, and each literal stands where it says", () => {
    fc.assert(
      fc.property(jsonText(), (text) => {
        const root = read(text);
        assert.deepEqual(withoutNumbers(valueOf(root)), withoutNumbers(JSON.parse(withStringsCoded(text))));
        for (const { value, span } of literals(root)) assert.equal(JSON.parse(text.slice(span.start, span.end)), value);
      }),
      { numRuns: 500 },
    );
  });

  it("accepts what JSON.parse accepts, and nothing else", () => {
    const damage = fc.constantFrom("", ",", '"', "]", "}", "\\", "1", "//", "\uFEFF", "\u00a0", "+", "\n", "{", "nul");
    fc.assert(
      fc.property(jsonText(), fc.nat(), fc.nat(3), damage, (text, place, length, put) => {
        const at = place % (text.length + 1);
        const damaged = text.slice(0, at) + put + text.slice(at + length);
        assert.equal(parseJson(damaged, unlimited).ok, accepted(damaged));
      }),
      { numRuns: 1000 },
    );
  });

  it("takes brackets, commas and colons where JSON.parse does", () => {
    const tokens = fc.constantFrom(
      "[",
      "]",
      "{",
      "}",
      ",",
      ":",
      '"a"',
      '"b"',
      "1",
      "-0.5e-3",
      "01",
      "true",
      "null",
      " ",
    );
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 9 }), (parts) => {
        const text = parts.join("");
        assert.equal(parseJson(text, unlimited).ok, accepted(text), text);
      }),
      { numRuns: 3000 },
    );
  });

  it("reads long strings as JSON.parse does, wherever they are cut", () => {
    const unit = fc.constantFrom("a", "\u{1f600}", '\\"', "\\\\", "\\u0041", "\\ud83d", "\\n", "\\\\\\\\");
    const part = fc.tuple(unit, fc.integer({ min: 1, max: 15_000 }));
    const wrong = fc.constantFrom("", "", "", "\\", "\\u00", "\n", "\\x");
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 4, maxLength: 9 }),
        fc.nat(20),
        wrong,
        fc.nat(),
        (parts, shift, put, place) => {
          const inside = "s".repeat(shift) + parts.map(([each, times]) => each.repeat(times)).join("");
          const at = place % inside.length;
          const text = `"${inside.slice(0, at)}${put}${inside.slice(at)}"`;
          const parsed = parseJson(text, unlimited);
          assert.equal(parsed.ok, accepted(text));
          if (parsed.ok) assert.ok(parsed.value.root.kind === "string" && parsed.value.root.value === JSON.parse(text));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("counts values exactly: the count itself passes, one less does not", () => {
    fc.assert(
      fc.property(jsonText(), (text) => {
        const count = countValues(read(text));
        assert.ok(parseJson(text, { maxDepth: 1000, maxValues: count }).ok);
        assert.equal(parseJson(text, { maxDepth: 1000, maxValues: count - 1 }).ok, false);
      }),
    );
  });
});

describe("edits of string literals", () => {
  it("change the strings they name and leave everything else", () => {
    const choices = fc.array(fc.option(fc.string({ unit: "binary", maxLength: 5 })), { maxLength: 40 });
    fc.assert(
      fc.property(jsonText(), choices, (text, chosen) => {
        const before = literals(read(text));
        const edits = before.flatMap(({ span }, position): Edit[] => {
          const put = chosen[position];
          return typeof put === "string" ? [replaceText({ literal: span, writing: "json-string" }, put)] : [];
        });
        const after = applyEdits(text, planEdits(edits.toReversed()));
        assert.equal(skeleton(after), skeleton(text));
        const wanted = before.map(({ value }, position) => chosen[position]?.toWellFormed() ?? value);
        assert.deepEqual(
          literals(read(after)).map(({ value }) => value.toWellFormed()),
          wanted.map((value) => value.toWellFormed()),
        );
        if (edits.length === 0) assert.equal(after, text);
      }),
    );
  });
});

/** Views of all pieces and of the end, joined. */
function viewed(pieces: readonly string[]) {
  const view = openLaneView("json");
  return { view, text: pieces.map((piece) => view.append(piece)).join("") + view.end() };
}

describe("the view of arguments", () => {
  it("does not depend on cuts, and decodes just the escapes in strings", () => {
    const anyText = fc.oneof(jsonText(), fc.string({ unit: fc.constantFrom(...'{}[]"\\u0041n x:,1-') }));
    fc.assert(
      fc.property(anyText, cuts, (text, places) => {
        const whole = viewed([text]);
        const cut = viewed(cutAt(text, places));
        assert.equal(cut.text, whole.text);
        const bounds = Array.from({ length: whole.text.length + 1 }, (_each, offset) => offset);
        const settled = bounds.map((offset) => whole.view.rawSettled(offset));
        assert.deepEqual(
          bounds.map((offset) => cut.view.rawSettled(offset)),
          settled,
        );
        assert.equal(settled.at(-1), text.length);
        assert.ok(settled.every((raw, offset) => offset === 0 || raw > (settled[offset - 1] as number)));
      }),
      { numRuns: 500 },
    );
  });

  it("shows strings as JSON.parse does", () => {
    fc.assert(
      fc.property(stringLiteral, cuts, (literal, places) => {
        assert.equal(viewed(cutAt(literal, places)).text, `"${JSON.parse(literal)}"`);
      }),
    );
  });

  it("shows what it has seen of a stream as soon as it is complete", () => {
    fc.assert(
      fc.property(jsonText(), fc.nat(), (text, place) => {
        const at = place % (text.length + 1);
        const view = openLaneView("json");
        const seen = view.append(text.slice(0, at));
        const raw = view.rawSettled(seen.length);
        assert.ok(raw <= at && at - raw < 6);
        const open = text.slice(raw, at);
        assert.ok(open === "" || /^\\(u[0-9a-fA-F]{0,3})?$/.test(open));
      }),
    );
  });
});

/** Spans of the view in which a mask must keep JSON valid: inside one string, or digits and more of one number. */
function maskable(text: string): readonly (readonly [number, number])[] {
  const { view, text: shown } = viewed([text]);
  const inView = new Map<number, number>();
  for (let offset = 0; offset <= shown.length; offset++) inView.set(view.rawSettled(offset), offset);
  const at = (raw: number): number => inView.get(raw) as number;
  const found: [number, number][] = [];
  const visit = (node: JsonNode): void => {
    if (node.kind === "string") found.push([at(node.span.start) + 1, at(node.span.end) - 1]);
    else if (node.kind === "number") found.push([at(node.span.start), at(node.span.end)]);
    else if (node.kind === "list") node.items.forEach(visit);
    else if (node.kind === "object") {
      for (const member of node.members) {
        found.push([at(member.keySpan.start) + 1, at(member.keySpan.end) - 1]);
        visit(member.value);
      }
    }
  };
  visit(read(text));
  return found.filter(([start, end]) => end > start);
}

describe("masks in arguments", () => {
  const jsonArguments = fc
    .oneof(
      jsonText(),
      numberLiteral.map((number) => `{"n":${number}}`),
      numberLiteral,
    )
    .filter((text) => /^\s*[{["\d-]/.test(text));

  it("leave valid JSON valid, under any cutting, and take away all they cover", () => {
    fc.assert(
      fc.property(jsonArguments, cuts, fc.nat(), fc.nat(), fc.nat(), (text, places, which, from, to) => {
        const spans = maskable(text);
        fc.pre(spans.length > 0);
        const [low, high] = spans[which % spans.length] as readonly [number, number];
        const [a, b] = [low + (from % (high - low)), low + (to % (high - low))];
        const span = { start: Math.min(a, b), end: Math.max(a, b) + 1 };
        const { view } = viewed(cutAt(text, places));
        const raw = view.rawSpan(span);
        const masked = text.slice(0, raw.start) + runAtOnce(view.placeholder(span, '["X"]')) + text.slice(raw.end);
        assert.ok(accepted(masked), masked);
        assert.equal(viewed([text.slice(0, raw.start)]).text.length, span.start);
        assert.equal(viewed([text.slice(0, raw.end)]).text.length, span.end);
      }),
      { numRuns: 2000 },
    );
  });

  it("leave numbers valid that are masked before their end is seen", () => {
    fc.assert(
      fc.property(numberLiteral, fc.nat(), fc.nat(), fc.nat(), (number, from, to, seen) => {
        const [a, b] = [from % number.length, to % number.length];
        const span = { start: Math.min(a, b) + 1, end: Math.max(a, b) + 2 };
        const text = `[${number}]`;
        const view = openLaneView("json");
        view.append(text.slice(0, span.end + (seen % (text.length - span.end + 1))));
        const masked = text.slice(0, span.start) + runAtOnce(view.placeholder(span, "[X]")) + text.slice(span.end);
        assert.ok(accepted(masked), `${text} ${masked}`);
      }),
      { numRuns: 1000 },
    );
  });

  it("leave JSON valid also where two masks meet in one number, and where one goes on over brackets", () => {
    fc.assert(
      fc.property(jsonArguments, fc.array(fc.nat(), { minLength: 3, maxLength: 3 }), (text, offsets) => {
        const { view, text: shown } = viewed([text]);
        const [a = 0, b = 0, c = 0] = offsets.map((offset) => offset % (shown.length + 1)).toSorted((x, y) => x - y);
        fc.pre(a < b && b < c && !touchesPartOfWord(shown, a, b, c) && !onlyMarks(shown, a, b, c));
        const [first, second] = [
          { start: a, end: b },
          { start: b, end: c },
        ];
        const [one, two] = [view.rawSpan(first), view.rawSpan(second)];
        const masked =
          text.slice(0, one.start) +
          runAtOnce(view.placeholder(first, "[X]")) +
          runAtOnce(view.placeholder(second, "")) +
          text.slice(two.end);
        assert.ok(accepted(masked), `${text} -> ${masked}`);
      }),
      { numRuns: 1000 },
    );
  });
});

/** A part of `true` cannot be taken away in valid JSON, so it is out of the promise. */
function touchesPartOfWord(shown: string, ...bounds: readonly number[]): boolean {
  return bounds.some((bound) => /[a-z]/.test(shown[bound - 1] ?? "") && /[a-z]/.test(shown[bound] ?? ""));
}

/** Nor can brackets alone. */
function onlyMarks(shown: string, a: number, b: number, c: number): boolean {
  return [shown.slice(a, b), shown.slice(b, c)].some((part) => /^[\s{}[\],:"]*$/.test(part));
}
