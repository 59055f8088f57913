/** Numbers of persons in Kazakhstan, Russia, Turkey and Ukraine. */
import { isYearFirst } from "../checks/dates.ts";
import { digitOf, isRepeated, weighted } from "../checks/digits.ts";
import { checked, type IdKind } from "../scan/form.ts";

const tail = [2, 4, 10, 3, 5, 9, 4, 6, 8];

/** Ten digits for a company, twelve for a person. */
function isInn(id: string): boolean {
  if (id.length === 10) return (weighted(id, tail) % 11) % 10 === digitOf(id, 9);
  return (
    (weighted(id, [7, ...tail]) % 11) % 10 === digitOf(id, 10) &&
    (weighted(id, [3, 7, ...tail]) % 11) % 10 === digitOf(id, 11)
  );
}

const isSnils = (id: string): boolean =>
  (weighted(id, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100 === Number(id.slice(9));

function isIin(id: string): boolean {
  const first = weighted(id, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
  const rest = first === 10 ? weighted(id, [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11 : first;
  return isYearFirst(id) && digitOf(id, 6) <= 6 && rest === digitOf(id, 11);
}

/** The negative first weight can leave a negative sum. */
const isUkrainian = (id: string): boolean =>
  (((weighted(id, [-1, 5, 7, 9, 4, 6, 10, 5, 7]) % 11) + 11) % 11) % 10 === digitOf(id, 9) && !isRepeated(id);

function isTckn(id: string): boolean {
  const odd = weighted(id, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weighted(id, [0, 1, 0, 1, 0, 1, 0, 1]);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return tenth === digitOf(id, 9) && (odd + even + tenth) % 10 === digitOf(id, 10);
}

export const easternEurope: readonly IdKind[] = [
  {
    kind: "ru-inn",
    words: [
      "inn",
      "\u0438\u043d\u043d",
      "\u043d\u0430\u043b\u043e\u0433\u043e\u043f\u043b\u0430\u0442\u0435\u043b\u044c\u0449\u0438\u043a\u0430",
    ],
    near: ["9999999999", "999999999999"],
    prove: checked((id) => isInn(id) && !isRepeated(id)),
  },
  {
    kind: "ru-snils",
    words: [
      "snils",
      "\u0441\u043d\u0438\u043b\u0441",
      "\u0441\u0442\u0440\u0430\u0445\u043e\u0432\u043e\u0439 \u043d\u043e\u043c\u0435\u0440",
    ],
    alone: ["999-999-999 99", "999-999-999-99"],
    near: ["99999999999", "999 999 999 99"],
    prove: checked((id) => isSnils(id) && !isRepeated(id)),
  },
  {
    kind: "ua-rnokpp",
    words: [
      "rnokpp",
      "ipn",
      "\u0440\u043d\u043e\u043a\u043f\u043f",
      "\u0456\u043f\u043d",
      "\u0438\u043d\u043d",
      "\u043f\u043e\u0434\u0430\u0442\u043a\u043e\u0432\u0438\u0439 \u043d\u043e\u043c\u0435\u0440",
    ],
    near: ["9999999999"],
    prove: checked(isUkrainian),
  },
  {
    kind: "kz-iin",
    words: ["iin", "\u0438\u0438\u043d", "\u0436\u0441\u043d"],
    near: ["999999999999"],
    prove: checked(isIin),
  },
  {
    kind: "tr-tckn",
    words: ["tckn", "tc kimlik", "t c kimlik", "kimlik no", "kimlik numarasi", "tc no", "turkish id", "tc"],
    near: [/[1-9]\d{10}/],
    prove: checked(isTckn),
  },
];
