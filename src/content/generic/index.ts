/** Readers for bodies of no known dialect. Which of them serves is the policy's choice, not theirs. */
export { anyJson } from "./any-json.ts";
export { anySse } from "./any-sse.ts";
export { plainText, readPlainText } from "./plain-text.ts";
