// The policies of the cells: one that is closed for what nobody can read or see, one that lets it pass.

const rules = (banned: string): string => `rules:
  - id: secrets-stay-home
    stage: prompt
    detect: { secrets: {} }
    action: redact
  - id: banned-words
    stage: prompt
    detect: { keywords: { list: [${banned}] } }
    action: { block: error }
  - id: persons-masked
    stage: reply
    detect: { pii: { kinds: [email] } }
    action: redact
  - id: no-cards-out
    stage: reply
    detect: { pii: { kinds: [card, iban] } }
    action: { block: refusal }
`;

export type PolicyName = "closed" | "open";

/** YAML. `open` differs in one word: bodies that cannot be read or are not shown pass. */
export function policySource(name: PolicyName, banned: string): string {
  const onUnreadable = name === "closed" ? "block" : "pass";
  return `kind: Policy\nversion: 1\nname: ${name}\ndefaults: { onUnknown: closed, onUnreadable: ${onUnreadable} }\n${rules(banned)}`;
}
