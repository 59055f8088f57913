/** What records may name of what a client chose, as people write it. */
import * as z from "zod";
import { auditChoices, type ReportSpec } from "../../domain/report.ts";

/** Of one list. */
const namesMax = 200;
/** In UTF-16 code units. */
const nameLongest = 128;
/** Records list names with commas, in Envoy's log lines, in headers of metrics: nothing else can stand there. */
const nameForm = /^[A-Za-z0-9._:@/-]+$/;

const list = (what: string, example: string) =>
  z
    .array(
      z
        .string()
        .min(1)
        .max(nameLongest)
        .regex(nameForm, { error: "letters, digits and . _ : @ / - alone" })
        .describe(`such as ${example}`),
    )
    .max(namesMax)
    .optional()
    .describe(`${what} that records may name, at most ${namesMax}; others are told as "other"`);

export const reportSource = z
  .strictObject({
    models: list("models of requests", "gpt-4o"),
    tools: list("tools that requests offer", "get_weather"),
    paths: list("paths, without query,", "/v1/chat/completions"),
    users: list("users, as the configuration's identity.principal finds them,", "alice"),
    audit: z
      .enum(auditChoices)
      .optional()
      .describe("what the audit log tells of: notable (where left out) leaves out what is plainly allowed; all"),
  })
  .describe("what records, logs and spans may name of what a client chose; without it, nothing");

export function reportOf(source: z.output<typeof reportSource> = {}): ReportSpec {
  const { models = [], tools = [], paths = [], users = [], audit = "notable" } = source;
  return { models: new Set(models), tools: new Set(tools), paths: new Set(paths), users: new Set(users), audit };
}
