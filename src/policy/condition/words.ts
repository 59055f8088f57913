/** What a condition may name and call. One list for the checks, the messages and the evaluator. */

/** In a condition under their own names; what is not known of them is an error there, which `false &&` and `true ||` absorb. */
export const globals = ["route", "cluster", "tenant", "principal", "dialect", "operation", "model"] as const;
export const requestFields = ["method", "path", "headers"] as const;
export const names: readonly string[] = [...globals, ...requestFields.map((field) => `request.${field}`)];

export const functions: readonly string[] = ["has", "size", "int", "double", "string"];
export const methods: readonly string[] = [
  "startsWith",
  "endsWith",
  "contains",
  "matches",
  "lowerAscii",
  "upperAscii",
  "trim",
  "size",
  "split",
  "indexOf",
  "substring",
];
export const loops: readonly string[] = ["all", "exists", "exists_one", "map", "filter"];

/** Our own, called in the place of the library's: on the linear engine, and with a limit. */
export const replaced: Readonly<Record<string, string>> = { matches: "matchesLinear", split: "splitFew" };

/** Of what `split` gives; more is an error. */
export const splitPartsMax = 64;
