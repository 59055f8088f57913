// The bodies that cells send, and what the test policy (policies.ts) must make of them. What may never pass is built here
// from pieces and named, so that one check covers every cell. Whitespace and escapes are odd on purpose: an unchanged
// body must leave byte for byte.

/** Never in what the upstream got (unless nobody inspects the request). */
export const SECRET = `AK${"IA"}IOSF${"ODNN7EXAMPLE"}`;
export const BANNED = "acme-internal";
/** Never in what the client saw (unless nobody inspects the reply). */
export const EMAIL = "dora.meier@example.com";
export const CARD = "4111 1111 1111 1111";

export const prompts = ["clean", "secret", "banned", "malformed", "oversize", "empty"] as const;
export type Prompt = (typeof prompts)[number];
export const replies = ["clean", "personal", "card", "malformed", "empty"] as const;
export type Reply = (typeof replies)[number];
export type Form = "json" | "sse";

/** More than any limit in force: the request cap of the guard, and Envoy's buffer. */
export const OVERSIZE_BYTES = 12 * 1024 * 1024;

const chat = (text: string, stream: boolean): string =>
  `{ "model":"gpt-4o-mini",\t"messages": [{"role":"system","content":"Be br\\u0069ef. Z\u00fcrich \u2713"},` +
  ` {"role":"user","content":"${text}"}],\n "temperature": 1e0${stream ? ', "stream":true' : ""} }\n`;

const asked: Readonly<Record<Prompt, string>> = {
  clean: "How high is the Matterhorn?",
  secret: `Why does ${SECRET} not work?`,
  banned: `Tell me about ${BANNED} plans`,
  malformed: "",
  oversize: "",
  empty: "",
};

export function promptBody(prompt: Prompt, form: Form): Buffer {
  if (prompt === "empty") return Buffer.alloc(0);
  if (prompt === "malformed")
    return Buffer.from(`{"model":"gpt-4o-mini","messages":[{"role":"user","content":"cut ${BANNED}`);
  if (prompt === "oversize") return Buffer.from(chat(`${BANNED} ${"long ".repeat(OVERSIZE_BYTES / 5)}`, false));
  return Buffer.from(chat(asked[prompt], form === "sse"));
}

const told: Readonly<Record<Exclude<Reply, "empty">, readonly string[]>> = {
  clean: ["It is ", "4,478 m", "eters high. \u2713"],
  personal: ["Write to dora.mei", "er@exam", "ple.com", " and ask."],
  card: ["Pay with 4111 11", "11 1111 ", "1111", " please."],
  malformed: ["Write to dora.mei", "er@exam", "ple.com", " and ask."],
};

/** Long enough that its beginning is settled, whatever a detector may still wait for; the streamed replies begin so. */
export const OPENING = "Once upon a time there was a mountain, and many a traveller came to see it. ";
const opening: readonly string[] = Array.from({ length: 40 }, () => OPENING);

/** The whole text of a reply, as its pieces give it. */
export function replyText(reply: Exclude<Reply, "empty">): string {
  return [...opening, ...told[reply]].join("");
}

/** A reply in the pieces that the upstream writes: the cut inside the event stream is never at an event's border. */
export function replyPieces(reply: Reply, form: Form): readonly Buffer[] {
  if (reply === "empty") return [];
  const whole = Buffer.from(form === "json" ? completion(reply) : stream(reply));
  const middle = whole.indexOf(told[reply][0] ?? "") + 5;
  return [whole.subarray(0, middle), whole.subarray(middle)];
}

function completion(reply: Exclude<Reply, "empty">): string {
  const text = replyText(reply);
  const whole =
    `{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4o-mini",\n "choices":[{"index":0,` +
    `"message":{"role":"assistant","content":"${text}","refusal":null},"finish_reason":"stop"}],` +
    `"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21}}\n`;
  return reply === "malformed" ? whole.slice(0, -40) : whole;
}

function stream(reply: Exclude<Reply, "empty">): string {
  const event = (delta: string, finish: string): string =>
    `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":${delta},"finish_reason":${finish}}]}\n\n`;
  const words = [...opening, ...told[reply]].map((text) => event(`{"content":"${text}"}`, "null"));
  if (reply === "malformed") words[words.length - 2] = "data: {not json\n\n";
  return `${event('{"role":"assistant","content":""}', "null")}${words.join("")}${event("{}", '"stop"')}data: [DONE]\n\n`;
}
