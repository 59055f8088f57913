/**
 * The grammar of a JSON number as a machine, so that some of its digits can be taken away and it stays a number,
 * whatever is still to come.
 */
export type NumberState =
  | "start"
  | "minus"
  | "zero"
  | "integer"
  | "point"
  | "fraction"
  | "e"
  | "sign"
  | "exponent"
  | "broken";

export function stepNumber(state: NumberState, char: string): NumberState {
  const digit = char >= "0" && char <= "9";
  const e = char === "e" || char === "E";
  switch (state) {
    case "start":
      if (char === "-") return "minus";
      return digit ? (char === "0" ? "zero" : "integer") : "broken";
    case "minus":
      return digit ? (char === "0" ? "zero" : "integer") : "broken";
    case "zero":
      return char === "." ? "point" : e ? "e" : "broken";
    case "integer":
      return digit ? "integer" : char === "." ? "point" : e ? "e" : "broken";
    case "point":
      return digit ? "fraction" : "broken";
    case "fraction":
      return digit ? "fraction" : e ? "e" : "broken";
    case "e":
      return digit ? "exponent" : char === "+" || char === "-" ? "sign" : "broken";
    case "sign":
    case "exponent":
      return digit ? "exponent" : "broken";
    case "broken":
      return "broken";
  }
}

/**
 * What to write for a part of a number that took the machine from `before` to `after`: it leads to a state from which
 * all that could follow the original is still a number. Mostly `0`.
 */
export function digitsFor(before: NumberState, after: NumberState): string {
  // After a bare "e" a sign may follow, which no other state allows.
  const tail = after === "e" ? "e" : "";
  switch (before) {
    case "start":
    case "minus":
      return `1${tail}`;
    case "zero":
      return after === "e" ? "e" : ".0";
    case "integer":
    case "point":
    case "fraction":
      return `0${tail}`;
    default:
      return "0";
  }
}
