import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import type { Finding } from "../../domain/detector.ts";
import { qualityKinds } from "../../domain/policy.ts";
import { createQualityDetector } from "./index.ts";
import { bitsOf, bitsOfGibberish } from "./letters.ts";
import { neverBreathes } from "../../../test/helpers/pace.ts";

const signal = new AbortController().signal;
const detector = createQualityDetector("id", qualityKinds);

function judge(text: string, from = 0, to = text.length, ended = true): readonly Finding[] {
  const detection = detector.detect(signal, { text, from, to, ended }, neverBreathes);
  assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
  return detection.findings;
}
const categories = (text: string): readonly string[] => [...new Set(judge(text).map(({ category }) => category))];

/** The same on every run: a small generator of numbers below `n`. */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x7fffffff) * n);
  };
}
const times = <T>(count: number, make: (at: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, at) => make(at));
const below = numbers(7);
const letter = (): string => String.fromCharCode(97 + below(26));
const randomWord = (): string => times(2 + below(9), letter).join("");
const mash = (): string => {
  const row = ["qwertyuiop", "asdfghjkl", "zxcvbnm"][below(3)] as string;
  return times(3 + below(8), () => row[below(row.length)]).join("");
};

for (const [what, text] of [
  ["random letters", times(60, randomWord).join(" ")],
  ["random letters between marks", times(60, randomWord).join(", ")],
  ["a hand on the keyboard", times(60, mash).join(" ")],
  ["one long run of keys", times(30, mash).join("")],
  ["random characters", times(400, () => String.fromCharCode(33 + below(94))).join("")],
  [
    "random letters after prose",
    `The meeting is at ten and the report is due on Friday, so please send it. ${times(60, randomWord).join(" ")}`,
  ],
] as const) {
  test(`gibberish: ${what}`, () => assert.deepEqual(categories(text), ["quality/gibberish"]));
}

for (const [what, text] of [
  ["a word", "the ".repeat(300)],
  ["a sentence", "I am a model. ".repeat(60)],
  ["a line", "The cat sat on the mat.\n".repeat(40)],
  [
    "a paragraph",
    "I can not say more about it, and so I will say it once more, with care, and then again from the start.\n\n".repeat(
      14,
    ),
  ],
  ["an interjection", "very, ".repeat(200)],
  ["emoji", "😂".repeat(400)],
  ["Chinese", "哈哈".repeat(400)],
  ["few words in no order", times(400, () => ["spam", "ham", "eggs"][below(3)]).join(" ")],
  ["after prose", `It began well, with a good many words and a plan for the day. ${"and then ".repeat(100)}`],
] as const) {
  test(`repetition: ${what}`, () => assert.deepEqual(categories(text), ["quality/repetition"]));
}

const prose = {
  de: "Der Ausschuss hat gestern beschlossen, die Brücke im nächsten Frühjahr zu erneuern, weil die Pfeiler Risse haben und der Verkehr zunimmt.",
  pl: "Komisja postanowiła wczoraj, że wiosną most zostanie wyremontowany, ponieważ filary są popękane, a ruch stale rośnie. Szczęście sprzyja przygotowanym.",
  cs: "Výbor včera rozhodl, že se most na jaře opraví, protože pilíře mají trhliny a provoz stále roste. Strč prst skrz krk.",
  fi: "Valiokunta päätti eilen, että silta korjataan keväällä, koska pilareissa on halkeamia ja liikenne kasvaa jatkuvasti joka päivä.",
  tr: "Kurul dün köprünün ilkbaharda onarılmasına karar verdi, çünkü ayaklarda çatlaklar var ve trafik sürekli olarak artıyor.",
  cy: "Penderfynodd y pwyllgor ddoe y bydd y bont yn cael ei hatgyweirio yn y gwanwyn gan fod craciau yn y pileri a bod traffig yn cynyddu.",
  vi: "Hôm qua ủy ban đã quyết định sửa cây cầu vào mùa xuân năm sau vì các trụ cầu bị nứt và xe cộ ngày càng đông.",
  sw: "Kamati iliamua jana kwamba daraja litarekebishwa wakati wa masika kwa sababu nguzo zina nyufa na magari yanaongezeka kila siku.",
  ru: "Комитет вчера решил, что весной мост отремонтируют, потому что опоры потрескались, а движение растёт.",
  ja: "委員会は昨日、橋脚にひびが入り交通量も増えているため、来年の春に橋を修理することを決めました。",
};
const sha = (at: number): string => createHash("sha256").update(String(at)).digest("hex");

