import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Finding, TextDetector } from "../../domain/detector.ts";
import { createLanguageDetector } from "./index.ts";
import { scriptOf } from "./scripts.ts";
import { unitEnd, unitLongest, wordsOf } from "./units.ts";
import { neverBreathes } from "../../../test/helpers/pace.ts";

const signal = new AbortController().signal;
const detectors = new Map<string, TextDetector>();

function detectorFor(allow: readonly string[]): TextDetector {
  const key = allow.join();
  const detector = detectors.get(key) ?? createLanguageDetector("id", { allow });
  detectors.set(key, detector);
  return detector;
}

async function find(allow: readonly string[], text: string, from = 0, to = text.length): Promise<readonly Finding[]> {
  const detection = await detectorFor(allow).detect(signal, { text, from, to, ended: true }, neverBreathes);
  assert.ok(detection.kind === "scored");
  return detection.findings;
}

/** Sentences written for this test, one idea in many languages. */
const said: Readonly<Record<string, string>> = {
  ar: "وصل القطار متأخرا هذا الصباح، لذلك بدأ الاجتماع بعد نصف ساعة من الموعد المحدد.",
  bn: "আজ সকালে ট্রেন দেরিতে এসেছে, তাই সভা নির্ধারিত সময়ের আধা ঘণ্টা পরে শুরু হয়েছে।",
  cs: "Vlak dnes ráno přijel pozdě, a proto schůze začala o půl hodiny později, než bylo plánováno.",
  de: "Der Zug kam heute Morgen zu spät, deshalb begann die Besprechung erst eine halbe Stunde nach der vereinbarten Zeit.",
  el: "Το τρένο έφτασε αργά σήμερα το πρωί, γι' αυτό η συνάντηση άρχισε μισή ώρα μετά την προγραμματισμένη ώρα.",
  en: "The train was late this morning, so the meeting began half an hour after the time that we had agreed on.",
  es: "El tren llegó tarde esta mañana, por eso la reunión empezó media hora después de la hora que habíamos acordado.",
  fi: "Juna oli tänä aamuna myöhässä, joten kokous alkoi puoli tuntia sovitun ajan jälkeen.",
  fr: "Le train est arrivé en retard ce matin, c'est pourquoi la réunion a commencé une demi-heure après l'heure prévue.",
  he: "הרכבת איחרה הבוקר, ולכן הפגישה התחילה חצי שעה אחרי השעה שקבענו מראש.",
  hi: "आज सुबह ट्रेन देर से आई, इसलिए बैठक तय समय से आधे घंटे बाद शुरू हुई।",
  hu: "A vonat ma reggel késett, ezért a megbeszélés fél órával a megbeszélt idő után kezdődött el.",
  it: "Il treno è arrivato in ritardo stamattina, perciò la riunione è cominciata mezz'ora dopo l'orario stabilito.",
  ja: "今朝は電車が遅れたので、会議は予定の時刻より三十分遅れて始まりました。",
  ko: "오늘 아침에 기차가 늦어서 회의는 예정된 시간보다 삼십 분 늦게 시작되었습니다.",
  nl: "De trein kwam vanmorgen te laat, daarom begon de vergadering een half uur na de afgesproken tijd.",
  pl: "Pociąg spóźnił się dziś rano, dlatego zebranie zaczęło się pół godziny po umówionym czasie.",
  pt: "O comboio chegou atrasado esta manhã, por isso a reunião começou meia hora depois da hora combinada.",
  ru: "Поезд сегодня утром опоздал, поэтому совещание началось на полчаса позже назначенного времени.",
  sv: "Tåget var sent i morse, därför började mötet en halvtimme efter den tid som vi hade kommit överens om.",
  th: "เช้านี้รถไฟมาสาย การประชุมจึงเริ่มช้ากว่าเวลาที่กำหนดไว้ครึ่งชั่วโมง",
  tr: "Tren bu sabah geç kaldı, bu yüzden toplantı kararlaştırılan saatten yarım saat sonra başladı.",
  uk: "Потяг сьогодні вранці запізнився, тому нарада почалася на пів години пізніше призначеного часу.",
  vi: "Sáng nay tàu đến muộn, vì vậy cuộc họp bắt đầu sau giờ đã hẹn nửa tiếng đồng hồ.",
  zh: "今天早上火车晚点了，所以会议比原定的时间晚了半个小时才开始，大家都等了很久。",
};

for (const [language, text] of Object.entries(said)) {
  test(`${language}: fine where it is allowed, found where another is`, async () => {
    assert.deepEqual(await find([language], text), []);
    const other = language === "en" ? "de" : "en";
    const [finding, ...more] = await find([other], text);
    assert.equal(more.length, 0);
    assert.equal(finding?.category, "language/other");
    assert.deepEqual(finding.span, { start: 0, end: text.length });
    assert.ok(finding.score >= 0.9 && finding.score < 1);
    assert.deepEqual(await find([other, language], text), []);
  });
}

