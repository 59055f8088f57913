/**
 * Cuts an expression into its parts, just far enough to bound what compiling it would cost, and to point at an anchor.
 * Judges no syntax: that is re2js's.
 */

export type Token = { readonly text: string; readonly index: number };

const token =
  /\\Q[^]*?(?:\\E|$)|\\(?:[pP](?:\{[^}]*\}|.)|x(?:\{[^}]*\}|[0-9A-Fa-f]{2})|.)|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\\\]])*\]|\{\d+(?:,\d*)?\}|\((?:\?(?:P?<\w*>|[\w-]*:?))?|[^]/gsu;

function tokens(pattern: string): readonly Token[] {
  return Array.from(pattern.matchAll(token), ({ 0: text, index }) => ({ text, index }));
}

/** The first anchor of a text's edge outside of a class; 0 where none is seen. */
export function anchorOffset(pattern: string): number {
  return tokens(pattern).find(({ text }) => /^(?:\\[Az]|[$^])$/.test(text))?.index ?? 0;
}

/** How many characters the expression reads once its counts are written out; about. */
export function writtenOut(pattern: string): number {
  const outer: number[] = [];
  let sum = 0;
  let last = 0;
  for (const { text } of tokens(pattern)) {
    const count = /^\{(\d+)(?:,(\d*))?\}$/.exec(text);
    if (count !== null) {
      const times = Math.max(1, Number(count[1]), Number(count[2] ?? 0));
      sum += last * (times - 1);
      last *= times;
    } else if (text.startsWith("(")) {
      outer.push(sum);
      sum = 0;
      last = 0;
    } else if (text === ")") {
      last = sum;
      sum += outer.pop() ?? 0;
    } else if (!/^[|?*+]$/.test(text)) {
      last = 1;
      sum += text.startsWith("\\Q") ? text.length : 1;
    }
  }
  return outer.reduce((all, each) => all + each, sum);
}
