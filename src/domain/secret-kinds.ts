/** The kinds of secrets, a closed list: `secrets/KIND` is a category, and so a label. docs/guards/secrets.md says what each finds. */
export const secretKinds = [
  "aws-access-key",
  "github-token",
  "gitlab-token",
  "google-api-key",
  "openai-key",
  "anthropic-key",
  "slack-token",
  "stripe-key",
  "npm-token",
  "huggingface-token",
  "private-key",
  "jwt",
] as const;
export type SecretKind = (typeof secretKinds)[number];