for (const [what, text] of [
  ["nothing", ""],
  ["a word", "Grüße"],
  ["a short sentence", "Guten Tag, wie geht es?"],
  ["numbers", "12,5 48 100 2026-11-21 10:30 +49 30 123456 ".repeat(10)],
  [
    "a program",
    "const total = items.map((item) => item.price).reduce((a, b) => a + b, 0);\nif (total > 10) { return null; }\n".repeat(
      5,
    ),
  ],
  ["a query", "SELECT t.id, t.name FROM things t JOIN owners o ON o.id = t.owner_id WHERE t.size > 10 ORDER BY t.id;"],
  [
    "JSON",
    JSON.stringify({ id: 1, name: "Zürich", tags: ["größe", "straße"], nested: { ok: true, path: "/usr/lib" } }),
  ],
  ["links", "https://beispiel.example/der/weg/zum/ziel?frage=ja&antwort=nein https://beispiel.example/noch/eine/seite"],
  ["hashes", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 e3b0c44298fc1c149afbf4c8996fb924"],
  ["emoji and marks", "😀🎉 --- *** !!! ??? ".repeat(20)],
  [
    "names of files",
    "src/detectors/language/index.ts src/detectors/language/units.ts test/property/detectors.ts README.md",
  ],
] as const) {
  test(`undecided: ${what}`, async () => {
    for (const allow of ["en", "de", "ja"]) assert.deepEqual(await find([allow], text), []);
  });
}

const paragraphs = [said["en"], said["de"], said["en"]].map(String);

test("a foreign paragraph is found among others, and only it", async () => {
  const text = paragraphs.join("\n\n");
  const found = await find(["en"], text);
  assert.deepEqual(
    found.map(({ span }) => text.slice(span?.start, span?.end).trim()),
    [paragraphs[1]],
  );
});

test("foreign sentences are found in a long paragraph", async () => {
  const text = [
    ...Array.from({ length: 8 }, () => said["en"]),
    said["fr"],
    said["fr"],
    ...Array.from({ length: 8 }, () => said["en"]),
  ].join(" ");
  const found = await find(["en"], text);
  assert.ok(found.length >= 1);
  for (const { span } of found) assert.match(text.slice(span?.start, span?.end), /le train/i);
});

test("close relatives are not told apart at any price", async () => {
  assert.deepEqual(
    await find(["nb"], "Toget var forsinket i morges, derfor begynte møtet en halv time etter avtalt tid i dag."),
    [],
  );
  assert.deepEqual(
    await find(
      ["id"],
      "Kereta datang terlambat pagi ini, sehingga rapat dimulai setengah jam setelah waktu yang disepakati.",
    ),
    [],
  );
});

test("a language that nobody here knows, in its own script, is no finding", async () => {
  const sinhala = "අද උදෑසන දුම්රිය ප්‍රමාද විය, එබැවින් රැස්වීම නියමිත වේලාවට වඩා පැය භාගයක් ප්‍රමාද වී ආරම්භ විය.";
  assert.deepEqual(await find(["si"], sinhala), []);
  assert.equal((await find(["ta"], sinhala)).length, 1);
});

test("without its tables it does not know", async () => {
  const detector = createLanguageDetector("id", { allow: ["en"] }, () => Promise.resolve(null));
  const window = { text: String(said["de"]), from: 0, to: 10, ended: true };
  for (let turn = 0; turn < 2; turn += 1) {
    assert.deepEqual(await detector.detect(signal, window, neverBreathes), { kind: "unknown", cause: "backend" });
  }
});

test("once its tables are there, it answers at once", async () => {
  await find(["en"], "");
  const text = String(said["de"]);
  assert.ok(
    !(
      detectorFor(["en"]).detect(signal, { text, from: 0, to: text.length, ended: true }, neverBreathes) instanceof
      Promise
    ),
  );
});

const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(...Object.values(said)),
      fc.constantFrom(" ", "\n", "\n\n", ". ", "a".repeat(700), "😀".repeat(350), "x = 1;\n", "漢".repeat(200)),
      fc.string({ unit: "binary", maxLength: 20 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

test("a stream is judged as the whole text is, however it is cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }),
      async (text, sizes) => {
        const detector = detectorFor(["en"]);
        const found: Finding[] = [];
        let base = 0;
        let arrived = 0;
        for (let turn = 0; base < text.length; turn += 1) {
          arrived = Math.min(text.length, arrived + (sizes[turn % sizes.length] as number));
          const held = text.slice(base, arrived);
          const to = arrived === text.length ? held.length : detector.settled(held, 0);
          if (to === 0) continue;
          for (const { span, ...rest } of await find(["en"], held, 0, to)) {
            assert.ok(span !== null && span.end - span.start <= unitLongest);
            found.push({ ...rest, span: { start: span.start + base, end: span.end + base } });
          }
          base += to;
        }
        assert.deepEqual(found, await find(["en"], text));
      },
    ),
    { numRuns: 200 },
  );
});

test("units end, none is longer than it may be, and no pair of code units is cut", () => {
  fc.assert(
    fc.property(texts, (text) => {
      for (let start = 0; start < text.length; ) {
        const end = unitEnd(text, start);
        if (end === -1) return assert.ok(text.length - start <= unitLongest);
        assert.ok(end > start && end - start <= unitLongest);
        const cuts = /[\ud800-\udbff]/.test(text[end - 1] ?? "") && /[\udc00-\udfff]/.test(text[end] ?? "");
        assert.ok(!cuts || end - start < unitLongest - 1);
        start = end;
      }
    }),
  );
});

test("words are language, each once", () => {
  assert.equal(
    wordsOf('The (big) dog\'s "tail", foo.bar() and foo_bar fooBar x1 a@b.example — the end.').words,
    "The big dog's tail and the end",
  );
  assert.equal(wordsOf("会议在10点开始，iPhone用户。").words, "会议在 点开始 iPhone用户");
  assert.deepEqual(wordsOf("a; a; a"), { words: "a", share: 3 / 5 });
});

test("scripts", () => {
  assert.deepEqual(scriptOf("abc é"), { isLatin: true, languages: [] });
  assert.deepEqual(scriptOf("αβγ 123")?.languages, ["el"]);
  assert.ok(scriptOf("漢字かな")?.languages.includes("ja"));
  assert.equal(scriptOf("abc где"), null);
  assert.equal(scriptOf("123 !?"), null);
});
