// What a PromQL expression names: its metrics, and the labels that it selects and groups by. Enough for expressions without
// label_replace and label_join; whether an expression is PromQL at all is promtool's word.

export type Selector = { readonly metric: string; readonly labels: readonly string[] };

export type Named = {
  readonly selectors: readonly Selector[];
  /** Of `by`, `without`, `on`, `ignoring`, `group_left` and `group_right`. */
  readonly groupings: readonly string[];
};

const words = new Set(["and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring", "inf", "nan"]);
const grouping = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
const selector = /([a-zA-Z_:][\w:]*)(\s*\{[^}]*\})?(\s*\()?/g;

export function namesIn(expression: string): Named {
  // No string may look like a name or a brace.
  const bare = expression.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const groupings = [...bare.matchAll(grouping)].flatMap(([, list = ""]) => labelsIn(list));
  const rest = bare
    .replace(grouping, " ")
    .replace(/\[[^\]]*\]/g, " ")
    .replace(/\boffset\s+\w+/g, " ");
  const selectors = [...rest.matchAll(selector)]
    .filter(([, name = "", , call]) => call === undefined && !words.has(name) && !/^\d/.test(name))
    .map(([, metric = "", braces = ""]) => ({ metric, labels: matchersIn(braces) }));
  return { selectors, groupings };
}

const labelsIn = (list: string): string[] =>
  list
    .split(",")
    .map((label) => label.trim())
    .filter((label) => label !== "");

const matchersIn = (braces: string): string[] =>
  [...braces.matchAll(/([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label);

export type Matcher = { readonly metric: string; readonly label: string; readonly value: string };

/** What the selectors of an expression ask of labels, word by word; patterns of words with `|` between them too. */
export function matchersOf(expression: string): readonly Matcher[] {
  return [...expression.matchAll(/([a-zA-Z_:][\w:]*)\{([^}]*)\}/g)].flatMap(([, metric = "", braces = ""]) =>
    [...braces.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"([\w|/-]*)"/g)].flatMap(([, label = "", words = ""]) =>
      words.split("|").map((value) => ({ metric, label, value })),
    ),
  );
}

/** Puts matchers into every selector of our own and of Node's metrics, and others into Envoy's. */
export function scoped(expression: string, scope: { readonly guard: string; readonly envoy: string }): string {
  const groupingOrSelector = new RegExp(
    `${grouping.source}|\\b((?:sallyport|nodejs|process|envoy)_\\w+)(?:\\{([^}]*)\\})?`,
    "g",
  );
  return expression.replace(groupingOrSelector, (all, _list, metric: string | undefined, own = "") => {
    if (metric === undefined) return all;
    const matchers = metric.startsWith("envoy_") ? scope.envoy : scope.guard;
    const inside = [matchers, own].filter((part) => part !== "").join(",");
    return inside === "" ? metric : `${metric}{${inside}}`;
  });
}
