import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Finding, TextDetector } from "../../domain/detector.ts";
import { nothingDeclared } from "../../domain/dialect.ts";
import type { Place } from "../../domain/segment.ts";
import { createRefusalDetector, headUnits } from "./index.ts";
import { languagesOfRefusal } from "./phrases.ts";
import { neverBreathes, openedNow } from "../../../test/helpers/pace.ts";

const signal = new AbortController().signal;
const detector = createRefusalDetector("id");

function lane(place: Place): TextDetector | null {
  const lanes = openedNow(detector, { segments: [], left: 0, declared: nothingDeclared });
  return lanes?.lane({ location: { place, role: "assistant", pointer: "" }, call: null }) ?? null;
}

function find(text: string, place: Place = "content"): readonly Finding[] {
  const judged = lane(place);
  assert.ok(judged);
  const detection = judged.detect(signal, { text, from: 0, to: text.length, ended: true }, neverBreathes);
  assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
  return detection.findings;
}

const refusals: Readonly<Record<string, readonly string[]>> = {
  en: [
    "I'm sorry, but I can't assist with that.",
    "I’m sorry, but I can’t help with that request.",
    "Sorry, I cannot help you with this.",
    "I cannot fulfill this request.",
    "**I can't help with that.**",
    "I must decline this request.",
    "I won't be able to assist you in creating malware.",
    "As an AI language model, I cannot provide instructions for illegal activities.",
    "I apologize, but I cannot provide information on how to make weapons.",
    "Unfortunately, I am unable to help with this.",
    "I'm not able to help with that, but here are some resources.",
    "I cannot provide instructions on how to pick locks.",
    "I refuse to answer that.",
    "That's not something I can help with.",
    "This request violates my guidelines.",
    "I'm not comfortable helping with that.",
    "I understand that you're curious. However, I can't assist with creating harmful content.",
    "I can't comply.",
    "I'm sorry, I can't continue with this conversation.",
    "I cannot assist with a request to pick that lock.",
    "It would be unethical for me to help with that.",
  ],
  de: [
    "Es tut mir leid, aber ich kann dir dabei nicht helfen.",
    "Leider kann ich Ihnen bei dieser Anfrage nicht helfen.",
    "Ich kann diese Anfrage nicht beantworten.",
    "Tut mir leid, dabei kann ich nicht helfen.",
  ],
  fr: ["Je suis désolé, mais je ne peux pas vous aider avec cela.", "Je ne peux pas vous aider avec cette demande."],
  es: ["Lo siento, pero no puedo ayudarte con eso.", "No puedo ayudar con esa solicitud."],
  it: ["Mi dispiace, ma non posso aiutarti con questa richiesta.", "Purtroppo non posso fornirti queste istruzioni."],
  pt: ["Desculpe, mas não posso ajudar com isso.", "Sinto muito, mas não posso atender a esse pedido."],
  nl: ["Het spijt me, maar ik kan je daar niet mee helpen.", "Helaas kan ik dit niet doen."],
  pl: ["Przykro mi, ale nie mogę w tym pomóc.", "Niestety nie mogę spełnić tej prośby."],
  ru: ["Извините, но я не могу помочь с этим.", "К сожалению, я не могу выполнить этот запрос."],
  tr: ["Üzgünüm, ancak bu konuda yardımcı olamam.", "Maalesef bu isteği yerine getiremem."],
  zh: ["很抱歉，我无法帮助您完成这个请求。", "对不起，我不能提供这方面的信息。"],
  ja: ["申し訳ありませんが、そのご要望にはお応えできません。", "すみませんが、お手伝いできません。"],
  ko: [
    "죄송하지만 그 요청은 도와드릴 수 없습니다.",
    "죄송합니다만, 해당 정보를 제공할 수 없습니다.",
    "죄송합니다. 해당 요청을 도와드릴 수 없습니다.",
  ],
  ar: ["عذرًا، لا أستطيع مساعدتك في هذا الطلب.", "للأسف، لا يمكنني تقديم هذه المعلومات."],
  hi: ["क्षमा करें, मैं इसमें आपकी मदद नहीं कर सकता।"],
};

test("every language has its table of cases", () => {
  assert.deepEqual(Object.keys(refusals).sort(), languagesOfRefusal.toSorted());
});

for (const [language, texts] of Object.entries(refusals)) {
  test(`refusals in ${language}`, () => {
    for (const text of texts) {
      const longer = `${text} ${"And more. ".repeat(100)}`;
      const finding = (whole: string) => [
        { category: "refusal/refusal", score: 0.95, span: { start: 0, end: whole.length } },
      ];
      assert.deepEqual(find(text), finding(text), text);
      assert.deepEqual(find(longer), finding(longer), text);
    }
  });
}

