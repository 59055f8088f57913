/** The kinds of personal data, a closed list: `pii/KIND` is a category, and so a label. docs/guards/pii.md says what each finds. */
export const piiKinds = ["email", "phone", "card", "iban", "us-ssn"] as const;
export type PiiKind = (typeof piiKinds)[number];