for (const [what, text] of [
  ["nothing", ""],
  ...Object.entries(prose),
  ["hashes", times(20, sha).join("\n")],
  ["base64", Buffer.from(times(30, sha).join("")).toString("base64")],
  ["base64 of nothing", "A".repeat(3000)],
  [
    "base64 in lines",
    (
      Buffer.from(sha(1).repeat(20))
        .toString("base64")
        .match(/.{1,64}/g) ?? []
    ).join("\n"),
  ],
  [
    "identifiers",
    times(40, (at) => sha(at).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5")).join("\n"),
  ],
  ["a table", `| id | name |\n|----|------|\n${times(60, (at) => `| ${at} | row ${at} |`).join("\n")}`],
  ["rulers", `${"-".repeat(2000)}\n${"=".repeat(2000)}\n${"* ".repeat(1000)}`],
  ["blanks and line ends", `${" ".repeat(3000)}${"\n".repeat(3000)}`],
  ["rows of numbers", "0, 0, 0, 1,\n".repeat(200)],
  ["rows of values", "false, ".repeat(90)],
  ["bytes", "0x00, ".repeat(500)],
  ["a log", times(80, (at) => `2026-11-21T10:${10 + (at % 50)}:00Z INFO GET /health 200 ${at % 9}ms`).join("\n")],
  ["a counted list", times(100, (at) => `${at}. Do step ${at}, then go on.`).join("\n")],
  [
    "a program",
    times(40, (at) => `const item${at} = parse(line[${at}]); if (item${at} === null) { return err("bad"); }`).join(
      "\n",
    ),
  ],
  ["JSON", JSON.stringify(times(60, (at) => ({ id: at, ok: true, name: "n", tags: ["a", "b"] })))],
  ["names of variables", times(60, (at) => `xcfgBtn${at} tmpStrLen mgr_ctx_ptr httpReqHdr`).join("\n")],
  [
    "shell",
    'for f in $(ls *.txt | grep -v "^#"); do mv "$f" "${f%.txt}.md" 2>/dev/null || echo "E: $f" >&2; done\n'.repeat(3),
  ],
  [
    "an expression",
    String.raw`/^(?:[a-zA-Z0-9!#$%&'*+/=?^_{|}~-]+(?:\.[a-zA-Z0-9!#$%&'*+/=?^_{|}~-]+)*|"(?:\\[\x01-\x7f])*")@(?:[A-Z]{2})$/i`.repeat(
      2,
    ),
  ],
  ["a sentence said five times", "Please write this sentence on the board for me. ".repeat(5)],
  ["laughter", "ha ha ha ha ha ha ha, that was good. Hmmmmmm. Noooooooooooo!"],
  [
    "abbreviations",
    "HTTP, TCP, DNS, TLS, SSH, GRPC, HTML, CSS, SQL, JSON, YAML, XML, RPC, CPU, GPU, RAM, SSD, NVME, PCIE, USB, BGP, VLAN",
  ],
] as const) {
  test(`neither: ${what}`, () => assert.deepEqual(categories(text), []));
}

test("a word that is one letter or syllable over and over is both", () => {
  for (const text of ["ha".repeat(800), "x".repeat(2000)]) {
    assert.deepEqual(categories(text).toSorted(), ["quality/gibberish", "quality/repetition"]);
  }
});

test("one kind alone", () => {
  const both = `${"again ".repeat(200)}${times(60, mash).join(" ")}`;
  assert.deepEqual(categories(both), ["quality/repetition", "quality/gibberish"]);
  for (const kind of qualityKinds) {
    const one = createQualityDetector("id", [kind]);
    assert.deepEqual(one.categories, [`quality/${kind}`]);
    const detection = one.detect(signal, { text: both, from: 0, to: both.length, ended: true }, neverBreathes);
    assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
    assert.ok(
      detection.findings.length > 0 && detection.findings.every(({ category }) => category === `quality/${kind}`),
    );
  }
});

test("the table tells languages from random letters", () => {
  for (const text of [prose.de, prose.pl, prose.cs, prose.fi, prose.tr, prose.cy, prose.vi, prose.sw]) {
    const bits = bitsOf(text);
    assert.ok(bits !== null && bits < bitsOfGibberish - 0.5, `${bits}`);
  }
  for (let turn = 0; turn < 200; turn += 1) {
    const bits = bitsOf(times(25, randomWord).join(" "));
    assert.ok(bits !== null && bits > bitsOfGibberish, `${bits}`);
  }
  assert.equal(bitsOf("a few words"), null);
});

test("scores say how sure it is", () => {
  for (const finding of judge(`${times(60, mash).join(" ")} ${"the ".repeat(300)}`)) {
    assert.ok(finding.score >= 0.9 && finding.score < 1);
  }
});

test("a stream is judged as the whole text is, however it is cut", () => {
  const part = fc.oneof(
    fc.constantFrom(
      "the ".repeat(150),
      "ha".repeat(600),
      times(40, mash).join(" "),
      prose.de,
      prose.ja,
      "😂".repeat(300),
      "x",
      "\n",
    ),
    fc.string({ unit: "binary", maxLength: 30 }),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), sizes, (parts, pieces) => {
      const text = parts.join("");
      const found: Finding[] = [];
      let [base, done, arrived] = [0, 0, 0];
      for (let turn = 0; done < text.length; turn += 1) {
        arrived = Math.min(text.length, arrived + (pieces[turn % pieces.length] as number));
        const held = text.slice(base, arrived);
        const to = arrived === text.length ? held.length : detector.settled(held, done - base);
        if (to <= done - base) continue;
        for (const { span, ...rest } of judge(held, done - base, to, arrived === text.length)) {
          assert.ok(span !== null && span.end - span.start <= detector.reach.longestSpan);
          found.push({ ...rest, span: { start: span.start + base, end: span.end + base } });
        }
        done = base + to;
        base = Math.max(base, done - detector.reach.leftContext);
      }
      assert.deepEqual(found, judge(text));
    }),
    { numRuns: 200 },
  );
});