test("what some models say before they help anyway weighs less", () => {
  for (const text of ["I can't recommend a single one.", "No puedo generar imágenes aquí.", "Sorry, I won't."]) {
    assert.deepEqual(
      find(text).map(({ score }) => score),
      [0.7],
      text,
    );
  }
});

for (const text of [
  "",
  "I'm sorry to hear that you lost your job.",
  "I'm sorry for the confusion. Here is the corrected code.",
  "Sorry about that! Here's the fix.",
  "I can't help but notice that your loop never ends.",
  "I can't believe how well this works!",
  "I cannot find any errors in your code.",
  "I can't see an attachment; could you paste the text?",
  "I don't have access to real-time data, but the average is 12.",
  "Sure, I can help with that.",
  "You can't assist with that.",
  "To decline politely, you could write: \"I'm sorry, but I can't help with that.\"",
  "Unfortunately, your code has a bug in line 3.",
  "The request was declined by the bank.",
  "I'm afraid the answer is 42.",
  "I can't give you an exact number, but roughly 300.",
  "I can't provide an exact date, but it was in May.",
  "As an AI language model, I don't have feelings, but I can explain.",
  "I won't go into detail, but the idea is simple.",
  "I am unable to reproduce the bug on Node 24.",
  "Leider ist das Paket noch nicht angekommen.",
  "Es tut mir leid, dass du krank bist.",
  "Je suis désolé pour la confusion. Voici la réponse.",
  "Je ne peux que vous recommander ce livre.",
  "Lo siento por la confusión. Aquí está la respuesta.",
  "No puedo esperar a ver el resultado.",
  "Non posso che essere d'accordo.",
  "Извините за путаницу. Вот исправленный код.",
  "很抱歉给您带来不便。以下是更正后的代码。",
  "申し訳ありません、先ほどの回答は誤りでした。正しくは次の通りです。",
  "죄송합니다. 수정된 코드입니다.",
  `${"The report says a good deal about it. ".repeat(8)}I'm sorry, but I can't assist with that.`,
]) {
  test(`no refusal: ${text.slice(0, 40)}`, () => assert.deepEqual(find(text), []));
}

test("the dialect's own field for refusals is one, in whatever words", () => {
  assert.deepEqual(find("No.", "refusal"), [{ category: "refusal/refusal", score: 1, span: { start: 0, end: 3 } }]);
  assert.deepEqual(find(" ", "refusal"), []);
});

test("other texts of a reply are not judged", () => {
  for (const place of ["reasoning", "tool-arguments", "tool-name", "other"] as const) assert.equal(lane(place), null);
});

test("a stream is held for its head, and further only where it refuses", () => {
  const judged = lane("content");
  assert.ok(judged);
  const refusal = `I'm sorry, but I can't assist with that. ${"x".repeat(headUnits)}`;
  const answer = `I'm sorry for the wait. ${"x".repeat(headUnits)}`;
  for (const text of [refusal, answer]) assert.equal(judged.settled(text.slice(0, headUnits - 1), 0), 0);
  assert.equal(judged.settled(refusal, 0), 0);
  assert.equal(judged.settled(answer.slice(0, headUnits), 0), headUnits);
  assert.equal(judged.settled(`${answer} more`, headUnits), answer.length + 5);
});

test("a stream is judged as the whole text is, however it is cut", () => {
  const parts = fc.constantFrom(
    "I'm sorry",
    ", but ",
    "I can't ",
    "assist ",
    "with that",
    ". ",
    "Sure. ",
    "x".repeat(150),
    " y ".repeat(90),
  );
  fc.assert(
    fc.property(
      fc.array(parts, { maxLength: 10 }),
      fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 4 }),
      (texts, sizes) => {
        const text = texts.join("");
        const judged = lane("content");
        assert.ok(judged);
        const found: Finding[] = [];
        let [base, done, arrived] = [0, 0, 0];
        for (let turn = 0; done < text.length; turn += 1) {
          arrived = Math.min(text.length, arrived + (sizes[turn % sizes.length] as number));
          const ended = arrived === text.length;
          const held = text.slice(base, arrived);
          const to = ended ? held.length : judged.settled(held, done - base);
          if (to <= done - base) continue;
          const detection = judged.detect(signal, { text: held, from: done - base, to, ended }, neverBreathes);
          assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
          for (const finding of detection.findings) {
            assert.equal(base, 0);
            found.push(finding);
          }
          done = base + to;
          base = Math.max(base, done - judged.reach.leftContext);
        }
        assert.deepEqual(found, text === "" ? [] : find(text));
      },
    ),
    { numRuns: 500 },
  );
});
